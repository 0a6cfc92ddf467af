//! Options of requests: their headers, their limit in time, the certificate authorities, compression.

use std::time::Duration;

use ureq::http::{HeaderName, HeaderValue};
use ureq::tls::{Certificate, PemItem, parse_pem};

/// Options of requests. Debug output shows no value of a header.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// The limit of one request.
    pub timeout: Duration,
    /// Longer bodies of OTLP are compressed.
    pub gzip: bool,
    pub headers: Vec<Header>,
    /// The certificate authorities of the application, in PEM.
    pub authorities: Vec<Vec<u8>>,
}

/// A header as the application gave it.
#[derive(Clone)]
pub(crate) struct Header {
    /// The key of the endpoint; `None` for the first one.
    pub endpoint: Option<String>,
    pub name: String,
    pub value: String,
}

impl std::fmt::Debug for Header {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Header").field("endpoint", &self.endpoint).field("name", &self.name).finish_non_exhaustive()
    }
}

impl Default for Options {
    fn default() -> Self {
        Options { timeout: Duration::from_secs(10), gzip: true, headers: Vec::new(), authorities: Vec::new() }
    }
}

/// The headers that requests have of their own.
const OWN: [&str; 6] =
    ["content-encoding", "content-length", "content-type", "host", "transfer-encoding", "connection"];

impl Options {
    /// Checks what the application gave.
    ///
    /// # Errors
    /// Something of it cannot be right; the text says what, and never the value of a header.
    pub fn check(&self, endpoints: &[&str]) -> Result<(), String> {
        if self.timeout.is_zero() {
            return Err("the timeout is zero, in which no request is answered: write a longer one".to_owned());
        }
        self.headers.iter().try_for_each(|header| header.check(endpoints))?;
        self.certificates().map(drop)
    }

    /// The headers of requests to one endpoint. Their values are marked as secrets.
    pub fn headers_of(&self, endpoint: &str, is_first: bool) -> Vec<(HeaderName, HeaderValue)> {
        let goes = |header: &&Header| header.endpoint.as_deref().map_or(is_first, |key| key == endpoint);
        self.headers.iter().filter(goes).filter_map(|header| header.parse().ok()).collect()
    }

    /// The application's certificate authorities.
    pub fn certificates(&self) -> Result<Vec<Certificate<'static>>, String> {
        let mut all = Vec::new();
        for pem in &self.authorities {
            let items = parse_pem(pem).filter_map(|item| match item {
                Ok(PemItem::Certificate(certificate)) if is_der(certificate.der()) => Some(certificate),
                _ => None,
            });
            let before = all.len();
            all.extend(items);
            if all.len() == before {
                let what = "write the text of a PEM file, which begins with `-----BEGIN CERTIFICATE-----`";
                return Err(format!("the certificate authority holds no certificate: {what}"));
            }
        }
        Ok(all)
    }
}

/// Returns true for one whole DER sequence, as every certificate is.
fn is_der(bytes: &[u8]) -> bool {
    let (length, rest) = match bytes {
        [0x30, short @ ..=0x7f, rest @ ..] => (usize::from(*short), rest),
        [0x30, 0x81, one, rest @ ..] => (usize::from(*one), rest),
        [0x30, 0x82, high, low, rest @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), rest),
        _ => return false,
    };
    length == rest.len() && length > 0
}

impl Header {
    fn check(&self, endpoints: &[&str]) -> Result<(), String> {
        let (name, _) = self.parse()?;
        if OWN.contains(&name.as_str()) {
            return Err(format!("the header `{name}` is written by the pipeline: leave it out"));
        }
        match self.endpoint.as_deref().filter(|key| !endpoints.contains(key)) {
            Some(key) => Err(format!(
                "the header `{name}` is for the endpoint `{key}`, which is not there: write one of `{}`",
                endpoints.join("`, `")
            )),
            None => Ok(()),
        }
    }

    /// # Errors
    /// Says of which header the name or the value cannot be written, and never the value.
    fn parse(&self) -> Result<(HeaderName, HeaderValue), String> {
        let name: Result<HeaderName, _> = self.name.parse();
        let name = name.map_err(|_| {
            let shown: String = self.name.chars().filter(|c| !c.is_control()).take(40).collect();
            format!("the header `{shown}` has a name that HTTP does not allow: write letters, digits and `-`")
        })?;
        let mut value = HeaderValue::from_str(&self.value).map_err(|_| {
            format!("the value of the header `{name}` has characters that HTTP does not allow: write visible ASCII")
        })?;
        value.set_sensitive(true);
        Ok((name, value))
    }
}
