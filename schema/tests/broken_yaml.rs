//! Text that is no YAML: one mistake makes one finding, where it was made, and hides nothing else.

use candor_schema::{Loaded, load_str};

/// A catalogue in each of the ways to write one.
const SOUND: &str = r#"candor: 1
name: notes
title: Notes
version: 1.0.0
service: notes
consent: {opt_in: share_titles, opt_out: [NOTES_NO_TELEMETRY]}
docs:
  title: Telemetry
  intro: |
    What is collected,
    and why.
  before:
    - title: Examples
      text: none
rows:
  exports: {title: Exports, reason: Which formats to work on., personal: none}
  titles:
    title: Titles
    reason: 'What people export: titles.'
    personal: none
attributes:
  format: {row: exports, collected: default, type: {enum: [pdf, html]}, brief: format, examples: [pdf]}
  pages:
    row: exports
    collected: default
    type: int
    minimum: 0
    brief: "number of pages"
  note:
    row: titles
    collected: opt_in
    type: [note]
    max_items: 10
    brief: the note
  title:
    row: titles
    collected: opt_in
    type: string
    max_length: 200
    personal: possible
    brief: title of the note
    examples:
      - Shopping
      - Cooking
objects:
  note:
    brief: a note
    fields:
      title: title
      "length": {attribute: pages, requirement: optional}
spans:
  exported:
    name: Exported
    collected: default
    brief: a note was exported
    attributes:
      format: required
      pages: required
      note: optional
events:
  failed:
    name: failed
    collected: default
    brief: an export failed
    attributes: {format: required, title: optional}
common: [pages]
"#;

/// A line as somebody mistypes it, where it can be mistyped so.
type Slip = fn(&str) -> Option<String>;

const SLIPS: &[(&str, Slip)] = &[
    ("a tab before it", |line| Some(format!("\t{line}"))),
    ("a tab for its spaces", |line| line.starts_with(' ').then(|| format!("\t{}", line.trim_start()))),
    ("one space more", |line| line.starts_with(' ').then(|| format!(" {line}"))),
    ("one space less", |line| line.starts_with(' ').then(|| line[1..].to_owned())),
    ("no indentation", |line| line.starts_with(' ').then(|| line.trim_start().to_owned())),
    ("no colon", |line| line.contains(':').then(|| line.replacen(':', "", 1))),
    ("no space after the colon", |line| line.contains(": ").then(|| line.replacen(": ", ":", 1))),
    ("an open double quote", |line| line.contains(": ").then(|| line.replacen(": ", ": \"", 1))),
    ("an open single quote", |line| line.contains(": ").then(|| line.replacen(": ", ": '", 1))),
    ("an open brace", |line| line.contains(": ").then(|| line.replacen(": ", ": {", 1))),
    ("an open bracket", |line| line.contains(": ").then(|| line.replacen(": ", ": [", 1))),
    ("a closing brace", |line| Some(format!("{line}}}"))),
    ("a closing bracket", |line| Some(format!("{line}]"))),
    ("no closing bracket", |line| line.ends_with([']', '}']).then(|| line[..line.len() - 1].to_owned())),
    ("no comma", |line| line.contains(", ").then(|| line.replacen(", ", " ", 1))),
    ("an at sign", |line| line.contains(": ").then(|| line.replacen(": ", ": @", 1))),
    ("a percent sign", |line| line.contains(": ").then(|| line.replacen(": ", ": %", 1))),
    ("a star", |line| line.contains(": ").then(|| line.replacen(": ", ": *", 1))),
    ("a tag", |line| line.contains(": ").then(|| line.replacen(": ", ": !x ", 1))),
    ("a control character", |line| Some(format!("{line}\u{1}"))),
    ("a second colon", |line| line.contains(": ").then(|| line.replacen(": ", ": a: ", 1))),
];

fn told(loaded: &Loaded) -> Vec<(&str, u32, &str)> {
    loaded.findings.iter().map(|f| (f.code, f.place.line, f.message.as_str())).collect()
}

#[test]
fn one_slip_makes_one_finding_on_its_line() {
    assert!(load_str("catalogue.yaml", SOUND).catalogue.is_some());
    let lines: Vec<_> = SOUND.lines().collect();
    let (mut tried, mut wrong) = (0, Vec::new());
    for (number, line) in lines.iter().enumerate() {
        for (name, slip) in SLIPS {
            let Some(slipped) = slip(line) else { continue };
            let mut lines = lines.clone();
            lines[number] = &slipped;
            let loaded = load_str("catalogue.yaml", &(lines.join("\n") + "\n"));
            if !loaded.findings.iter().any(|finding| finding.code == "E0001") {
                continue; // YAML all the same
            }
            tried += 1;
            let told = told(&loaded);
            if told.len() != 1 || told[0].1 as usize != number + 1 {
                wrong.push(format!("{} {name}: {slipped:?}: {told:?}", number + 1));
            }
        }
    }
    assert!(tried > 800, "{tried}");
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
}

/// Two slips at once, far enough from each other: both are told, and nothing else.
#[test]
fn two_slips_make_two_findings() {
    let lines: Vec<_> = SOUND.lines().collect();
    let slips = |line: &str| SLIPS.iter().filter_map(|(_, slip)| slip(line)).collect::<Vec<_>>();
    let with = |changes: &[(usize, &str)]| {
        let mut lines = lines.clone();
        changes.iter().for_each(|(line, text)| lines[*line] = text);
        load_str("catalogue.yaml", &(lines.join("\n") + "\n"))
    };
    let is_one_slip = |loaded: &Loaded| told(loaded).iter().map(|(code, ..)| *code).eq(["E0001"]);
    let title = lines.iter().position(|line| *line == "    brief: title of the note").expect("a brief");
    // What stands below the name of a section that is wrong is left out with it.
    let others = (0..title - 8).chain(title + 8..lines.len()).filter(|line| lines[*line] != "attributes:");
    let others = others.flat_map(|number| slips(lines[number]).into_iter().map(move |slipped| (number, slipped)));
    let others: Vec<_> = others.filter(|(number, slipped)| is_one_slip(&with(&[(*number, slipped)]))).collect();
    assert!(others.len() > 500, "{}", others.len());
    for broken in ["\tbrief: title of the note", "    brief: \"title of the note"] {
        for (number, slipped) in &others {
            let loaded = with(&[(title, broken), (*number, slipped)]);
            let found: Vec<_> = told(&loaded).iter().map(|(code, line, _)| (*code, *line as usize - 1)).collect();
            let mut expected = [("E0001", title), ("E0001", *number)];
            expected.sort();
            assert_eq!(found, expected, "{slipped:?}: {:?}", told(&loaded));
        }
    }
}

/// A mistake of meaning elsewhere in the file is told beside one of YAML.
#[test]
fn a_slip_hides_no_other_mistake() {
    let wrong = [
        ("version: 1.0.0", "version: 1.0.x", "E0011"),
        ("[NOTES_NO_TELEMETRY]", "[NOTES-NO]", "E0012"),
        ("format: {row: exports", "format: {row: export", "E0101"),
        ("type: int", "type: integer", "E0103"),
        ("fields:\n      title: title", "fields:\n      title: titel", "E0102"),
        ("collected: opt_in\n    type: [note]", "collected: optin\n    type: [note]", "E0009"),
        ("events:\n  failed:\n    name: failed", "events:\n  failed:\n    nam: failed", "E0003"),
    ];
    let slips = [
        ("title: Notes", "title: \"Notes"),
        ("    reason: 'What people export: titles.'", "\treason: 'What people export: titles.'"),
        ("    brief: a note was exported", "    brief: @ a note was exported"),
    ];
    for (from, to, code) in wrong {
        for (line, slipped) in slips {
            let text = SOUND.replacen(from, to, 1).replacen(line, slipped, 1);
            let loaded = load_str("catalogue.yaml", &text);
            let mut codes: Vec<_> = told(&loaded).iter().map(|(code, ..)| *code).collect();
            codes.sort();
            assert_eq!(codes, ["E0001", code], "{slipped}: {:?}", told(&loaded));
        }
    }
}

/// Expects one finding for `to` in the place of `from`: the text it marks, what it says and the way out.
fn check(from: &str, to: &str, marked: &str, message: &str, help: &str) {
    assert!(SOUND.contains(from), "there is no {from:?}");
    let loaded = load_str("catalogue.yaml", &SOUND.replacen(from, to, 1));
    let [finding] = loaded.findings.as_slice() else { panic!("{:#?}", loaded.findings) };
    assert_eq!(loaded.sources.marked(finding.place), marked, "{finding:#?}");
    assert_eq!((finding.code, finding.message.as_str()), ("E0001", message));
    assert!(finding.help.as_ref().is_some_and(|text| text.contains(help)), "{finding:#?}");
}

#[test]
fn tab() {
    check("    max_items: 10", "\tmax_items: 10", "\t", "this line is indented with a tab", "spaces");
    let lines = "\trow: titles\n\tcollected: opt_in";
    let message = "this line and the next are indented with tabs";
    check("    row: titles\n    collected: opt_in", lines, "\t", message, "spaces");
}

#[test]
fn hard_space() {
    let message = "here is a character that looks like a space, U+00A0";
    check("    max_items: 10", "  \u{a0}\u{a0}max_items: 10", "\u{a0}", message, "ordinary spaces");
}

#[test]
fn quote() {
    check("title: Notes", "title: 'Notes", "'", "this quote is not closed", "close it with `'`");
    check("title: Notes", "title: 'it's'", "s", "more text follows after the closing quote", "write `''`");
    check("brief: the note", "brief: \"the note", "\"", "this quote is not closed", "close it with `\"`");
}

#[test]
fn escape() {
    let message = "`\\d` means nothing between double quotes";
    check("    max_length: 200", "    pattern: \"^\\d+$\"", "\\d", message, "use single quotes");
}

#[test]
fn bracket() {
    check("consent: {", "consent: {{", "{", "this `{` is not closed", "close it with `}`");
    check("[NOTES_NO_TELEMETRY]", "[NOTES_NO_TELEMETRY", "[", "this `[` is not closed", "close it with `]`");
    check("[NOTES_NO_TELEMETRY]", "[NOTES_NO_TELEMETRY]]", "]", "this `]` closes nothing", "remove it");
    let message = "behind this, more text follows after the `]`";
    check("    max_length: 200", "    pattern: [a-z]+", "[", message, "put the whole text in quotes");
}

#[test]
fn comma() {
    check("exports, collected", "exports collected", "collected", "before `collected`, a `,` is missing", "put a `,`");
}

#[test]
fn sign_at_the_start_of_a_text() {
    for sign in ["@", "`", "%"] {
        let message = format!("no text can start with `{sign}`");
        check("brief: the note", &format!("brief: {sign}the note"), sign, &message, "quotes");
    }
    let alias = "this alias names an anchor that is not there";
    check("brief: the note", "brief: *the note", "*", alias, "a text that starts with `*` needs quotes");
    check("brief: the note", "brief: !the note", "!the", "`!the` is a tag, and a catalogue has none", "needs quotes");
    let anchor = "`&the` marks this text for an alias, and there is none; it is not part of the text";
    check("brief: the note", "brief: &the note", "&the", anchor, "quotes");
}

#[test]
fn control_character() {
    check("brief: the note", "brief: the\u{7}note", "\u{7}", "here is a control character, U+0007", "remove it");
}

#[test]
fn second_document() {
    let message = "a catalogue file holds one YAML document, and here a second one starts";
    check("common:", "---\ncommon:", "---", message, "a file of its own");
}

#[test]
fn a_key_that_was_left_out() {
    // Found by a fuzzer: of the brackets only the outermost are left, and nothing in them that is a key.
    let link = "link: https:/ who: the privacy team, when: 2024-02-29, link: https://example.com/7, wide";
    let loaded = load_str(
        "catalogue.yaml",
        &format!(
            ": demo\nreviews:\n  - {{version: 1.0.0, who: us, when: 2024-02-29, {link}\n  - {{ved.}}\nattributes:\n  a: {{b: c}}\n"
        ),
    );
    assert!(loaded.findings.iter().any(|finding| finding.code == "E0001"), "{:#?}", loaded.findings);
}
