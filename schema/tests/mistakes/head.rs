//! The head of a catalogue: versions, variables, endpoints.

use crate::check;

#[test]
fn version_with_a_letter() {
    check("version: 1.2.0", "version: 1.2.x", &[("E0011", "1.2.x")]);
}

#[test]
fn version_of_four_numbers() {
    check("version: 1.2.0", "version: 1.2.0.1", &[("E0011", "1.2.0.1")]);
}

#[test]
fn version_with_a_sign() {
    check("version: 1.2.0", "version: +1.2.0", &[("E0011", "+1.2.0")]);
}

#[test]
fn since_later_than_the_catalogue() {
    check("since: 1.1.0", "since: 1.10.0", &[("E0011", "1.10.0")]);
}

#[test]
fn since_of_four_numbers() {
    check("since: 1.0.0", r#"since: "1.0.0.1""#, &[("E0011", r#""1.0.0.1""#)]);
}

#[test]
fn variable_with_a_hyphen() {
    check("CREWAI_DISABLE_TRACKING", "CREWAI-DISABLE", &[("E0012", "CREWAI-DISABLE")]);
}

#[test]
fn variable_with_a_digit_first() {
    check("CREWAI_DISABLE_TRACKING", "2CREWAI", &[("E0012", "2CREWAI")]);
}

#[test]
fn variable_twice() {
    check("CREWAI_DISABLE_TRACKING", "CREWAI_DISABLE_TELEMETRY", &[("E0012", "CREWAI_DISABLE_TELEMETRY")]);
}

#[test]
fn empty_switch() {
    check("opt_in: share_crew", r#"opt_in: """#, &[("E0012", r#""""#)]);
}

#[test]
fn endpoint_without_a_scheme() {
    check(
        "https://telemetry.example.com:4319",
        "telemetry.example.com:4319",
        &[("E0012", "telemetry.example.com:4319")],
    );
}

#[test]
fn endpoint_of_another_scheme() {
    check(
        "https://telemetry.example.com:4319",
        "ftp://telemetry.example.com",
        &[("E0012", "ftp://telemetry.example.com")],
    );
}

#[test]
fn endpoint_without_a_host() {
    check("https://telemetry.example.com:4319", "https://:4319/v1", &[("E0012", "https://:4319/v1")]);
}

#[test]
fn endpoint_with_credentials() {
    check(
        "https://telemetry.example.com:4319",
        "https://user:secret@telemetry.example.com",
        &[("E0012", "https://user:secret@telemetry.example.com")],
    );
}

#[test]
fn endpoint_with_a_space() {
    check(
        "https://telemetry.example.com:4319",
        "https://telemetry.example.com/a b",
        &[("E0012", "https://telemetry.example.com/a b")],
    );
}

#[test]
fn endpoint_of_an_ipv6_address() {
    check("https://telemetry.example.com:4319", "http://[::1]:4318", &[]);
}

#[test]
fn endpoint_with_an_at_in_its_path() {
    check("https://telemetry.example.com:4319", "https://telemetry.example.com/@v1", &[]);
}

#[test]
fn opt_outs() {
    let with = |entry: &str| format!("opt_out: [{entry}, CREWAI_DISABLE_TRACKING]");
    let check = |entry: &str, code: &str, at: &str| {
        check("opt_out: [CREWAI_DISABLE_TELEMETRY, CREWAI_DISABLE_TRACKING]", &with(entry), &[(code, at)]);
    };
    check("{flag: no-telemetry}", "E0012", "no-telemetry");
    check("{flag: --no telemetry}", "E0012", "--no telemetry");
    check("{flag: --}", "E0012", "--");
    check("{setting: ' '}", "E0012", "' '");
    check("{variable: NO-TELEMETRY}", "E0012", "NO-TELEMETRY");
    check("{variable: DO_NOT_TRACK, off_when: false}", "E0012", "false");
    check("{flag: --quiet, off_when: false}", "E0012", "false");
    check("{variable: CREWAI_DISABLE_TRACKING, off_when: false}", "E0012", "CREWAI_DISABLE_TRACKING");
    check("{flag: --quiet, setting: quiet}", "E0002", "{");
    check("{off_when: false}", "E0005", "{");
    check("{flagg: --quiet}", "E0003", "flagg");
    check("{flag: 5}", "E0002", "5");
}
