//! An HTTP client that can misbehave.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

/// A connection.
pub struct Client {
    stream: BufReader<TcpStream>,
}

/// The answer.
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Client {
    pub fn connect(port: u16) -> Client {
        Client { stream: BufReader::new(TcpStream::connect(("127.0.0.1", port)).expect("a connection")) }
    }

    /// Writes these bytes, whatever they are.
    pub fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.get_mut().write_all(bytes.as_ref()).expect("written");
    }

    /// Says that nothing more will be written.
    pub fn finish(&mut self) {
        self.stream.get_mut().shutdown(Shutdown::Write).expect("shut down");
    }

    /// A response, or `None` when the connection was closed instead.
    pub fn read(&mut self) -> Option<Response> {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            match self.stream.read_line(&mut line) {
                Ok(0) | Err(_) => return None,
                Ok(_) => {}
            }
            match line.trim_end() {
                "" => break,
                line => lines.push(line.to_owned()),
            }
        }
        let status = lines[0].split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        let header = |line: &String| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        let headers: Vec<_> = lines.iter().filter_map(header).collect();
        let mut response = Response { status, headers, body: Vec::new() };
        let length = response.header("content-length").map_or(0, |length| length.parse().expect("a length"));
        response.body.resize(length, 0);
        self.stream.read_exact(&mut response.body).expect("a whole body");
        Some(response)
    }

    /// Sends a request and waits for its answer.
    #[track_caller]
    pub fn send(&mut self, request: impl AsRef<[u8]>) -> Response {
        self.write(request);
        self.read().expect("an answer")
    }

    /// The same for a body in JSON that is posted to `/v1/traces`.
    #[track_caller]
    pub fn traces(&mut self, body: impl AsRef<[u8]>) -> Response {
        self.send(post("/v1/traces", "content-type: application/json\r\n", body))
    }
}

impl Response {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

/// The bytes of a request. Each header line ends in `\r\n`.
pub fn post(path: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    request("POST", path, headers, body)
}

pub fn request(method: &str, path: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    bare_request(method, path, &format!("host: localhost\r\n{headers}"), body)
}

/// The same without a host.
pub fn bare_request(method: &str, path: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!("{method} {path} HTTP/1.1\r\n{headers}content-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

pub fn gzip(body: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body.as_ref()).expect("in memory");
    encoder.finish().expect("in memory")
}
