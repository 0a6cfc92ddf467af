//! Admits senders: programs of this machine. A page in a browser may only if its origin is allowed, and nobody under a
//! name that is not this machine's, as a page could have its own name lead here (DNS rebinding).

use std::net::IpAddr;

use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN,
    VARY,
};
use hyper::http::uri::Authority;
use hyper::{Method, Request, StatusCode, Uri};

use super::refusal::Refusal;
use crate::output::foreign;

/// The senders that are allowed besides programs that send to a loopback address.
#[derive(Debug, Clone, Default)]
pub struct Door {
    /// Names, in small letters and without a port.
    hosts: Vec<String>,
    /// Origins as browsers write them, in small letters.
    origins: Vec<String>,
}

impl Door {
    /// # Errors
    /// Fails when a name or an origin is not written as one.
    pub fn new(hosts: &[String], origins: &[String]) -> Result<Self, String> {
        let host = |host: &String| {
            let name = Authority::try_from(host.as_str()).ok().filter(|name| name.as_str() == host);
            let name = name.filter(|name| name.port().is_none() && !host.contains('@'));
            let name = name.ok_or_else(|| format!("--allow-host: `{}` is not the name of a host", foreign(host)))?;
            Ok::<_, String>(name.host().trim_end_matches('.').to_ascii_lowercase())
        };
        let origin = |origin: &String| {
            let is_one = origin == "null" || origin.parse::<Uri>().is_ok_and(|uri| is_origin(&uri, origin));
            match is_one {
                true => Ok(origin.to_ascii_lowercase()),
                false => {
                    Err(format!("--allow-origin: `{}` is no origin, such as http://localhost:3000", foreign(origin)))
                }
            }
        };
        Ok(Door {
            hosts: hosts.iter().map(host).collect::<Result<_, _>>()?,
            origins: origins.iter().map(origin).collect::<Result<_, _>>()?,
        })
    }

    /// Lets a request in. The origin of the page that it comes from, if it comes from one.
    ///
    /// # Errors
    /// Fails when it was sent to another host, or by a page whose origin is not allowed.
    pub fn check<B>(&self, request: &Request<B>) -> Result<Option<HeaderValue>, Refusal> {
        let refuse = |why: String| Err(Refusal::new(StatusCode::FORBIDDEN, why));
        let hosts = written_hosts(request);
        if let Some(host) = hosts.iter().find(|host| !self.is_own(host)) {
            return refuse(format!(
                "`{}` is not a name of this machine; --allow-host allows a name",
                foreign(&String::from_utf8_lossy(host))
            ));
        }
        if hosts.is_empty() {
            return refuse("the request does not say which host it is for".to_owned());
        }
        let origins: Vec<&HeaderValue> = request.headers().get_all(ORIGIN).iter().collect();
        match origins[..] {
            [] => Ok(None),
            [origin] if self.is_allowed(origin) => Ok(Some(origin.clone())),
            [origin, ..] => refuse(format!(
                "pages of `{}` may not send; --allow-origin allows an origin",
                foreign(&String::from_utf8_lossy(origin.as_bytes()))
            )),
        }
    }

    fn is_own(&self, host: &[u8]) -> bool {
        let Ok(authority) = Authority::try_from(host) else { return false };
        // Nothing but a name, and a port if there is one: no user, and no port that is none.
        let rest = authority.as_str().strip_prefix(authority.host());
        if rest.is_none_or(|rest| !rest.is_empty() && authority.port_u16().is_none()) {
            return false;
        }
        let name = authority.host().trim_end_matches('.').to_ascii_lowercase();
        let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let is_loopback = address.is_ok_and(|address| address.to_canonical().is_loopback());
        is_loopback || name == "localhost" || name.ends_with(".localhost") || self.hosts.contains(&name)
    }

    fn is_allowed(&self, origin: &HeaderValue) -> bool {
        origin.to_str().is_ok_and(|origin| self.origins.contains(&origin.to_ascii_lowercase()))
    }
}

/// Scheme and authority, and nothing else.
fn is_origin(uri: &Uri, written: &str) -> bool {
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else { return false };
    written.eq_ignore_ascii_case(&format!("{scheme}://{authority}")) && !authority.as_str().contains('@')
}

/// Each host that a request says it is for.
fn written_hosts<B>(request: &Request<B>) -> Vec<&[u8]> {
    let of_target = request.uri().authority().map(|authority| authority.as_str().as_bytes());
    of_target.into_iter().chain(request.headers().get_all(HOST).iter().map(HeaderValue::as_bytes)).collect()
}

/// Returns true if a browser asks for permission to send.
pub fn is_preflight<B>(request: &Request<B>) -> bool {
    request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// Answers a browser that asks for permission to send.
pub fn allow_sending(asked: &HeaderMap, answer: &mut HeaderMap) {
    const ALLOW_LOCAL: HeaderName = HeaderName::from_static("access-control-allow-private-network");
    answer.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
    answer.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    if let Some(headers) = asked.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        answer.insert(ACCESS_CONTROL_ALLOW_HEADERS, headers.clone());
    }
    if asked.contains_key("access-control-request-private-network") {
        answer.insert(ALLOW_LOCAL, HeaderValue::from_static("true"));
    }
}

/// Lets the page read the answer.
pub fn let_read(origin: HeaderValue, answer: &mut HeaderMap) {
    answer.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    answer.insert(VARY, HeaderValue::from_static("origin"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn door() -> Door {
        Door::new(&["collector.Test".to_owned()], &["http://localhost:3000".to_owned()]).expect("a door")
    }

    #[test]
    fn hosts() {
        let own = [
            "localhost",
            "LOCALHOST:4318",
            "localhost.",
            "a.localhost:1",
            "127.0.0.1",
            "127.9.9.9:80",
            "[::1]:4318",
            "[::ffff:127.0.0.1]",
            "collector.test",
            "COLLECTOR.test.:99",
        ];
        for host in own {
            assert!(door().is_own(host.as_bytes()), "{host}");
        }
        let others = [
            "",
            "evil.example",
            "evil.example:4318",
            "localhost.evil.example",
            "evil-localhost",
            "localhost@evil.example",
            "evil.example@localhost",
            "127.0.0.1.evil.example",
            "0.0.0.0",
            "192.168.0.1",
            "[::]",
            "128.0.0.1",
            "127.1",
            "localhost evil",
            "localhost\u{e9}",
            "sub.collector.test",
            "localhost:x",
        ];
        for host in others {
            assert!(!door().is_own(host.as_bytes()), "{host}");
        }
    }

    #[test]
    fn origins() {
        let allowed = |origin: &'static str| door().is_allowed(&HeaderValue::from_static(origin));
        assert!(allowed("http://localhost:3000") && allowed("HTTP://LocalHost:3000"));
        for other in ["http://localhost", "https://localhost:3000", "null", "", "http://localhost:30000", "*"] {
            assert!(!allowed(other), "{other}");
        }
    }

    #[test]
    fn what_is_no_name_and_no_origin() {
        for host in ["", "a b", "http://a", "a:80", "u@a", "*"] {
            let door = Door::new(&[host.to_owned()], &[]);
            assert_eq!(door.is_ok(), host == "*", "{host}: {door:?}");
        }
        for origin in ["", "*", "localhost", "http://a/", "http://a/path", "http://u@a", "a:80"] {
            assert!(Door::new(&[], &[origin.to_owned()]).is_err(), "{origin}");
        }
        assert!(Door::new(&[], &["null".to_owned(), "https://App.example".to_owned()]).is_ok());
    }
}
