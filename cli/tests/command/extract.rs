//! `candor extract`: what is found in a program, and what is said where that is not one whole catalogue.

use std::fs;
use std::path::Path;

use candor_codegen::embedded::embed;
use candor_schema::load_str;

use crate::{check, empty, run};

/// Makes the bytes that a program with this catalogue carries.
fn carried(name: &str, version: &str) -> String {
    let text = format!(
        "candor: 1\nname: {name}\ntitle: \"Dém\\to\"\nversion: {version}\nservice: demo\nrows: {{usage: {{title: Usage, personal: none}}}}\n\
         attributes: {{runs: {{row: usage, collected: default, type: int, brief: runs}}}}\n\
         spans: {{started: {{name: Started, collected: default, brief: it started, attributes: {{runs: required}}}}}}\n"
    );
    let (head, document) = embed(&load_str("demo.yaml", &text).catalogue.expect("no findings"));
    head + &document
}

fn program(parts: &[&[u8]]) -> Vec<u8> {
    parts.iter().flat_map(|part| [b"\x7fELF noise \0candor catalogue \xff", *part]).flatten().copied().collect()
}

#[track_caller]
fn check_program(bytes: &[u8], arguments: &str, code: i32, expected: &[&str]) {
    let folder = empty();
    fs::write(folder.path().join("program"), bytes).expect("a file");
    check(folder.path(), &format!("extract program {arguments}"), code, expected);
}

#[test]
fn the_document_loads_as_the_catalogue() {
    let folder = empty();
    fs::write(folder.path().join("program"), program(&[carried("demo", "1.0.0").as_bytes(), b"end"])).expect("a file");
    let extracted = run(folder.path(), "extract program");
    assert_eq!((extracted.code, extracted.stderr.as_str()), (0, ""));
    fs::write(folder.path().join("telemetry.json"), extracted.stdout).expect("a file");
    check(folder.path(), "check telemetry.json", 0, &["telemetry.json: fine: 1 row, 1 attribute"]);
}

/// Two programs compare like their catalogues, also where an error was waived.
#[test]
fn programs_with_a_waiver_can_be_compared() {
    let folder = empty();
    for (file, maximum) in [("old", 9), ("new", 10)] {
        let text = format!(
            "candor: 1\nname: demo\ntitle: Demo\nversion: 1.0.0\nservice: demo\nrows: {{usage: {{title: Usage, personal: none}}}}\nattributes:\n  \
             tool: {{row: usage, collected: default, type: string, pattern: '^(a+)+$', max_length: {maximum}, brief: tool, allow: {{E0219: it is ours}}}}\n\
             spans: {{started: {{name: Started, collected: default, brief: it started, attributes: {{tool: required}}}}}}\n"
        );
        let (head, document) = embed(&load_str("demo.yaml", &text).catalogue.expect("no findings"));
        fs::write(folder.path().join(file), program(&[(head + &document).as_bytes()])).expect("a file");
    }
    check(folder.path(), "extract old", 0, &["\"allow\": {\"E0219\": \"it is ours\"}"]);
    check(folder.path(), "diff old old", 0, &["1.0.0 → 1.0.0: nothing changed"]);
    check(folder.path(), "diff old new", 1, &["the longest length of `tool` was 9 and is 10", "error[E0502]"]);
}

#[test]
fn none_several_and_damaged_ones() {
    let (one, other, newer) = (carried("demo", "1.0.0"), carried("other", "1.0.0"), carried("demo", "2.0.0"));
    check_program(b"", "", 1, &["program: no catalogue was found"]);
    check_program(&program(&[]), "", 1, &["program: no catalogue was found"]);
    check_program(&program(&[b"\0candor catalogue 1\0 is only a text"]), "", 1, &["no catalogue was found"]);
    check_program(&program(&[one.as_bytes(), one.as_bytes()]), "", 0, &["\"name\": \"demo\""]);
    let several = program(&[one.as_bytes(), other.as_bytes()]);
    check_program(&several, "", 1, &["2 catalogues were found; choose one with `--name`: demo, other"]);
    check_program(&several, "--name other", 0, &["\"name\": \"other\""]);
    check_program(&several, "--name third", 1, &["no catalogue of this name; there are: demo, other"]);
    let versions = program(&[one.as_bytes(), newer.as_bytes()]);
    check_program(&versions, "--name demo", 1, &["2 catalogues are called demo, and they differ"]);
    let damaged = one.replace("Usage", "Us\0ge");
    check_program(&program(&[damaged.as_bytes()]), "", 1, &["the catalogue at byte 30 is damaged", "no catalogue was"]);
    check_program(&program(&[&one.as_bytes()[..one.len() - 1]]), "", 1, &["is damaged"]);
    check_program(&program(&[damaged.as_bytes(), other.as_bytes()]), "", 0, &["is damaged", "\"name\": \"other\""]);
}

/// A mark whose head tells of a document of this length.
fn head(length: usize) -> String {
    format!("\0candor catalogue 1\0{length:08x}{:016x}", 0)
}

#[test]
fn many_marks_that_tell_of_long_documents() {
    // Each claims everything behind it. Read for each of them, this would be 30 GB.
    let marks: String = (0..50_000_usize).rev().map(|left| head(left * head(0).len())).collect();
    let brace_marks: String = (0..30_000_usize).rev().map(|left| head(left * (head(0).len() + 1) + 1) + "{").collect();
    for text in [marks, brace_marks] {
        let since = std::time::Instant::now();
        check_program(text.as_bytes(), "", 1, &["is damaged", "more are damaged", "no catalogue was found"]);
        assert!(since.elapsed().as_secs() < 20, "{:?}", since.elapsed());
    }
}

#[test]
fn many_small_documents() {
    let hash = |text: &str| {
        text.bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    };
    let carried =
        |document: String| format!("\0candor catalogue 1\0{:08x}{:016x}{document}", document.len(), hash(&document));
    let many: String = (0..5_000).map(|number| carried(format!("{{\"candor\":{number}}}"))).collect();
    check_program(many.as_bytes(), "", 1, &["5000 catalogues"]);
    check_program(
        carried("{\"candor\": ".to_owned()).as_bytes(),
        "",
        1,
        &["1 catalogue not JSON", "no catalogue was found"],
    );
}

#[test]
fn programs_are_compared_by_what_they_carry() {
    let folder = empty();
    let wider = carried("demo", "1.0.0").replace("\"brief\": \"runs\"", "\"brief\": \"all runs\"");
    let wider = load_str("demo.json", &wider[wider.find('{').expect("a document")..]).catalogue.expect("no findings");
    let (head, document) = embed(&wider);
    let (old, new, other) = (carried("demo", "1.0.0"), head + &document, carried("other", "1.0.0"));
    for (name, carried) in [("old", old.clone()), ("new", new), ("two", old + &other), ("none", String::new())] {
        fs::write(folder.path().join(name), format!("\x7fELF\0{carried}")).expect("a file");
    }
    check(folder.path(), "diff old old", 0, &[]);
    check(folder.path(), "diff old new", 0, &["wording", "attributes.runs"]);
    check(folder.path(), "diff old none", 2, &["none carries no catalogue"]);
    check(folder.path(), "diff two new", 2, &["two carries 2 catalogues"]);
}

#[test]
fn what_is_no_file() {
    check(Path::new("/"), "extract /nowhere/at-all", 2, &["cannot read /nowhere/at-all"]);
    check(Path::new("/"), "extract /dev", 2, &["/dev is not a regular file"]);
}
