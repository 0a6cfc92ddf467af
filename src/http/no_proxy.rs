//! `NO_PROXY`: the hosts that are reached without a proxy, read as curl, Go and Python read it.
//!
//! | entry | exempts |
//! | --- | --- |
//! | `*` | every host |
//! | `example.com`, `.example.com` | the host and those below it |
//! | `*.example.com` | those below it |
//! | `10.0.0.1`, `[::1]`, `10.0.0.0/8`, `fe80::/10` | these addresses |
//! | any of them with `:4318` | the same, at this port only |
//!
//! Names are not looked up, and an entry of another form exempts nothing. A loopback address has to be listed, too.

use std::net::IpAddr;

use ipnet::IpNet;
use ureq::http::Uri;

use super::environment::{Environment, set};

/// Checks whether `no_proxy`, or else `NO_PROXY`, lists this endpoint.
pub(super) fn is_exempt(endpoint: &Uri, environment: Environment<'_>) -> bool {
    let list = ["no_proxy", "NO_PROXY"].iter().find_map(|name| set(name, environment));
    let Some((_, list)) = list else { return false };
    let Some(host) = endpoint.host() else { return false };
    let port = endpoint.port_u16().unwrap_or(if super::is_https(endpoint) { 443 } else { 80 });
    let host = normal(host);
    let list = list.to_string_lossy();
    let mut entries = list.split(|c: char| c == ',' || c.is_whitespace()).filter(|entry| !entry.is_empty());
    entries.any(|entry| matches(entry, &host, port))
}

/// A name in small letters, without brackets and without the dot of the root.
fn normal(host: &str) -> String {
    host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_ascii_lowercase()
}

fn matches(entry: &str, host: &str, port: u16) -> bool {
    let (entry, only) = split_port(entry);
    only.is_none_or(|only| only == port) && (entry == "*" || matches_host(&normal(entry), host))
}

/// Splits a port off; the colons of an IPv6 address are none of it.
fn split_port(entry: &str) -> (&str, Option<u16>) {
    let Some((host, port)) = entry.rsplit_once(':') else { return (entry, None) };
    let is_port = host.ends_with(']') || !host.contains(':');
    match port.parse().ok().filter(|_| is_port) {
        Some(port) => (host, Some(port)),
        None => (entry, None),
    }
}

fn matches_host(entry: &str, host: &str) -> bool {
    if let Some(address) = address(host) {
        return match entry.parse::<IpNet>() {
            Ok(range) => range.contains(&address),
            Err(_) => self::address(entry) == Some(address),
        };
    }
    let below = |name: &str| host.strip_suffix(name).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'));
    if let Some(name) = entry.strip_prefix("*.") {
        return !name.is_empty() && below(name);
    }
    let name = entry.trim_start_matches('.');
    !name.is_empty() && (host == name || below(name))
}

/// An address in its plain form: `::ffff:10.0.0.1` is `10.0.0.1`.
fn address(text: &str) -> Option<IpAddr> {
    text.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(list: &str, exempt: &[&str], proxied: &[&str]) {
        for name in ["no_proxy", "NO_PROXY"] {
            let environment = |asked: &str| (asked == name).then(|| list.into());
            let ask = |endpoint: &str| is_exempt(&endpoint.parse().expect(endpoint), &environment);
            exempt.iter().for_each(|endpoint| assert!(ask(endpoint), "{name}={list:?}: {endpoint}"));
            proxied.iter().for_each(|endpoint| assert!(!ask(endpoint), "{name}={list:?}: {endpoint}"));
        }
    }

    #[test]
    fn entries_are_trimmed() {
        let hosts = ["http://a.example", "http://10.0.0.1:4318", "http://b.example"];
        check(" a.example , 10.0.0.1 ,,\tb.example ", &hosts, &["http://c.example"]);
        check("a.example 10.0.0.1  b.example", &hosts, &["http://c.example"]);
        check("", &[], &hosts);
        check(" , ", &[], &hosts);
    }

    #[test]
    fn a_star_is_every_host() {
        check("x, *", &["http://a.example", "https://10.0.0.1", "http://[::1]:4318"], &[]);
    }

    #[test]
    fn a_name_is_the_host_and_those_below_it() {
        let (own, below, others) =
            ("http://a.example:4318", "http://B.a.example", ["http://xa.example", "http://example"]);
        check("a.example", &[own, below, "http://A.Example."], &others);
        check(".A.example.", &[own, below], &others);
        check("*.a.example", &[below], &[own, others[0], others[1]]);
        check(".", &[], &[own, below]);
        check("*.", &[], &[own, below]);
        check("a.*", &[], &[own, below]);
    }

    #[test]
    fn addresses_and_ranges() {
        check("127.0.0.0/8", &["http://127.0.0.1:4318", "http://127.9.9.9"], &["http://128.0.0.1", "http://localhost"]);
        check(
            "127.0.0.1",
            &["http://127.0.0.1", "http://[::ffff:127.0.0.1]"],
            &["http://127.0.0.11", "http://27.0.0.1"],
        );
        check("::1,fd00::/8", &["http://[::1]:4318", "http://[fd12::1]"], &["http://[fe80::1]"]);
        check("[::1]", &["http://[0:0::1]"], &["http://[::2]"]);
        check("10.0.0.0/33, 0/0, 1", &[], &["http://10.0.0.1"]);
        check("0.1", &[], &["http://10.0.0.1"]);
    }

    #[test]
    fn a_port_is_compared() {
        check("127.0.0.1:4318", &["http://127.0.0.1:4318"], &["http://127.0.0.1:4317", "http://127.0.0.1"]);
        check("a.example:443", &["https://a.example", "https://b.a.example:443"], &["http://a.example"]);
        check("[::1]:80", &["http://[::1]"], &["http://[::1]:81"]);
        check("*:80", &["http://a.example"], &["https://a.example"]);
        check("a.example:http", &[], &["http://a.example"]);
    }

    #[test]
    fn small_letters_come_first() {
        let environment = |asked: &str| match asked {
            "no_proxy" => Some("a.example".into()),
            "NO_PROXY" => Some("b.example".into()),
            _ => None,
        };
        assert!(is_exempt(&"http://a.example".parse().expect("an endpoint"), &environment));
        assert!(!is_exempt(&"http://b.example".parse().expect("an endpoint"), &environment));
    }
}
