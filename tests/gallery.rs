//! The catalogues of `examples/catalogues/`: they check without findings, accept the payloads beside them, and refuse each
//! payload with a wrong value for just that value.

use std::fs;
use std::path::{Path, PathBuf};

use candor_schema::{Catalogue, Consent};
use candor_validate::Validator;

const PROGRAMS: [&str; 5] = ["homebrew", "meilisearch", "syncthing", "turborepo", "zed"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/catalogues")
}

fn catalogue(program: &str) -> Catalogue {
    let loaded = candor_schema::load(&folder().join(program).join("telemetry.yaml"));
    assert!(loaded.findings.is_empty(), "{program}: {:#?}", loaded.findings);
    loaded.catalogue.expect("a catalogue")
}

/// The lines of a file, each a payload.
fn lines(program: &str, file: &str) -> Vec<String> {
    let text = fs::read_to_string(folder().join(program).join(file)).expect("a file");
    let lines: Vec<_> = text.lines().map(str::to_owned).collect();
    assert!(!lines.is_empty(), "{program}/{file} is empty");
    lines
}

#[test]
fn every_folder_is_tested_and_told() {
    let table = fs::read_to_string(folder().join("README.md")).expect("a table");
    let entries = fs::read_dir(folder()).expect("a folder").map(|entry| entry.expect("an entry"));
    let mut folders: Vec<_> = entries.filter(|entry| entry.path().is_dir()).map(|entry| entry.file_name()).collect();
    folders.sort();
    assert_eq!(folders, PROGRAMS);
    assert!(PROGRAMS.iter().all(|program| table.contains(&format!("({program}/telemetry.yaml)"))));
}

#[test]
fn what_the_programs_send_is_accepted() {
    for program in PROGRAMS {
        let catalogue = catalogue(program);
        let validator = Validator::new(&catalogue, Consent::OptedIn);
        for line in lines(program, "payloads.ndjson") {
            assert_eq!(validator.check(line.as_bytes()), [], "{program}: {line}");
        }
    }
}

#[test]
fn every_signal_has_a_payload() {
    for program in PROGRAMS {
        let lines = lines(program, "payloads.ndjson").concat();
        for signal in catalogue(program).signals() {
            assert!(
                lines.contains(&format!("\"name\":\"{}\"", signal.name)),
                "{program} has no payload of {}",
                signal.name
            );
        }
    }
}

#[test]
fn one_wrong_value_is_refused() {
    for (program, pointer) in [
        ("homebrew", "/attributes/prefix"),
        ("meilisearch", "/attributes/requests/99th_response_time"),
        ("syncthing", "/attributes/urVersion"),
        ("turborepo", "/attributes/package"),
        ("zed", "/resource/os_name"),
    ] {
        let catalogue = catalogue(program);
        let validator = Validator::new(&catalogue, Consent::OptedIn);
        for line in lines(program, "refused.ndjson") {
            let pointers: Vec<_> = validator.check(line.as_bytes()).into_iter().map(|it| it.pointer).collect();
            assert_eq!(pointers, [pointer], "{program}: {line}");
        }
    }
}

/// Data that only goes after asking is not sent before.
#[test]
fn syncthing_sends_nothing_by_default() {
    let catalogue = catalogue("syncthing");
    let validator = Validator::new(&catalogue, Consent::Default);
    assert!(lines("syncthing", "payloads.ndjson").iter().all(|line| !validator.is_valid(line.as_bytes())));
}
