//! The answer to one mistake: in the words of its author, with the way out, and nothing that follows from it.

use std::fs;

use candor_schema::{Loaded, load, load_str};

const SOUND: &str = "\
candor: 1
name: notes
title: Notes
version: 1.0.0
service: notes
consent: {opt_in: share_titles, opt_out: [NOTES_NO_TELEMETRY]}
rows:
  exports: {title: Exports, reason: Which formats to work on., personal: none}
  titles: {title: Titles, reason: What people export., personal: none}
attributes:
  format: {row: exports, collected: default, type: {enum: [pdf, html]}, brief: format, examples: [pdf]}
  pages: {row: exports, collected: default, type: int, minimum: 0, maximum: 100000, brief: number of pages}
  title:
    row: titles
    collected: opt_in
    type: string
    max_length: 200
    personal: possible
    brief: title of the note
spans:
  exported:
    name: Exported
    collected: default
    brief: a note was exported
    attributes: {format: required, pages: required, title: optional}
";

/// Expects one finding for `to` in the place of `from`: its code, what it marks, and parts of what it says and advises.
#[track_caller]
fn check(from: &str, to: &str, code: &str, marked: &str, message: &str, help: &str) {
    assert!(SOUND.contains(from), "there is no {from:?}");
    let loaded = load_str("catalogue.yaml", &SOUND.replacen(from, to, 1));
    let [finding] = loaded.findings.as_slice() else { panic!("{:#?}", loaded.findings) };
    assert_eq!((finding.code, loaded.sources.marked(finding.place)), (code, marked), "{finding:#?}");
    assert!(finding.message.contains(message), "{finding:#?}");
    assert!(finding.help.as_ref().is_some_and(|text| text.contains(help)), "{finding:#?}");
}

/// The same for a key in the place of an attribute's `brief`, or beside it.
#[track_caller]
fn check_key(key: &str, help: &str) {
    let brief = "    brief: title of the note\n";
    let message = format!("attribute `title` has no key `{key}`");
    check(brief, &format!("{brief}    {key}: x\n"), "E0003", key, &message, help);
}

#[test]
fn all_that_is_missing_from_an_entry_is_one_finding() {
    let message = "attribute `title` has no `row`, no `collected` and no `type`";
    let from =
        "    row: titles\n    collected: opt_in\n    type: string\n    max_length: 200\n    personal: possible\n";
    check(from, "", "E0005", "title", message, "add `row: …`, `collected: …` and `type: …`");
    check("    name: Exported\n", "", "E0005", "exported", "signal `exported` has no `name`", "add `name: …`");
    check("name: notes\ntitle: Notes\n", "", "E0005", "candor", "no `name` and no `title`", "add `name: …`");
}

#[test]
fn what_stands_beside_its_name() {
    let from = &SOUND[SOUND.find("    row: titles").expect("a row")..SOUND.find("spans:").expect("spans")];
    let message = "what belongs to `title` stands beside it, not below it";
    check(from, &from.replace("    ", "  "), "E0002", "row", message, "indent it deeper than the name");
    let from = "    name: Exported\n    collected: default\n    brief: a note was exported\n    attributes:";
    let message = "what belongs to `exported` stands beside it, not below it";
    check(from, &from.replace("    ", "  "), "E0002", "name", message, "indent it deeper than the name");
}

#[test]
fn keys_of_other_formats() {
    check_key("requirement_level", "say `required` or `optional` where a span or an event lists the attribute");
    check_key("id", "the name that all this stands under is the id");
    check_key("send_in_pings", "list the attribute under a span or an event instead");
    check_key("data_sensitivity", "say it with `collected` and `personal`");
    check_key("notification_emails", "`reviews` in the head");
    check_key("min_length", "`pattern`");
    check_key("additionalProperties", "nothing else than what is listed is ever sent");
    check_key("default", "`collected` says whether it is sent by default");
    check_key("<<", "it takes the name of a mapping");
    let (from, help) = ("type: {enum: [pdf, html]}", "make it the type: `type: {enum: [a, b]}`");
    check(from, "type: string, enum: [pdf, html]", "E0003", "enum", "attribute `format` has no key `enum`", help);
    check(from, "enum: [pdf, html]", "E0003", "enum", "attribute `format` has no key `enum`", help);
    let to = "type: {members: [{id: pdf, value: pdf}]}";
    check(from, to, "E0003", "members", "a type has no key `members`", "list the texts: `{enum: [a, b]}`");
    let (from, to) = ("attributes: {format: required", "properties: {format: required");
    check(from, to, "E0003", "properties", "signal `exported` has no key", "list them under `attributes`");
    check("service: notes", "service: notes\n$schema: x", "E0003", "$schema", "no key", "yaml-language-server");
}

#[test]
fn keys_in_other_words() {
    let said = "did you mean `brief`?";
    check("    brief: title", "    description: title", "E0003", "description", "has no key", said);
    check("minimum: 0", "min: 0", "E0003", "min", "attribute `pages` has no key", "did you mean `minimum`?");
    check("max_length: 200", "maxLength: 200", "E0003", "maxLength", "has no key", "did you mean `max_length`?");
    check("opt_in: share", "optIn: share", "E0003", "optIn", "`consent` has no key", "did you mean `opt_in`?");
    let said = "did you mean `reason`?";
    check("reason: What people", "description: What people", "E0003", "description", "row `titles`", said);
}

#[test]
fn a_file_of_another_format() {
    for (text, help) in [
        (
            "groups:\n  - id: registry.notes\n    type: attribute_group\n",
            "`attributes`, `spans`, `events` and `metrics`",
        ),
        ("$schema: https://json-schema.org/draft/2020-12/schema\n", "yaml-language-server"),
    ] {
        let loaded = load_str("catalogue.yaml", text);
        let [finding] = loaded.findings.as_slice() else { panic!("{:#?}", loaded.findings) };
        assert_eq!((finding.code, finding.place.line), ("E0003", 1));
        assert!(finding.help.as_ref().is_some_and(|text| text.contains(help)), "{finding:#?}");
    }
}

#[test]
fn types_of_other_languages() {
    for (ty, help) in [
        ("string[]", "a list is written `[string]`"),
        ("Vec<String>", "a list is written `[string]`"),
        ("list[integer]", "a list is written `[int]`"),
        ("array", "a list is written `[string]`"),
        ("uint32", "did you mean `int`?"),
        ("float64", "did you mean `double`?"),
        ("dict", "a map is written `{map: int, keys: {max_length: 40}}`"),
        ("any", "under `objects`"),
        ("uuid", "use `string` with a `pattern`"),
    ] {
        let message = format!("there is no type `{ty}`");
        let to = format!("type: \"{ty}\"");
        check("type: int, minimum: 0, maximum: 100000", &to, "E0103", &format!("\"{ty}\""), &message, help);
    }
}

#[test]
fn values_of_another_kind() {
    let number = "expected a whole number, found";
    check("max_length: 200", "max_length: 1e3", "E0002", "1e3", number, "without a fraction, an exponent or a zero");
    check("max_length: 200", "max_length: 0200", "E0002", "0200", number, "without a fraction, an exponent or a zero");
    check("max_length: 200", "max_length: \"200\"", "E0002", "\"200\"", number, "without quotes");
    check(
        "version: 1.0.0",
        "version: 1",
        "E0002",
        "1",
        "expected text, found",
        "write two or three numbers, such as 1.4 or 1.4.0",
    );
    check(
        "[NOTES_NO_TELEMETRY]",
        "NO_NOTES",
        "E0002",
        "NO_NOTES",
        "expected a list",
        "write it as a list: `[NO_NOTES]`",
    );
    check(
        "pages: required",
        "pages: true",
        "E0002",
        "true",
        "expected required or optional",
        "write required or optional",
    );
    let help = "`{row: …, collected: …, type: …, brief: …}`";
    let pages = SOUND.lines().find(|line| line.starts_with("  pages: ")).expect("pages");
    check(pages, "  pages: int", "E0002", "int", "expected a mapping, found text", help);
    let rows =
        "  exports: {title: Exports, reason: Which formats to work on., personal: none}\n  titles: {title: Titles";
    let listed =
        "  - exports: {title: Exports, reason: Which formats to work on., personal: none}\n  - titles: {title: Titles";
    check(rows, listed, "E0002", "-", "expected a mapping, found a list", "write `name: …` for each");
    let comment = "a `#` behind a space starts a comment";
    check("brief: a note was exported", "brief: #1 export", "E0002", "", "expected text, found nothing", comment);
}

#[test]
fn patterns() {
    let from = "    max_length: 200\n";
    for (pattern, message, help) in [
        ("'^(a$'", "`(` is never closed", "close it with `)`"),
        ("'^a)$'", "`)` closes nothing", "put a backslash before it"),
        ("'/^a$/'", "the `/` around this pattern are part of it", "write it without them"),
        ("'^(?=a)a$'", "`(?=` starts lookahead", "say what the text is"),
        ("'(?i)^a$'", "`(?i)` starts a flag", "write both cases out"),
    ] {
        check(from, &format!("    pattern: {pattern}\n"), "E0210", pattern, message, help);
    }
}

fn load_files(files: &[(&str, &[u8])], path: &str) -> Loaded {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("written");
    }
    load(&folder.path().join(path))
}

/// Expects one finding about files: the file it is in, and parts of what it says and advises.
#[track_caller]
fn check_files(files: &[(&str, &[u8])], path: &str, file: &str, message: &str, help: &str) {
    let loaded = load_files(files, path);
    let [finding] = loaded.findings.as_slice() else { panic!("{:#?}", loaded.findings) };
    assert!(loaded.sources.get(finding.place).is_some_and(|source| source.path.ends_with(file)), "{finding:#?}");
    assert!(finding.message.contains(message), "{finding:#?}");
    assert!(finding.help.as_ref().is_some_and(|text| text.contains(help)), "{finding:#?}");
    assert!(loaded.catalogue.is_none());
}

#[test]
fn files_of_other_names() {
    let (head, rest) = SOUND.split_at(SOUND.find("rows:").expect("rows"));
    let (head, rest) = (head.as_bytes(), rest.as_bytes());
    assert!(load_files(&[("catalogue.yaml", head), ("rest.yaml", rest)], "").catalogue.is_some());
    check_files(&[("catalogue.yaml", head), ("rest.yml", rest)], "", "rest.yml", "end in `.yaml`", "rename it");
    let other = "rename `catalog.yaml` to `catalogue.yaml`";
    check_files(&[("catalog.yaml", head), ("rest.yaml", rest)], "", "catalogue.yaml", "has no `catalogue.yaml`", other);
    let other = "rename `catalogue.yml` to `catalogue.yaml`";
    check_files(
        &[("catalogue.yml", head), ("rest.yaml", rest)],
        "",
        "catalogue.yaml",
        "has no `catalogue.yaml`",
        other,
    );
    check_files(&[("rest.txt", rest)], "", "catalogue.yaml", "has no `catalogue.yaml`", "write the catalogue's head");
    let part = [("catalogue.yaml", head), ("rest.yaml", rest)];
    check_files(&part, "rest.yaml", "rest.yaml", "has no `candor`", "this is a part of a catalogue: give its folder");
    let empty: &[u8] = b"";
    check_files(&[("catalogue.yaml", SOUND.as_bytes()), ("more.yaml", empty)], "", "more.yaml", "is empty", "delete");
}

#[test]
fn texts_that_are_no_utf8() {
    let utf16: Vec<u8> = SOUND.encode_utf16().flat_map(u16::to_le_bytes).collect();
    check_files(&[("a.yaml", &utf16)], "a.yaml", "a.yaml", "this is UTF-16", "save it as UTF-8");
    let utf16: Vec<u8> = SOUND.encode_utf16().flat_map(u16::to_be_bytes).collect();
    check_files(&[("a.yaml", &utf16)], "a.yaml", "a.yaml", "this is UTF-16", "save it as UTF-8");
    let mac = SOUND.replace('\n', "\r");
    check_files(&[("a.yaml", mac.as_bytes())], "a.yaml", "a.yaml", "carriage return (CR) alone", "LF");
}

#[cfg(unix)]
#[test]
fn link_to_nowhere() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("catalogue.yaml"), SOUND).expect("written");
    std::os::unix::fs::symlink("nowhere", folder.path().join("more.yaml")).expect("linked");
    let loaded = load(folder.path());
    let [finding] = loaded.findings.as_slice() else { panic!("{:#?}", loaded.findings) };
    assert_eq!((finding.code, finding.message.as_str()), ("E0008", "this link leads nowhere"));
}

/// A file that cannot be read hides no mistake that does not depend on it.
#[test]
fn mistakes_beside_a_file_that_cannot_be_read() {
    let wrong = SOUND.replace("type: int", "type: integer").replace("row: titles", "row: titels");
    let loaded = load_files(&[("catalogue.yaml", wrong.as_bytes()), ("more.yaml", b"\xff\xfe")], "");
    let codes: Vec<_> = loaded.findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["E0103", "E0008"], "{:#?}", loaded.findings);
}
