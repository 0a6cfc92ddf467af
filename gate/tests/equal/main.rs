//! One corpus through every gate: what passes is equal, byte for byte. Here `Allow`, the crate and the C interface; what
//! each must give is left in `target/corpus/corpus.ndjson`, which the Collector's tests hold the module and the processor to.
#![cfg(unix)]

mod corpus;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use candor_gate::Gate;
use candor_validate::{Allow, Consent, Request, Signals, Stopped, Validator, payloads_from_otlp_protobuf};
use corpus::{Case, cases};
use data_encoding::BASE64;
use serde_json::json;
use tempfile::TempDir;

fn number(signals: Signals) -> u8 {
    match signals {
        Signals::Traces => 1,
        Signals::Logs => 2,
        Signals::Metrics => 3,
    }
}

/// Returns what `Allow` makes of a request in JSON, after the same has gone through the crate.
fn expected(case: &Case, consent: &str) -> (Vec<u8>, usize, String) {
    let catalogue = case.catalogue.catalogue();
    let allow = match consent {
        "default" => Allow::new(catalogue, Consent::Default),
        "opted-in" => Allow::new(catalogue, Consent::OptedIn),
        _ => Allow::marked(catalogue),
    };
    let request = Request::from_json(case.signals, case.request.as_bytes()).expect("a request");
    let passed = allow.pass(&request, &mut Stopped::default());
    let answer = case.catalogue.gate().pass(case.signals, consent, case.request.as_bytes()).expect("an answer");
    assert_eq!((&answer.body, answer.signals), (&passed.body, passed.signals), "{}", case.name);
    (passed.body, passed.signals, answer.report)
}

#[test]
fn what_passes_is_accepted_and_holds_no_canary() {
    let mut passed = 0;
    for case in cases() {
        for consent in ["default", "opted-in", "marked"] {
            let (body, signals, _) = expected(&case, consent);
            passed += signals;
            let level = if consent == "default" { Consent::Default } else { Consent::from_bits(u32::MAX) };
            let validator = Validator::new(case.catalogue.catalogue(), level);
            let items = payloads_from_otlp_protobuf(case.catalogue.catalogue(), &body, Some(case.signals));
            for item in items.expect("OTLP") {
                let candor_validate::Item::Payload(payload) = item else { panic!("{}: it can be read", case.name) };
                assert_eq!(validator.check_payload(&payload), [], "{} at {consent}", case.name);
            }
            assert!(!body.windows(6).any(|bytes| bytes == b"CANARY"), "{} at {consent}", case.name);
        }
    }
    assert!(passed > 1000, "{passed}");
}

/// Writes what every gate must give.
#[test]
fn the_corpus_is_left_for_the_collector() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/corpus");
    fs::create_dir_all(&folder).expect("a folder");
    let mut lines = String::new();
    for case in cases() {
        for consent in ["default", "opted-in", "marked"] {
            let (body, signals, report) = expected(&case, consent);
            let line = json!({
                "name": case.name, "catalogue": case.catalogue.name, "signals": number(case.signals), "consent": consent,
                "request": case.request, "passed": BASE64.encode(&body), "count": signals, "report": report,
            });
            lines.push_str(&format!("{line}\n"));
        }
    }
    for catalogue in corpus::catalogues() {
        fs::write(folder.join(format!("{}.json", catalogue.name)), &catalogue.document).expect("written");
    }
    fs::write(folder.join("corpus.ndjson"), lines).expect("written");
}

/// The program in C, built against the header and the library.
static PROGRAM: LazyLock<(TempDir, PathBuf)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("pass");
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let libraries = std::env::current_exe().expect("this program").parent().expect("a folder").to_owned();
    let built = Command::new("cc")
        .args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-pedantic", "-O1"])
        .arg(here.join("tests/pass.c"))
        .arg(format!("-I{}", here.join("include").display()))
        .arg(format!("-L{}", libraries.display()))
        .arg(format!("-Wl,-rpath,{}", libraries.display()))
        .args(["-lcandor_gate", "-o"])
        .arg(&program)
        .output()
        .expect("cc");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    (folder, program)
});

fn call(catalogue: &str, kind: &str, consent: &str, request: &[u8]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let (document, file) = (folder.path().join("catalogue"), folder.path().join("request"));
    fs::write(&document, catalogue).expect("written");
    fs::write(&file, request).expect("written");
    Command::new(&PROGRAM.1).arg(document).args([kind, consent]).arg(file).output().expect("the program")
}

#[test]
fn the_c_interface_gives_the_same() {
    for (position, case) in cases().into_iter().enumerate().filter(|(position, _)| *position < 60 || position % 97 == 0)
    {
        let consent = ["default", "opted-in", "marked"][position % 3];
        let (body, _, report) = expected(&case, consent);
        let kind = number(case.signals).to_string();
        let output = call(&case.catalogue.document, &kind, consent, case.request.as_bytes());
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!((output.stdout, output.stderr), (body, report.into_bytes()), "{} at {consent}", case.name);
    }
}

#[test]
fn errors_are_values() {
    let document = &corpus::catalogues()[0].document;
    let request = br#"{"resourceSpans":[]}"#;
    for (catalogue, kind, consent, bytes, expected) in [
        (document.as_str(), "7", "default", &request[..], "the kind of request is none of 1, 2, 3"),
        (document, "1", "nobody", request, "the catalogue has no channel `nobody`"),
        (document, "1", "default", b"\xff\xff", "protobuf"),
        (document, "1", "default", b"{", "not JSON"),
        ("{}", "1", "default", request, "the catalogue cannot be opened: "),
        ("\u{0}", "1", "default", request, "the catalogue cannot be opened: "),
    ] {
        let output = call(catalogue, kind, consent, bytes);
        assert_eq!(output.status.code(), Some(1), "{expected}");
        let said = String::from_utf8_lossy(&output.stderr).to_lowercase();
        assert!(said.contains(&expected.to_lowercase()), "{said} instead of {expected}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn lines_have_their_answers() {
    let line = r#"{"kind":"span","name":"Tea Break","startTimeUnixNano":"1","endTimeUnixNano":"2","attributes":{}}"#;
    let output = call(&corpus::catalogues()[0].document, "lines", "default", format!("{line}\n\n{{\n").as_bytes());
    let answers = String::from_utf8(output.stdout).expect("UTF-8");
    let rules: Vec<_> = answers.lines().map(|line| line.split("\"rules\":").nth(1).expect("rules")).collect();
    assert_eq!(rules.len(), 3, "{answers}");
    assert!(rules[0].starts_with("[\"unknown_signal\"]") && rules[1].starts_with("[]"), "{answers}");
    assert!(rules[2].starts_with("[\"unreadable\"]"), "{answers}");
}

#[test]
fn a_gate_serves_many_threads() {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<Gate>();
}

/// The names in the header are those in the library.
#[test]
fn the_header_declares_what_there_is() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = fs::read_to_string(here.join("src/c.rs")).expect("a text");
    let header = fs::read_to_string(here.join("include/candor_gate.h")).expect("a text");
    let mut names: Vec<_> =
        source.split("extern \"C\" fn ").skip(1).filter_map(|rest| rest.split('(').next()).collect();
    let mut declared: Vec<&str> = header
        .lines()
        .filter(|line| line.contains('(') && !line.starts_with([' ', '/', '#']))
        .filter_map(|line| line.split('(').next()?.rsplit([' ', '*']).next())
        .collect();
    names.sort_unstable();
    declared.sort_unstable();
    assert_eq!(declared, names);
}
