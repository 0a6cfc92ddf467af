//! The catalogues of `examples/catalogues/`: they check without findings, accept the payloads beside them, and refuse each
//! payload with a wrong value for just that value. A request in a program's own form is read by the catalogue's template.

use std::fs;
use std::path::{Path, PathBuf};

use candor_domain::{Form, JsonValue};
use candor_schema::{Catalogue, Consent, Signal};
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

// Requests in the programs' own forms.

/// A request to an endpoint, as the program sends it.
fn request(program: &str, endpoint: &str) -> String {
    fs::read_to_string(folder().join(program).join(format!("{endpoint}.json"))).expect("a request")
}

/// Reads a request by the catalogue's template: payloads, or where the request has another form.
fn read(catalogue: &Catalogue, endpoint: &str, request: &str) -> Result<Vec<String>, Vec<String>> {
    let endpoint = catalogue.head().endpoint_named(endpoint).expect("an endpoint");
    let Form::Json(_, body) = &endpoint.form else { panic!("{} has a form of its own", endpoint.name) };
    let document = JsonValue::parse(request).expect("JSON");
    let pointers =
        |faults: Vec<candor_domain::Fault>| faults.into_iter().map(|fault| fault.pointer).collect::<Vec<_>>();
    let batch = body.read_batch(&document).map_err(pointers)?;
    let goes_there =
        |signal: &&Signal| catalogue.head().endpoint_of(signal).is_some_and(|own| own.name == endpoint.name);
    let payload = |one| {
        let reading = body.read(one).map_err(pointers)?;
        let mut going = catalogue.signals().iter().filter(goes_there);
        let signal = going.find(|signal| reading.name.is_none_or(|name| name == signal.name)).expect("a signal");
        Ok(reading.payload(signal.kind, &signal.name, &batch.resource))
    };
    batch.signals.iter().map(payload).collect()
}

/// The pointers of everything that is refused in a request.
fn refused(program: &str, endpoint: &str, request: &str) -> Vec<String> {
    let catalogue = catalogue(program);
    let validator = Validator::new(&catalogue, Consent::OptedIn);
    let payloads = match read(&catalogue, endpoint, request) {
        Ok(payloads) => payloads,
        Err(pointers) => return pointers,
    };
    let violations = payloads.iter().flat_map(|payload| validator.check(payload.as_bytes()));
    let mut pointers: Vec<_> = violations.map(|violation| violation.pointer).collect();
    pointers.dedup(); // what stands beside the signals is part of each payload
    pointers
}

const REQUESTS: [(&str, &str); 8] = [
    ("meilisearch", "segment"),
    ("meilisearch", "identify"),
    ("syncthing", "newdata"),
    ("turborepo", "command"),
    ("turborepo", "repo"),
    ("turborepo", "task"),
    ("zed", "events"),
    ("zed", "panics"),
];

#[test]
fn requests_in_a_form_of_their_own_are_accepted() {
    for (program, endpoint) in REQUESTS {
        let nothing: [String; 0] = [];
        assert_eq!(refused(program, endpoint, &request(program, endpoint)), nothing, "{program}: {endpoint}");
    }
}

#[test]
fn one_wrong_value_in_a_request_is_refused() {
    for (program, endpoint, right, wrong, pointer) in [
        ("meilisearch", "segment", "57ms", "57 ms", "/attributes/requests/99th_response_time"),
        ("meilisearch", "segment", "\"1.3.0\"", "1.3", "/attributes/app_version"),
        ("meilisearch", "identify", "production", "staging", "/attributes/infos/env"),
        ("syncthing", "newdata", "\"urVersion\": 3", "\"urVersion\": 4", "/attributes/urVersion"),
        ("meilisearch", "segment", "\"track\"", "\"page\"", "/type"),
        ("turborepo", "command", "\"key\": \"command\"", "\"key\": \"cwd\"", "/attributes/key"),
        ("turborepo", "repo", "\"repo\": \"3b7e", "\"repo\": \"acme", "/attributes/repo"),
        ("turborepo", "task", "\"package\": \"3b7e", "\"package\": \"@acme", "/attributes/package"),
        ("zed", "events", "macOS", "BeOS", "/resource/os_name"),
        ("zed", "events", "\"signed_in\": true", "\"signed_in\": 1", "/attributes/signed_in"),
        ("zed", "panics", "x86_64", "z80", "/resource/architecture"),
        ("zed", "panics", "\"of the build\"", "\"another\"", "/token"),
    ] {
        let request = request(program, endpoint).replacen(right, wrong, 1);
        assert_eq!(refused(program, endpoint, &request), [pointer], "{program}: {right} → {wrong}");
    }
}
