//! Clients that speak something else than HTTP/1.1: they are told so, instead of being left waiting.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// A protocol of a client that is not understood here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    Http2,
    Tls,
}

impl Foreign {
    pub fn words(self) -> &'static str {
        match self {
            Foreign::Http2 => {
                "the client speaks HTTP/2, as gRPC does; send OTLP/HTTP instead: \
                 OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"
            }
            Foreign::Tls => "the client speaks TLS; send OTLP/HTTP to http://, not https://",
        }
    }
}

/// The beginning of HTTP/2, as far as it differs from every request of HTTP/1.1.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n";

/// Looks at what a client says first, and leaves it to be read.
pub async fn recognise(stream: &TcpStream) -> Option<Foreign> {
    const PATIENCE: Duration = Duration::from_millis(20);
    const TRIES: usize = 50;
    let mut start = [0; PREFACE.len()];
    for _ in 0..TRIES {
        let length = stream.peek(&mut start).await.ok()?;
        match &start[..length] {
            PREFACE => return Some(Foreign::Http2),
            [0x16, 0x03, ..] => return Some(Foreign::Tls),
            // One or the other may come.
            [0x16] => {}
            begun if !begun.is_empty() && PREFACE.starts_with(begun) => {}
            _ => return None,
        }
        sleep(PATIENCE).await;
    }
    None
}

/// Says it in words that every HTTP client can show, and reads on for a moment: closing at once could lose them.
pub async fn answer(mut stream: TcpStream, foreign: Foreign) {
    const MOMENT: Duration = Duration::from_secs(1);
    let words = foreign.words();
    let head = "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\nconnection: close\r\ncontent-length:";
    let text = format!("{head} {}\r\n\r\n{words}", words.len());
    let _ = timeout(MOMENT, async {
        stream.write_all(text.as_bytes()).await?;
        stream.shutdown().await?;
        let mut rest = [0; 4096];
        while stream.read(&mut rest).await? > 0 {}
        Ok::<(), std::io::Error>(())
    })
    .await; // a client that does not listen is not told
}
