//! Addresses that cannot be right, and what to write instead.
//!
//! Nothing here repeats what may be a secret: user information and queries are left out of every message.

use ureq::http::Uri;
use ureq::http::uri::Scheme;

/// The port of OTLP over gRPC.
const GRPC_PORT: u16 = 4317;

/// The paths that are added to an address of OTLP.
const PATHS: [&str; 3] = ["/v1/traces", "/v1/logs", "/v1/metrics"];

/// Checks an address that requests go to: of OTLP, or of a JSON form of the program's own.
///
/// # Errors
/// It cannot be right; the text says what to write.
pub(crate) fn check(address: &str, is_otlp: bool) -> Result<(), String> {
    if address.trim().is_empty() {
        return Err("the endpoint is empty: write its address, such as `https://telemetry.example.com:4318`".to_owned());
    }
    if address.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(format!("the endpoint `{}` holds spaces: write it without them", shown(address)));
    }
    let Some((scheme, rest)) = address.split_once("://") else {
        return Err(format!("the endpoint `{}` has no scheme: write `{}`", shown(address), with_scheme(address)));
    };
    check_scheme(address, scheme, rest)?;
    let uri = parse(address)?;
    if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        let text = "holds a user or a password: write it without, and name them with `Builder::header`";
        return Err(format!("the endpoint `{}` {text}", shown(address)));
    }
    if is_otlp { check_otlp(address, &uri) } else { Ok(()) }
}

fn check_scheme(address: &str, scheme: &str, rest: &str) -> Result<(), String> {
    match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => Ok(()),
        "grpc" | "grpcs" => {
            let secure = if scheme.ends_with(['s', 'S']) { "https" } else { "http" };
            let instead = to_http_port(&format!("{secure}://{}", shown(rest)));
            let why = "OTLP goes over HTTP here, not over gRPC";
            Err(format!("the endpoint `{}` cannot be used: {why}; write `{instead}`", shown(address)))
        }
        _ => Err(format!(
            "the endpoint `{}` cannot be used: the scheme is `http` or `https`, not `{scheme}`",
            shown(address)
        )),
    }
}

fn parse(address: &str) -> Result<Uri, String> {
    let no_url = |why: String| format!("the endpoint `{}` is not a URL: {why}", shown(address));
    let uri: Uri = address.parse().map_err(|error| no_url(format!("{error}")))?;
    if uri.host().is_none_or(str::is_empty) {
        return Err(no_url("it has no host".to_owned()));
    }
    // `Uri::port` knows no port that is too large.
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let port = host.rsplit_once(':').map(|(_, port)| port).filter(|port| !port.contains(']'));
    match port.map(str::parse::<u16>) {
        Some(Ok(0) | Err(_)) => Err(no_url("a port is a number from 1 to 65535".to_owned())),
        _ => Ok(uri),
    }
}

/// Checks an address of OTLP: its paths are added to it, and its requests go over HTTP.
fn check_otlp(address: &str, uri: &Uri) -> Result<(), String> {
    let path = uri.path().trim_end_matches('/');
    if let Some(added) = PATHS.iter().find(|added| path.ends_with(**added)) {
        let plain = shown(address).trim_end_matches('/').trim_end_matches(added).to_owned();
        let why = format!("ends in `{added}`, which is added to it");
        return Err(format!("the endpoint `{}` {why}: write `{plain}`", shown(address)));
    }
    if uri.query().is_some() || address.contains('#') {
        let why = "has a query or a fragment, and paths are added to it";
        let plain = shown(address);
        return Err(format!("the endpoint `{plain}` {why}: write it without, and name keys with `Builder::header`"));
    }
    if uri.port_u16() == Some(GRPC_PORT) {
        let instead = to_http_port(&shown(address));
        let why = "has the port of OTLP over gRPC, and requests go over HTTP";
        return Err(format!("the endpoint `{}` {why}: write `{instead}`", shown(address)));
    }
    Ok(())
}

/// The address with a scheme: `http` for this machine, else `https`; with the port of HTTP for that of gRPC.
fn with_scheme(address: &str) -> String {
    let rest = address.trim_start_matches('/');
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    let is_local = host == "localhost" || host.starts_with("127.") || rest.starts_with("[::1]");
    to_http_port(&format!("{}://{}", if is_local { "http" } else { "https" }, shown(rest)))
}

fn to_http_port(address: &str) -> String {
    address.replace(":4317", ":4318")
}

/// An address without what may be a secret: user information, query and fragment.
pub(crate) fn shown(address: &str) -> String {
    let plain = address.split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) = plain.split_once("://").map_or(("", plain), |(scheme, rest)| (scheme, rest));
    let authority = rest.split('/').next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let separator = if scheme.is_empty() { "" } else { "://" };
    let shown = format!("{scheme}{separator}{host}{}", &rest[authority.len()..]);
    shown.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Returns true for an address whose requests are encrypted.
pub(super) fn is_https(uri: &Uri) -> bool {
    uri.scheme() == Some(&Scheme::HTTPS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(address: &str, says: &str) {
        let why = check(address, true).expect_err("cannot be right");
        assert!(why.contains(says), "{address}: {why}");
        assert!(!why.contains("hush"), "{why}");
    }

    #[test]
    fn addresses_that_cannot_be_right_are_refused_with_the_right_one() {
        refused("", "the endpoint is empty: write its address");
        refused(" \t", "the endpoint is empty");
        refused("https://telemetry example", "without them");
        refused("localhost:4318", "has no scheme: write `http://localhost:4318`");
        refused("telemetry.example:4317/otlp", "has no scheme: write `https://telemetry.example:4318/otlp`");
        refused("//telemetry.example", "write `https://telemetry.example`");
        refused("grpc://telemetry.example:4317", "write `http://telemetry.example:4318`");
        refused("grpcs://me:hush@telemetry.example", "write `https://telemetry.example`");
        refused("ftp://telemetry.example", "`http` or `https`, not `ftp`");
        refused("https://", "is not a URL");
        refused("https://:4318", "is not a URL");
        refused("https://telemetry.example:70000", "a port is a number");
        refused("https://telemetry.example:0", "a port is a number");
        refused("https://telemetry.example/v1/traces", "write `https://telemetry.example`");
        refused("https://telemetry.example/otlp/v1/logs/", "write `https://telemetry.example/otlp`");
        refused("https://telemetry.example:4318/v1/metrics", "write `https://telemetry.example:4318`");
        refused("http://telemetry.example:4317", "write `http://telemetry.example:4318`");
        refused("https://me:hush@telemetry.example", "Builder::header");
        refused("https://telemetry.example?key=hush", "Builder::header");
        refused("me:hush@telemetry.example", "write `https://telemetry.example`");
    }

    #[test]
    fn other_addresses_are_taken() {
        for address in ["http://127.0.0.1:4318", "HTTPS://telemetry.example/otlp/", "http://[::1]:4318"] {
            assert_eq!(check(address, true), Ok(()), "{address}");
        }
        for address in ["https://telemetry.example:4317/v1/traces?api-version=1", "http://telemetry.example/collect"] {
            assert_eq!(check(address, false), Ok(()), "{address}");
        }
        assert!(check("telemetry.example/collect", false).is_err());
    }
}
