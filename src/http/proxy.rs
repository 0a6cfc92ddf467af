//! The proxy that the user's environment names for an endpoint. A proxy that cannot be used is an error: nothing is sent
//! around it.
//!
//! The variables are read as curl reads them: small letters first, then capitals, and an empty one is not set. The one
//! for the endpoint's own scheme comes first, then `ALL_PROXY`. Unlike curl, the variable for the other scheme counts
//! last: whoever names one proxy does not expect that telemetry goes past it.

use ureq::Proxy;
use ureq::http::Uri;

use super::environment::{Environment, set};
use super::no_proxy::is_exempt;

/// A proxy that can be used, and the variable that names it.
#[derive(Debug)]
pub(super) struct Named {
    pub variable: &'static str,
    pub proxy: Proxy,
}

/// Reads which proxy the environment names for this endpoint, if any.
///
/// # Errors
/// Says why the proxy cannot be used. Never quotes the variable's value, which may hold a password.
pub(super) fn named_for(endpoint: &Uri, environment: Environment<'_>) -> Result<Option<Named>, String> {
    if is_exempt(endpoint, environment) {
        return Ok(None);
    }
    let Some((variable, value)) = variables(endpoint).into_iter().find_map(|name| set(name, environment)) else {
        return Ok(None);
    };
    let is_from_header = variable == "HTTP_PROXY" || cfg!(windows) && variable == "http_proxy"; // the same there
    if is_from_header && environment("REQUEST_METHOD").is_some() {
        // A CGI program finds the header `Proxy:` of a stranger's request there: <https://httpoxy.org>.
        return Err(unusable(variable, "in a CGI program, a request can set this variable"));
    }
    let proxy = value.to_str().ok_or_else(|| "it is not UTF-8".to_owned()).and_then(|value| parse(value.trim()));
    proxy.map(|proxy| Some(Named { variable, proxy })).map_err(|why| unusable(variable, &why))
}

fn unusable(variable: &str, why: &str) -> String {
    format!("`{variable}` names a proxy that cannot be used, and nothing is sent around it: {why}")
}

/// The variables for this endpoint, the first one that is set wins.
fn variables(endpoint: &Uri) -> [&'static str; 6] {
    const HTTP: [&str; 2] = ["http_proxy", "HTTP_PROXY"];
    const HTTPS: [&str; 2] = ["https_proxy", "HTTPS_PROXY"];
    let is_https = super::is_https(endpoint);
    let (own, other) = if is_https { (HTTPS, HTTP) } else { (HTTP, HTTPS) };
    [own[0], own[1], "all_proxy", "ALL_PROXY", other[0], other[1]]
}

/// Reads the address of a proxy; without a scheme it is an HTTP proxy.
fn parse(value: &str) -> Result<Proxy, String> {
    const SCHEMES: [&str; 7] = ["http", "https", "socks", "socks4", "socks4a", "socks5", "socks5h"];
    let (scheme, rest) = value.split_once("://").unwrap_or(("http", value));
    let scheme = scheme.to_ascii_lowercase();
    if !SCHEMES.contains(&scheme.as_str()) {
        let is_word = !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let shown = if is_word { format!("the scheme `{scheme}`") } else { "its scheme".to_owned() };
        return Err(format!("{shown} is none of {}", SCHEMES.join(", ")));
    }
    let address = format!("{scheme}://{rest}");
    let uri: Uri = address.parse().map_err(|_| "its value is not the address of a proxy".to_owned())?;
    let authority = uri.authority().filter(|authority| !authority.host().is_empty());
    let authority = authority.ok_or("it has no host")?;
    if !has_usable_port(authority.as_str(), authority.host()) {
        return Err("its port is not a number from 1 to 65535".to_owned());
    }
    Proxy::new(&address).map_err(|error| error.to_string())
}

/// An HTTP library may take the usual port for one that it cannot read.
fn has_usable_port(authority: &str, host: &str) -> bool {
    let address = authority.rsplit_once('@').map_or(authority, |(_, address)| address);
    match address.strip_prefix(host) {
        Some("") => true,
        Some(port) => port.strip_prefix(':').and_then(|port| port.parse().ok()).is_some_and(|port: u16| port > 0),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    /// Returns the variable that names a proxy for this endpoint and the proxy's address, or an error.
    fn read(endpoint: &str, variables: &[(&str, &str)]) -> Result<Option<(&'static str, String)>, String> {
        let environment = |name: &str| {
            let known = variables.iter().find(|(known, _)| *known == name);
            known.map(|(_, value)| OsString::from(value))
        };
        let endpoint = endpoint.parse().expect("an endpoint");
        let named = named_for(&endpoint, &environment)?;
        Ok(named.map(|Named { variable, proxy }| {
            (variable, format!("{}://{}:{}", proxy.protocol(), proxy.host(), proxy.port()))
        }))
    }

    #[track_caller]
    fn check(value: &str, expected: &str) {
        let named = read("http://collector.example", &[("ALL_PROXY", value)]).expect("a proxy that can be used");
        let (_, address) = named.expect("a proxy");
        assert!(address.eq_ignore_ascii_case(expected), "{value:?}: {address}");
    }

    #[track_caller]
    fn refuse(value: &str, why: &str) {
        let error = read("http://collector.example", &[("ALL_PROXY", value)]).expect_err(value);
        assert!(error.starts_with("`ALL_PROXY` names a proxy that cannot be used") && error.contains(why), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }

    #[test]
    fn addresses_of_proxies() {
        check("http://proxy.example:3128", "http://proxy.example:3128");
        check("proxy.example:3128", "http://proxy.example:3128");
        check("proxy.example", "http://proxy.example:80");
        check("  http://proxy.example:3128\t", "http://proxy.example:3128");
        check("HTTPS://proxy.example/", "https://proxy.example:443");
        check("http://[::1]:3128/", "http://[::1]:3128");
        check("user:hunter2@proxy.example:3128", "http://proxy.example:3128");
        check("socks://proxy.example", "socks5://proxy.example:1080");
        check("SOCKS5h://user:hunter2@proxy.example:9", "socks5h://proxy.example:9");
        check("socks4a://proxy.example", "socks4a://proxy.example:1080");
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_refused() {
        for value in ["ftp://proxy.example", "direct://", "quic://proxy.example:1", "://proxy.example"] {
            refuse(value, "is none of http, https, socks");
        }
        for value in ["http://", "http:// proxy.example", "http://user:hun ter2@proxy.example", "http://[::1", "a b"] {
            refuse(value, "");
        }
        for value in ["http://proxy.example:99999", "proxy.example:port", "proxy.example:", "socks5://proxy.example:0"]
        {
            refuse(value, "");
        }
        refuse("http://user:hunter2@:3128", "");
        refuse("ftp://user:hunter2@proxy.example", "the scheme `ftp`");
        refuse("\"http://proxy.example\"", "its scheme");
    }

    #[test]
    fn the_variable_for_the_scheme_comes_first() {
        let all = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy", "HTTPS_PROXY"];
        let mut set: Vec<(&str, &str)> = all.iter().map(|name| (*name, "proxy.example")).collect();
        while let Some((first, _)) = set.first().copied() {
            let named = read("http://collector.example", &set).expect("usable").expect("a proxy");
            assert_eq!(named.0, first);
            set.remove(0);
        }
        let set = [("http_proxy", "a"), ("HTTPS_PROXY", "b"), ("ALL_PROXY", "c")];
        assert_eq!(read("https://collector.example", &set).expect("usable").expect("a proxy").0, "HTTPS_PROXY");
        assert_eq!(read("HTTPS://collector.example", &set).expect("usable").expect("a proxy").0, "HTTPS_PROXY");
        assert!(read("http://collector.example", &[]).expect("usable").is_none());
    }

    #[test]
    fn an_empty_variable_is_not_set() {
        let set = [("http_proxy", ""), ("HTTP_PROXY", "  "), ("ALL_PROXY", "proxy.example")];
        assert_eq!(read("http://collector.example", &set).expect("usable").expect("a proxy").0, "ALL_PROXY");
    }

    #[test]
    fn a_request_names_no_proxy_for_a_cgi_program() {
        let cgi = [("REQUEST_METHOD", "GET"), ("HTTP_PROXY", "evil.example")];
        assert!(read("http://collector.example", &cgi).expect_err("refused").contains("CGI"));
        let cgi = [("REQUEST_METHOD", "GET"), ("http_proxy", "proxy.example")];
        assert_eq!(read("http://collector.example", &cgi).expect("usable").expect("a proxy").0, "http_proxy");
    }

    #[test]
    fn a_proxy_that_no_proxy_exempts_need_not_be_usable() {
        let set = [("ALL_PROXY", "ftp://proxy.example"), ("NO_PROXY", "collector.example")];
        assert!(read("http://collector.example", &set).expect("no proxy is asked").is_none());
    }
}
