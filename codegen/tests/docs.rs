//! The telemetry page, and that no text of the catalogue becomes markup in it.

mod support;

use candor_codegen::docs::{plan, render, section, table};
use candor_schema::load_str;
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

/// How many cells a line of a table has: a character after a backslash ends none, in code or not.
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
        row("number of runs", "").replace("{title: Usage}", r#"{title: Usage, reason: "one\n\n| two |\r\n\tthree"}"#);
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
fn identifiers_and_numbers_are_no_examples() {
    let identifier = "type: string\n    max_length: 9\n    identifier: random\n    examples: [abc]";
    assert_eq!(specifics("key", identifier), "Includes: key. No personal data.");
    assert_eq!(specifics("count", "type: int\n    examples: [3]"), "Includes: count. No personal data.");
}

#[test]
fn personal_data_names_what_it_may_be_written_into() {
    let personal = "type: string\n    max_length: 9\n    personal: possible";
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

#[test]
fn the_same_brief_is_said_once() {
    let demo = catalogue(&DEMO.replace("brief: total so far", "brief: number of runs"));
    assert_eq!(table(&demo).matches("number of runs").count(), 1);
}
