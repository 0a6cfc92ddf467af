//! The telemetry page, and that no text of the catalogue becomes markup in it.

mod support;

use candor_codegen::docs::{plan, render, section, table};
use candor_codegen::json_schema::payload_schema;
use candor_codegen::review;
use candor_schema::{Consent, diff, load_str};
use support::{DEMO, catalogue};

#[test]
fn page() {
    let artefacts = render(&plan(&catalogue(DEMO)));
    assert_eq!(artefacts.len(), 1);
    assert_eq!(artefacts[0].path, "docs/telemetry.md");
    insta::assert_snapshot!(artefacts[0].text);
}

#[test]
fn parts_are_those_of_the_page() {
    let demo = catalogue(DEMO);
    let page = &render(&plan(&demo))[0].text;
    for name in ["table", "signals", "switches", "intro", "note", "section:Before", "section:After"] {
        let part = section(&demo, name).expect(name);
        assert!(page.contains(&format!("\n\n{part}")), "{name}");
        assert!(part.ends_with('\n') && !part.ends_with("\n\n"), "{name}");
    }
    assert_eq!(section(&demo, "table"), Some(table(&demo)));
    assert_eq!(section(&demo, "section:Nowhere"), None);
    assert_eq!(section(&demo, "tables"), None);
}

#[test]
fn page_without_texts() {
    let page = &render(&plan(&catalogue(&row("number of runs", ""))))[0].text;
    assert!(!page.contains("\n\n\n"), "{page}");
    assert!(page.ends_with("|\n"), "{page}");
}

/// A catalogue of one row, whose attribute has this brief and these further keys.
fn row(brief: &str, more: &str) -> String {
    format!(
        "
candor: 1
name: demo
title: Demo
version: 1.0.0
service: demo
rows:
  usage: {{title: Usage, personal: none}}
attributes:
  value:
    row: usage
    collected: default
    brief: '{}'
    {}
spans:
  started: {{name: Started, collected: default, brief: it started, attributes: {{value: required}}}}
",
        brief.replace('\'', "''"),
        if more.is_empty() { "type: int" } else { more },
    )
}

/// The Reason and Specifics of the only row of such a catalogue.
#[track_caller]
fn specifics(brief: &str, more: &str) -> String {
    let table = table(&catalogue(&row(brief, more)));
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 3, "{table}");
    let cells = lines[2].strip_prefix("| Yes | Usage | ").and_then(|rest| rest.strip_suffix(" |"));
    cells.unwrap_or_else(|| panic!("{table}")).to_owned()
}

#[track_caller]
fn check(brief: &str, expected: &str) {
    assert_eq!(specifics(brief, ""), format!("Includes: {expected}. No personal data."));
}

#[test]
fn briefs_that_are_only_text() {
    check("number of runs", "number of runs");
    check("number of runs.", "number of runs");
    check("async_execution", "async_execution");
    check("3 > 2", "3 &gt; 2");
    check("crew’s key", "crew’s key");
}

#[test]
fn briefs_with_markup() {
    check("a | b", r"a \| b");
    check(r"a \| b", r"a &#92;\| b");
    check("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;");
    check("&lt;b&gt;", "&amp;lt;b&amp;gt;");
    check("<!-- candor:table -->", "&lt;!-- candor:table --&gt;");
    check("{/* candor:table */}", r"&#123;/\* candor:table \*/&#125;");
    check("![x](https://example.com/x.png)", r"!\[x\](https://example.com/x.png)");
    check("*not* _this_ ~~either~~", r"\*not\* \_this\_ \~\~either\~\~");
    check("{process.exit()}", "&#123;process.exit()&#125;");
}

#[test]
fn briefs_with_code() {
    check("value of `share_crew`", "value of `share_crew`");
    check("one ` alone", "one &#96; alone");
    check("`a|b` or ``c`d``", r"`a\|b` or ``c`d``");
    check("`<b>`", "`<b>`");
    check(r"`a\|b`", r"a&#92;\|b");
}

/// Counts the cells of a table's line: a character after a backslash ends none, in code or not.
fn cells(line: &str) -> usize {
    let mut chars = line.chars();
    let mut bars = 0;
    while let Some(char) = chars.next() {
        match char {
            '\\' => drop(chars.next()),
            '|' => bars += 1,
            _ => {}
        }
    }
    bars - 1
}

#[test]
fn no_short_brief_breaks_the_table() {
    const CHARS: [char; 9] = ['|', '\\', '`', '<', '{', '*', '_', ' ', 'a'];
    let texts = (0..CHARS.len().pow(3)).map(|number| {
        let digits = [0, 1, 2].map(|place| number / CHARS.len().pow(place) % CHARS.len());
        digits.map(|digit| CHARS[digit]).iter().collect::<String>()
    });
    for brief in texts.flat_map(|text| [format!("`{text}`"), text]) {
        let Some(demo) = load_str("catalogue.yaml", &row(&brief, "")).catalogue else { continue };
        let table = table(&demo);
        assert!(table.lines().all(|line| cells(line) == 3), "{brief:?}: {table}");
        let outside_code = table.split('`').step_by(2).collect::<String>();
        assert!(brief.contains('`') || !outside_code.contains(['<', '{']), "{brief:?}: {table}");
    }
}

#[test]
fn texts_stay_on_one_line() {
    let text =
        row("number of runs", "").replace("{title: Usage,", r#"{title: Usage, reason: "one\n\n| two |\r\n\tthree","#);
    assert_eq!(
        table(&catalogue(&text)).lines().nth(2),
        Some(r"| Yes | Usage | one \| two \| three. Includes: number of runs. No personal data. |")
    );
}

#[test]
fn names_on_the_wire_are_code() {
    let text =
        row("number of runs", "type: int\n    name: 'a|b`<c>'").replace("name: Started", "name: 'x | `y` <z> #'");
    let signals = section(&catalogue(&text), "signals").expect("it is a part");
    assert!(signals.starts_with("### ``x | `y` <z> #``\n"), "{signals}");
    assert!(signals.contains("\n| ``a\\|b`<c>`` | whole number; required |"), "{signals}");
}

#[test]
fn examples_are_code() {
    let examples = |list: &str| {
        let specifics = specifics("text", &format!("type: string\n    max_length: 99\n    examples: [{list}]"));
        specifics.trim_start_matches("Includes: text. ").trim_end_matches(" No personal data.").to_owned()
    };
    assert_eq!(examples("'Windows 10', Linux"), "Examples: `Windows 10`, `Linux`.");
    assert_eq!(examples("a, b, c, d, e"), "Examples: `a`, `b`, `c`, `d`.");
    assert_eq!(examples("'a|b'"), r"Example: `a\|b`.");
    assert_eq!(examples("'`'"), "Example: `` ` ``.");
    assert_eq!(examples("'a``b'"), "Example: ```a``b```.");
    assert_eq!(examples("''"), "Example: `\"\"`.");
    assert_eq!(examples("'<!-- candor:table -->'"), "Example: `<!-- candor:table -->`.");
    assert_eq!(examples(r"'\|'"), r"Example: &#92;\|.");
    assert_eq!(examples(r"'\'"), r"Example: `\`.");
}

#[test]
fn identifiers_are_no_examples() {
    let identifier = "type: string\n    max_length: 9\n    identifier: random\n    examples: [abc]";
    assert_eq!(specifics("key", identifier), "Includes: key. No personal data.");
}

#[test]
fn every_kind_of_value_is_an_example() {
    let examples = |more: &str| {
        let specifics = specifics("value", more);
        specifics.trim_start_matches("Includes: value. ").trim_end_matches(" No personal data.").to_owned()
    };
    assert_eq!(examples("type: int\n    examples: [3, -1]"), "Examples: `3`, `-1`.");
    assert_eq!(examples("type: double\n    examples: [0.5, 1e300]"), "Examples: `0.5`, `1e300`.");
    assert_eq!(examples("type: boolean\n    examples: [true, false]"), "Examples: `true`, `false`.");
    let texts = "type: [string]\n    max_length: 9\n    max_items: 9\n    examples: [[a, 'b \"c\"'], []]";
    assert_eq!(examples(texts), r#"Examples: `["a", "b \"c\""]`, `[]`."#);
    assert_eq!(examples("type: [int]\n    max_items: 9\n    examples: [[1, 2]]"), "Example: `[1, 2]`.");
}

#[test]
fn texts_come_first_among_examples_and_none_comes_twice() {
    let other = "  other: {row: usage, collected: default, type: string, max_length: 9, brief: other, examples: [a, b]}\nspans:";
    let text = row("value", "type: int\n    examples: [1, 2, 3]").replace("spans:", other);
    let text = text.replace("{value: required}", "{value: required, other: optional}");
    let table = table(&catalogue(&text));
    assert!(table.contains("Includes: value, other. Examples: `a`, `b`, `1`, `2`. No"), "{table}");
    let signals = section(&catalogue(&text), "signals").expect("it is a part");
    assert!(signals.contains("| value. Examples: `1`, `2`, `3`. |"), "{signals}");
    assert!(signals.contains("| other. Examples: `a`, `b`. |"), "{signals}");
}

#[test]
fn personal_data_names_what_it_may_be_written_into() {
    let personal = "type: string\n    max_length: 9\n    personal: possible\n    free_text: true";
    let check = |brief: &str, expected: &str| {
        let specifics = specifics(brief, personal);
        let (_, said) = specifics.split_once(". May contain personal data if it is written into: ").expect(&specifics);
        assert_eq!(said, expected);
    };
    check("role name (should not include personal info)", "role name.");
    check("a (b (c)) d", "a d.");
    check("(all of it)", "(all of it).");
    check("a (b", "a (b.");
    check("a) b", "a) b.");
}

/// A text that people do not write is not for them to leave out.
#[test]
fn personal_data_that_nobody_writes() {
    let specifics = specifics("name of the host", "type: string\n    max_length: 9\n    personal: possible");
    assert_eq!(specifics, "Includes: name of the host. May contain personal data: name of the host.");
}

#[test]
fn nothing_is_promised_that_nobody_declared() {
    let text = "type: string\n    max_length: 9\n    personal: none";
    assert_eq!(specifics("word", text), "Includes: word. No personal data.");
    assert_eq!(specifics("word", &format!("{text}\n    free_text: true")), "Includes: word.");
    assert_eq!(specifics("id", &format!("{text}\n    identifier: stable")), "Includes: id.");
    assert_eq!(specifics("id", &format!("{text}\n    identifier: random")), "Includes: id. No personal data.");
}

/// A document of an older build need not say it, and then nothing is said about it.
#[test]
fn silence_is_no_promise() {
    let document = r#"{"candor": 1, "name": "demo", "title": "Demo", "version": "1.0.0", "service": "demo",
"rows": {"usage": {"title": "Usage"}, "sent": {"title": "Sent"}},
"attributes": {"value": {"row": "usage", "collected": "default", "type": "int", "brief": "value"}},
"spans": {"started": {"name": "Started", "collected": "default", "brief": "it started", "row": "sent", "attributes": {"value": "required"}}}}"#;
    let table = table(&catalogue(document));
    assert!(table.contains("| Usage | Includes: value. |\n"), "{table}");
    assert!(table.contains("| Sent | Includes: it started. |\n"), "{table}");
}

#[test]
fn a_row_of_signals_says_what_it_declares() {
    let sent = |word: &str| {
        let text = row("value", "").replace("rows:\n", &format!("rows:\n  sent: {{title: Sent{word}}}\n"));
        table(&catalogue(&text.replace("brief: it started", "brief: it started, row: sent")))
    };
    assert!(sent("").contains("| Sent | Includes: it started. |\n"));
    assert!(sent(", personal: none").contains("| Sent | Includes: it started. No personal data. |\n"));
    assert!(sent(", personal: possible").contains("| Sent | Includes: it started. May contain personal data. |\n"));
}

/// An object promises nothing that its fields do not.
#[test]
fn a_field_speaks_for_its_object() {
    let text = row("parts", "type: part\n    personal: none").replace(
        "spans:",
        "  note: {row: notes, collected: default, type: string, max_length: 9, brief: note, personal: possible}
objects:
  part: {fields: {note: note}}
spans:",
    );
    let table = table(&catalogue(&text.replace("rows:\n", "rows:\n  notes: {title: Notes}\n")));
    assert!(table.contains("| Usage | Includes: parts. |\n"), "{table}");
}

/// A row of two attributes with these briefs.
fn two(one: &str, other: &str) -> String {
    let other = format!("  other: {{row: usage, collected: default, type: int, brief: '{other}'}}\nspans:");
    let text =
        row(one, "").replace("spans:", &other).replace("{value: required}", "{value: required, other: optional}");
    let table = table(&catalogue(&text));
    let line =
        table.lines().nth(2).expect("a row").strip_prefix("| Yes | Usage | Includes: ").expect("it includes something");
    line.strip_suffix(". No personal data. |").expect("it ends so").to_owned()
}

#[test]
fn two_of_the_same_brief_both_show() {
    assert_eq!(two("number of runs", "number of runs"), "number of runs (`value`), number of runs (`other`)");
    assert_eq!(two("number of runs", "number of runs."), "number of runs (`value`), number of runs (`other`)");
    let demo = catalogue(&DEMO.replace("brief: total so far", "brief: number of runs"));
    assert!(table(&demo).contains("number of runs (`runs`), number of runs (`total`)"));
}

#[test]
fn no_brief_has_what_separates_them() {
    assert_eq!(two("runs", "days"), "runs, days");
    assert_eq!(two("runs, days, weeks", "months"), "runs, days, weeks; months");
    assert_eq!(two("runs, days; weeks", "months"), "runs, days; weeks · months");
}

/// A document of an older build may have them still.
#[test]
fn what_does_not_show_is_escaped() {
    let document = r#"{"candor": 1, "name": "demo", "title": "Demo", "version": "1.0.0", "service": "demo",
"docs": {"intro": "in\u202etro"}, "rows": {"usage": {"title": "Us\u2066age"}},
"attributes": {"value": {"row": "usage", "collected": "default", "type": "string", "max_length": 9, "brief": "va\u200blue", "examples": ["a\ufeffb"]}},
"spans": {"started": {"name": "Sta\u202erted", "collected": "default", "brief": "it started", "attributes": {"value": "required"}}}}"#;
    let page = &render(&plan(&catalogue(document)))[0].text;
    assert!(page.is_ascii(), "{page}");
    assert!(page.contains("\nin\\u{202E}tro\n") && page.contains("`Sta\\u{202E}rted`"), "{page}");
    assert!(page.contains("Us&#92;u&#123;2066&#125;age") && page.contains("Example: `a\\u{FEFF}b`"), "{page}");
}

#[test]
fn a_switch_adds_what_there_is() {
    let with = |more: &str| row("value", "").replace("rows:", &format!("consent: {{opt_in: share}}\n{more}rows:"));
    let effect = |text: &str| {
        let switches = section(&catalogue(text), "switches").expect("it is a part");
        switches.lines().find(|line| line.contains("| `share")).expect("a line").to_owned()
    };
    assert!(effect(&with("")).ends_with("Adds nothing in this version. |"));
    let asked =
        with("events: {asked: {name: asked, collected: opt_in, brief: asked, attributes: {value: required}}}\n");
    assert!(effect(&asked).ends_with("Adds signals that are sent only after opting in. |"));
    assert!(effect(DEMO).ends_with("Adds what the table marks “No”. |"));
}

/// A unit, and who and how long, are said wherever people look: by the signals, the schemas and a review.
#[test]
fn units_and_handling_are_said_everywhere() {
    let keys = "type: int\n    unit: ms\n    retention: 30d\n    legal_basis: consent";
    let catalogue = catalogue(&row("time it took", keys));
    let signals = section(&catalogue, "signals").expect("it is a part");
    assert!(signals.contains("| whole number, in milliseconds; required |"), "{signals}");
    assert!(signals.contains("| time it took. Kept for 30 days. Legal basis: consent. |"), "{signals}");
    let schema = payload_schema(&catalogue, Consent::Default).to_string();
    assert!(schema.contains("time it took, in milliseconds (Usage, collected by default)"), "{schema}");
    let before = load_str("catalogue.yaml", &row("time it took", keys).replace("ms", "ms\n    maximum: 9")).catalogue;
    let review = review::render(&diff(&before.expect("a catalogue"), &catalogue), &catalogue);
    assert!(review.contains("* `value`: Kept for 30 days. Legal basis: consent.\n"), "{review}");
    assert!(review.contains("| whole number, in milliseconds |"), "{review}");
}

/// A catalogue of the tests' fixtures.
fn fixture(name: &str) -> candor_schema::Catalogue {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures").join(name);
    candor_schema::load(&path).catalogue.expect("a catalogue without findings")
}

#[test]
fn identifiers_in_words() {
    let page = render(&plan(&fixture("installed.yaml"))).remove(0).text;
    for said in [
        "number of the report. A random number, new each time it is sent. |",
        "number of the run. A random number, new in each run. |",
        "number of the copy. A random number made at installation, new every 30 days. |",
        "project. A hash of name of the folder and number of the run, with a secret that is not sent; the same for the installation. |",
        "repository. A hash of address of the repository: the same content gives the same one. |",
        "number of the board. An identifier of the machine’s own, from serial number. May contain personal data. |",
        "login. An identifier of the user’s account. May contain personal data. |",
        "Identifiers: number of the report (a random number, new each time it is sent); number of the run (a random number, new in each run); number of the copy (a random number made at installation, new every 30 days); ",
        "An event, sent by default, at most once every day: the program runs.",
        "An event, sent only after opting in with `share`, at most once every 2 hours: the settings were checked.",
        "Sent at most once every day: the program runs.",
    ] {
        assert!(page.contains(said), "{said}\n{page}");
    }
    assert!(!page.contains("No personal data. |\n| Yes | Usage"), "an identifier that is kept makes no such promise");
}

#[test]
fn every_kind_of_opt_out() {
    let switches = section(&fixture("switches.yaml"), "switches").expect("a part");
    for line in [
        "or any other word that does not mean no,\nunless its line says otherwise.\n",
        "| `SWITCHES_OFF` | Switches this telemetry off. |",
        "| `SWITCHES_TELEMETRY` | Switches this telemetry off when it is set to `0`, `false`, `no`, `off`, or any other word that does not mean yes. |",
        "| `--no-telemetry` | A flag. Switches this telemetry off when it is given. |",
        "| `telemetry.enabled` | A setting of the program. Switches this telemetry off. |",
        "| `switches telemetry off` | A command. Switches this telemetry off. |",
    ] {
        assert!(switches.contains(line), "{line}\n{switches}");
    }
}

#[test]
fn signals_that_can_be_joined() {
    let signals = section(&fixture("traces.yaml"), "signals").expect("a part");
    for said in [
        "A signal that belongs or links to a span can be joined with it, with whatever else belongs to that span, and so on.",
        "A request was served. May belong to a span of another process. May link to a span of another process or `Request`. \
         Its id may be handed to other processes.",
        "A query ran. May belong to `Request`, `Query` or `Session`. May link to `Session`.",
        "A query was slow. May belong to `Query`.\n",
        "A span, sent by default: It stands for itself.\n",
    ] {
        assert!(signals.contains(said), "{said}\n{signals}");
    }
    let alone = section(&fixture("installed.yaml"), "signals").expect("a part");
    assert!(!alone.contains("joined"), "{alone}");
}
