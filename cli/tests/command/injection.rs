//! Texts of a catalogue, a payload, a program or the name of a file cannot command: no output moves a cursor, turns
//! text around or commands a CI, in any format, on either stream.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use candor_codegen::embedded::embed;
use candor_schema::load_str;
use serde_json::json;
use tempfile::TempDir;

use crate::empty;

/// Everything at once: the title of a terminal, lines of their own, commands of CI, C1, bidi, the invisible, markup.
const NASTY: &str = "a\u{1b}]0;owned\u{7}\n::error file=x::forged\r\n\t::add-mask::e\u{9b}31m\u{202e}\u{200b}\u{2066}\u{2028}\
    ::stop-commands::x ##[error]y ##vso[z] \u{85}::warning::w\u{feff}\u{e0041}\u{7f} ![x](http://evil.test)`|<b>@everyone";

/// A line of commands and markup, as far as a checked catalogue may have it.
const LINE: &str = "::error file=x::forged ##[error]y ##vso[z] ![x](http://evil.test)`|<b>@everyone";

/// The same as the name of a file, which may begin a line.
const FILE: &str = "::error::\u{1b}[2J\n::warning::x\u{202e}\u{9b}##[group]y";

/// Writes a YAML text in double quotes, in ASCII.
fn quoted(text: &str) -> String {
    let escape = |character: char| match character {
        '"' | '\\' => format!("\\{character}"),
        ' '..='~' => character.to_string(),
        other => format!("\\U{:08x}", u32::from(other)),
    };
    format!("\"{}\"", text.chars().map(escape).collect::<String>())
}

fn catalogue(maximum: u32) -> String {
    let nasty = quoted(LINE);
    format!(
        "candor: 1\nname: demo\ntitle: {nasty}\nversion: 1.0.0\nservice: demo\nconsent: {{opt_in: share, opt_out: [DEMO_OFF]}}\n\
         rows:\n  usage: {{title: {nasty}, reason: {nasty}}}\n  other: {{title: {nasty}, reason: {nasty}}}\n\
         attributes:\n  runs: {{row: usage, collected: default, type: int, personal: none, minimum: 0, maximum: {maximum}, brief: {nasty}}}\n  \
         note: {{row: other, collected: opt_in, type: string, personal: possible, max_length: 100, free_text: true, brief: {nasty}}}\n\
         spans:\n  started: {{name: Started, collected: default, brief: {nasty}, attributes: {{runs: optional, note: optional}}}}\n"
    )
}

/// A folder with something nasty for every command.
fn nasty() -> TempDir {
    let folder = empty();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).expect("written");
    write("old.yaml", catalogue(5).as_bytes());
    write("new.yaml", catalogue(9).as_bytes());
    let nasty = quoted(NASTY);
    write("broken.yaml", format!("{}{nasty}: {nasty}\n", catalogue(5)).as_bytes());
    write(
        "broken-too.yaml",
        format!("candor: 1\nname: {nasty}\nversion: {nasty}\nrows: {{{nasty}: {{{nasty}: 1}}}}\n").as_bytes(),
    );
    let value = json!({"stringValue": format!("AKIAIOSFODNN7EXAMPLE {NASTY}")});
    let span = |name: &str| json!({"name": name, "attributes": [{"key": NASTY, "value": value}, {"key": "runs", "value": value}]});
    let resource = json!({"attributes": [{"key": NASTY, "value": value}]});
    let scope = json!({"spans": [span(NASTY), span(FILE), span("Started")]});
    let request = json!({"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}], NASTY: 1}).to_string();
    for name in ["sent.json", FILE] {
        write(name, request.as_bytes());
    }
    write("page.md", format!("# {NASTY}\n\n| {FILE} | b | c |\n|---|---|---|\n| Yes | {NASTY} | x |\n").as_bytes());
    write("document.md", format!("<!-- candor:{NASTY} -->\n").as_bytes());
    let loaded = load_str("old.yaml", &catalogue(5)).catalogue.map(|catalogue| embed(&catalogue));
    let (head, document) = loaded.unwrap_or_default();
    write("program", format!("\x7fELF\0{head}{document}").as_bytes());
    write("forged", &forged(&format!("{{\"name\": \"demo\", \"title\": \"{FILE}\"}}")));
    write("forged-too", &forged("{\n::error::forged\n##[error]x\n}"));
    let loads = crate::run(folder.path(), "check old.yaml");
    assert_eq!(loads.code, 0, "{}{}", loads.stdout, loads.stderr);
    folder
}

/// A program with a document that no catalogue has, under a head that is true.
fn forged(document: &str) -> Vec<u8> {
    let hash = document
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("\x7fELF\0candor catalogue 1\0{:08x}{hash:016x}{document}", document.len()).into_bytes()
}

/// Runs the command, and looks at every byte that it prints.
#[track_caller]
fn check(folder: &Path, arguments: &[&str]) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_candor"))
        .args(arguments)
        .current_dir(folder)
        .env("DEMO_OFF", NASTY.replace('\0', ""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command");
    let _ = child.stdin.take().expect("a pipe").write_all(b"{}"); // a command need not read it
    let output = child.wait_with_output().expect("its end");
    let is_github = arguments.contains(&"github");
    for (bytes, may_command) in [(&output.stdout, is_github), (&output.stderr, false)] {
        check_printed(std::str::from_utf8(bytes).expect("UTF-8"), may_command, arguments);
    }
    assert!(output.status.code().is_some_and(|code| code < 3), "{arguments:?}");
}

#[track_caller]
fn check_printed(text: &str, may_command: bool, arguments: &[&str]) {
    let is_hidden = |character: &char| {
        let is_format = matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
            || matches!(character, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}');
        character.is_control() && !matches!(character, '\n' | '\t') || is_format
    };
    let hidden: Vec<char> = text.chars().filter(is_hidden).collect();
    assert!(hidden.is_empty(), "{arguments:?} prints {hidden:?}:\n{text}");
    for line in text.lines() {
        let own = ["::error file=", "::warning file=", "::notice file=", "::notice title=candor "];
        let is_own = may_command && own.iter().any(|own| line.starts_with(own)) && line.matches("::").count() >= 2;
        let message = if is_own { line.split("%0A").skip(1).collect() } else { Vec::new() };
        assert!(
            !message.iter().any(|line| line.trim_start().starts_with("::")),
            "{arguments:?} shows a line of {line:?}"
        );
        assert!(is_own || !line.trim_start().starts_with("::"), "{arguments:?} commands {line:?}");
        assert!(!["##[", "##vso["].iter().any(|command| line.contains(command)), "{arguments:?} commands {line:?}");
    }
}

const FORMATS: [&str; 4] = ["text", "json", "github", "sarif"];
const PAGES: [&str; 5] = ["text", "markdown", "json", "github", "sarif"];

#[test]
fn catalogues() {
    let folder = nasty();
    for format in FORMATS {
        for catalogue in ["old.yaml", "broken.yaml", "broken-too.yaml", "sent.json", "page.md"] {
            check(folder.path(), &["check", catalogue, "--format", format]);
            check(
                folder.path(),
                &["generate", catalogue, "--out", FILE.trim_start_matches(':'), "--check", "--format", format],
            );
        }
    }
    for format in PAGES {
        check(folder.path(), &["diff", "old.yaml", "new.yaml", "--format", format]);
        check(folder.path(), &["diff", "broken.yaml", "new.yaml", "--format", format]);
    }
    check(folder.path(), &["check", "broken.yaml", "--fix"]);
    check(folder.path(), &["review", "old.yaml", "new.yaml"]);
    check(folder.path(), &["schema", "payload.default", "--catalogue", "old.yaml"]);
    check(folder.path(), &["import", "table", "page.md"]);
    fs::write(folder.path().join("candor.yaml"), "catalogue: old.yaml\ndocuments: [document.md]\n").expect("written");
    check(folder.path(), &["generate"]);
    fs::write(folder.path().join("candor.yaml"), format!("{}: 1\n", quoted(NASTY))).expect("written");
    check(folder.path(), &["check"]);
}

#[test]
fn telemetry() {
    let folder = nasty();
    for file in ["sent.json", FILE, "-"] {
        for format in FORMATS {
            check(folder.path(), &["validate", "--catalogue", "old.yaml", "--format", format, file]);
        }
        for format in PAGES {
            check(folder.path(), &["audit", "old.yaml", file, "--format", format]);
        }
    }
    check(folder.path(), &["audit", "old.yaml", "sent.json", "--out", "report.txt", "--max-findings", "1"]);
    let written = fs::read_to_string(folder.path().join("report.txt")).expect("a report");
    check_printed(&written, false, &["the report"]);
}

#[test]
fn programs() {
    let folder = nasty();
    for program in ["program", "forged", "forged-too", "sent.json"] {
        check(folder.path(), &["extract", program]);
        check(folder.path(), &["extract", program, "--name", NASTY]);
        check(folder.path(), &["diff", program, "new.yaml"]);
    }
}

#[test]
fn arguments() {
    let folder = nasty();
    let nasty = NASTY.replace('\0', "");
    for argument in [nasty.as_str(), FILE] {
        for command in
            ["check", "explain", "extract", "diff", "review", "schema", "audit", "validate", "generate", "import"]
        {
            check(folder.path(), &[command, argument]);
            check(folder.path(), &[command, argument, argument]);
            check(folder.path(), &[command, "--format", argument]);
        }
        check(folder.path(), &[argument]);
        check(folder.path(), &["import", "table", argument]);
        check(folder.path(), &["validate", "--catalogue", "old.yaml", argument]);
        check(folder.path(), &["diff", &format!("git:{argument}:x"), "new.yaml"]);
        check(folder.path(), &["listen", "old.yaml", "--forward", argument]);
        check(folder.path(), &["listen", "old.yaml", "--allow-host", argument]);
        check(folder.path(), &["listen", "old.yaml", "--allow-origin", argument]);
        check(folder.path(), &["listen", argument]);
    }
}

#[test]
fn a_page_links_nowhere() {
    let folder = nasty();
    let run = crate::run(folder.path(), "audit old.yaml sent.json --format markdown");
    let outside = outside_of_code(&run.stdout);
    assert!(run.stdout.contains("](http://evil.test)"), "it is shown: {}", run.stdout);
    for markup in ["](", "://", "<b>", "@everyone", "!["] {
        assert!(!outside.contains(markup), "{markup}: {outside}");
    }
}

/// Markdown without its code spans: a run of backticks to the next one of the same length.
fn outside_of_code(markdown: &str) -> String {
    let run = |text: &str| text.len() - text.trim_start_matches('`').len();
    let (mut outside, mut rest) = (String::new(), markdown);
    while let Some(start) = rest.find('`') {
        outside.push_str(&rest[..start]);
        let fence = run(&rest[start..]);
        let mut inside = &rest[start + fence..];
        loop {
            let end = inside.find('`').expect("every span ends");
            let length = run(&inside[end..]);
            inside = &inside[end + length..];
            if length == fence {
                break;
            }
        }
        rest = inside;
    }
    outside + rest
}
