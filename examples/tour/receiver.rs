//! An OTLP/HTTP receiver for one process: takes every request, keeps its body.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Request {
    /// Method and path, such as `POST /v1/traces`.
    #[allow(dead_code, reason = "the tour needs none; tests do")]
    pub target: String,
    /// Header lines, as sent.
    #[allow(dead_code, reason = "the tour needs none; tests do")]
    pub headers: Vec<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// A receiver on a free loopback port. It lives as long as the process.
#[derive(Debug, Clone)]
pub struct Receiver {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Receiver {
    pub fn start() -> std::io::Result<Receiver> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let receiver = Receiver { address: listener.local_addr()?, requests: Arc::default() };
        let requests = receiver.requests.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let requests = requests.clone();
                std::thread::spawn(move || serve(stream, &requests));
            }
        });
        Ok(receiver)
    }

    /// The endpoint to give to a pipeline.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes the requests that arrived since the last call.
    pub fn take(&self) -> Vec<Request> {
        std::mem::take(&mut self.requests.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Serves one connection until the client ends it.
fn serve(stream: TcpStream, requests: &Mutex<Vec<Request>>) {
    let mut reader = BufReader::new(&stream);
    while let Some(request) = read_request(&mut reader) {
        requests.lock().unwrap_or_else(PoisonError::into_inner).push(request);
        if (&stream).write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").is_err() {
            return;
        }
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
    let length = lines.iter().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some(Request { target, headers: lines.split_off(1), body })
}
