//! An OTLP/HTTP collector that answers as it is told. It lives as long as the process.

#![allow(dead_code, reason = "every test is a crate of its own and uses a part of this")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use candor::SignalKind;
use flate2::read::GzDecoder;

#[derive(Debug, Clone)]
pub struct Collector {
    address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Debug, Default)]
struct Seen {
    requests: Vec<Request>,
    connections: usize,
    /// Answers still to give, the next one last.
    answers: Vec<Answer>,
}

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Request {
    /// Method and path: `POST /v1/traces`.
    pub target: String,
    /// Names in small letters, and values.
    pub headers: Vec<(String, String)>,
    /// The body as it arrived, compressed or not.
    pub body: Vec<u8>,
    pub arrived: Instant,
}

/// An answer to one request.
#[derive(Debug, Clone)]
pub struct Answer {
    bytes: Vec<u8>,
    wait: Duration,
    then_close: bool,
}

impl Collector {
    /// Gives these answers in turn, and the last one from then on.
    pub fn start(answers: impl IntoIterator<Item = Answer>) -> Collector {
        Collector::start_behind(answers, Some)
    }

    /// The same, where each connection is wrapped first, such as in TLS.
    pub fn start_behind<S: Read + Write>(
        answers: impl IntoIterator<Item = Answer>,
        wrap: impl Fn(TcpStream) -> Option<S> + Clone + Send + 'static,
    ) -> Collector {
        let mut answers: Vec<Answer> = answers.into_iter().collect();
        answers.reverse();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let seen = Arc::new(Mutex::new(Seen { answers, ..Seen::default() }));
        let collector = Collector { address: listener.local_addr().expect("an address"), seen };
        let serving = collector.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                serving.seen.lock().expect("what was seen").connections += 1;
                let (serving, wrap) = (serving.clone(), wrap.clone());
                thread::spawn(move || wrap(stream).map(|stream| serving.serve(stream)));
            }
        });
        collector
    }

    /// The endpoint to give to a pipeline.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Everything that has arrived.
    pub fn requests(&self) -> Vec<Request> {
        self.seen.lock().expect("what was seen").requests.clone()
    }

    /// Counts the connections that were made.
    pub fn connections(&self) -> usize {
        self.seen.lock().expect("what was seen").connections
    }

    /// Serves one connection until either side ends it.
    fn serve(&self, stream: impl Read + Write) {
        let mut reader = BufReader::new(stream);
        while let Some(request) = read_request(&mut reader) {
            let answer = self.answer(request);
            thread::sleep(answer.wait);
            let stream = reader.get_mut();
            if stream.write_all(&answer.bytes).and_then(|()| stream.flush()).is_err() || answer.then_close {
                return;
            }
        }
    }

    fn answer(&self, request: Request) -> Answer {
        let mut seen = self.seen.lock().expect("what was seen");
        let opens_tunnel = request.target.starts_with("CONNECT ");
        seen.requests.push(request);
        match (opens_tunnel, seen.answers.as_slice()) {
            (true, _) => Answer::raw("HTTP/1.1 200 Connection established\r\n\r\n").and_stay(),
            (false, [_, .., _]) => seen.answers.pop().expect("an answer"),
            (false, last) => last.first().cloned().expect("at least one answer"),
        }
    }
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as it was before it was compressed.
    pub fn plain(&self) -> Vec<u8> {
        if self.header("content-encoding") != Some("gzip") {
            return self.body.clone();
        }
        let mut plain = Vec::new();
        GzDecoder::new(self.body.as_slice()).read_to_end(&mut plain).expect("a gzip body");
        plain
    }

    /// The payloads of the signals in it.
    pub fn payloads(&self, catalogue: &candor::Catalogue) -> Vec<String> {
        let kind = match self.target.as_str() {
            "POST /v1/traces" => SignalKind::Span,
            "POST /v1/logs" => SignalKind::Event,
            other => panic!("nothing is sent to {other}"),
        };
        candor::decode(catalogue, kind, &self.plain())
    }
}

impl Answer {
    /// Taken, with nothing to say.
    pub fn ok() -> Answer {
        Answer::status(200, "", b"")
    }

    /// A whole answer; each header line ends in `\r\n`.
    pub fn status(status: u16, headers: &str, body: &[u8]) -> Answer {
        let head = format!("HTTP/1.1 {status} As told\r\n{headers}content-length: {}\r\n\r\n", body.len());
        Answer::raw(head).with(body).and_stay()
    }

    /// Just these bytes; then the connection is closed.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Answer {
        Answer { bytes: bytes.into(), wait: Duration::ZERO, then_close: true }
    }

    /// The connection is closed without a word.
    pub fn nothing() -> Answer {
        Answer::raw("")
    }

    /// The same after a while.
    pub fn after(self, wait: Duration) -> Answer {
        Answer { wait, ..self }
    }

    /// The same, and then the connection is closed although nobody said so.
    pub fn and_close(self) -> Answer {
        Answer { then_close: true, ..self }
    }

    fn and_stay(self) -> Answer {
        Answer { then_close: false, ..self }
    }

    fn with(mut self, body: &[u8]) -> Answer {
        self.bytes.extend_from_slice(body);
        self
    }
}

fn read_request(reader: &mut impl BufRead) -> Option<Request> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let target = lines.first()?.trim_end_matches(" HTTP/1.1").to_owned();
    let header =
        |line: &String| line.split_once(':').map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()));
    let headers: Vec<_> = lines[1..].iter().filter_map(header).collect();
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some(Request { target, headers, body, arrived: Instant::now() })
}
