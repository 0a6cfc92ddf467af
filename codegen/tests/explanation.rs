//! The Data Explanation as `docs` ask for it: layouts, columns, lines and words; and which markup of a text stays.

use candor_codegen::docs::{section, table};
use candor_schema::{Catalogue, load_str};

/// A catalogue with these keys in its `docs`.
fn text(docs: &str) -> String {
    format!(
        "
candor: 1
name: demo
title: Demo
version: 1.4
service: demo
consent: {{opt_in: share}}
docs: {{{docs}}}
rows:
  usage: {{title: Usage, reason: How it is used., personal: none, purpose: Faster runs, retention: 90d, since: 1.0}}
  details: {{title: Details, personal: possible}}
  start: {{title: Start, personal: none}}
attributes:
  runs: {{row: usage, collected: default, type: int, minimum: 0, brief: number of runs, examples: [3], since: 1.0}}
  time: {{row: usage, collected: default, type: int, unit: ms, brief: time it took, name: time.ms, retention: 2w, since: 1.2}}
  goal: {{row: details, collected: opt_in, type: string, max_length: 9, brief: goal, free_text: true, examples: [win]}}
spans:
  started: {{name: Started, collected: default, row: start, brief: it started, attributes: {{runs: required, time: required, goal: optional}}}}
"
    )
}

#[track_caller]
fn load(text: &str) -> Catalogue {
    let loaded = load_str("telemetry.yaml", text);
    loaded.catalogue.unwrap_or_else(|| panic!("{:#?}", loaded.findings))
}

#[track_caller]
fn check(docs: &str, expected: &str) {
    assert_eq!(table(&load(&text(docs))), expected.trim_start_matches('\n'));
}

const KEPT: &str =
    "Purpose: Faster runs. Kept for 90 days. Since 1.0. Kept for 2 weeks (time it took). Since 1.2 (time it took).";

#[test]
fn nothing_asked_for() {
    check(
        "",
        &format!(
            "
| Defaulted | Data | Reason and Specifics |
| --- | --- | --- |
| Yes | Usage | How it is used. Includes: number of runs, time it took. Example: `3`. No personal data. {KEPT} |
| No | Details | Includes: goal. Example: `win`. May contain personal data if it is written into: goal. |
| Yes | Start | Includes: it started. No personal data. |
"
        ),
    );
}

#[test]
fn columns_of_ones_own() {
    check(
        "columns: [{column: data, title: What}, reason, description, example, personal, purpose, retention, since, {column: channel, title: Switch}]",
        "
| What | Reason | Description | Example | Personal data | Purpose | Kept | Since | Switch |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
| Usage | How it is used. | number of runs, time it took | `3` | No personal data. | Faster runs | 90 days; 2 weeks (time it took) | 1.0; 1.2 (time it took) | default |
| Details |  | goal | `win` | May contain personal data if it is written into: goal. |  |  |  | `share` |
| Start |  | it started |  | No personal data. |  |  |  | default |
",
    );
}

/// Nothing is lost that has no column, not even that something is opt-in.
#[test]
fn what_has_no_column_stands_in_another() {
    check(
        "columns: [data, description, unit]",
        &format!("
| Data | Description | Unit |
| --- | --- | --- |
| Usage | How it is used. number of runs, time it took. Example: `3`. No personal data. {KEPT} | `ms` |
| Details | goal. Example: `win`. May contain personal data if it is written into: goal. Collected only after opting in with `share`. |  |
| Start | it started. No personal data. |  |
"),
    );
    check(
        "columns: [data, since]",
        "
| Data | Since |
| --- | --- |
| Usage. How it is used. Includes: number of runs, time it took. Example: `3`. No personal data. Purpose: Faster runs. Kept for 90 days. Kept for 2 weeks (time it took). | 1.0; 1.2 (time it took) |
| Details. Includes: goal. Example: `win`. May contain personal data if it is written into: goal. Collected only after opting in with `share`. |  |
| Start. Includes: it started. No personal data. |  |
",
    );
}

#[test]
fn words_of_ones_own() {
    let words = "default_word: ✓, opt_in_word: Only if you | agree, columns: [defaulted, data]";
    let catalogue = load(&text(words).replace("details: {", "details: {reason: None., "));
    let lines: Vec<String> = table(&catalogue).lines().map(str::to_owned).collect();
    assert!(lines[2].starts_with("| ✓ | Usage. How it is used. "), "{lines:?}");
    assert!(lines[3].starts_with(r"| Only if you \| agree | Details. None. Includes: goal. "), "{lines:?}");
    let switches = section(&catalogue, "switches").expect("it is a part");
    assert!(switches.contains(r"Adds what the table marks “Only if you \| agree”."), "{switches}");
    let switches = section(&load(&text("columns: [data]")), "switches").expect("it is a part");
    assert!(switches.contains("Adds what is marked as collected only after opting in."), "{switches}");
}

#[test]
fn a_line_for_each_attribute() {
    check(
        "lines: attribute",
        "
| Defaulted | Data | Name | Description | Example |
| --- | --- | --- | --- | --- |
| Yes | Usage | `runs` | How it is used. number of runs. Purpose: Faster runs. Kept for 90 days. Since 1.0. | `3` |
| Yes | Usage | `time.ms` | How it is used. time it took. Purpose: Faster runs. Kept for 2 weeks. Since 1.2. |  |
| No | Details | `goal` | goal. Free text: a person or a run may have written it. May contain personal data. | `win` |
| Yes | Start | `Started` | it started |  |
",
    );
    check(
        "lines: attribute, columns: [name, type, description, reason, retention, purpose, since]",
        "
| Name | Type | Description | Reason | Kept | Purpose | Since |
| --- | --- | --- | --- | --- | --- | --- |
| `runs` | whole number of at least 0 | number of runs | How it is used. Example: `3`. | 90 days | Faster runs | 1.0 |
| `time.ms` | whole number, in milliseconds | time it took | How it is used. | 2 weeks | Faster runs | 1.2 |
| `goal` | text of at most 9 characters | goal Free text: a person or a run may have written it. | Example: `win`. May contain personal data. Collected only after opting in with `share`. |  |  |  |
| `Started` | span | it started |  |  |  |  |
"
        .replace("goal Free", "goal. Free")
        .as_str(),
    );
}

#[test]
fn a_list_with_lists() {
    check(
        "layout: list",
        "
- **Usage**: How it is used. Purpose: Faster runs. Kept for 90 days. Since 1.0. Kept for 2 weeks (time it took). Since 1.2 (time it took).
  - `runs` (whole number of at least 0): number of runs. Since 1.0. Example: `3`.
  - `time.ms` (whole number, in milliseconds): time it took. Kept for 2 weeks. Since 1.2.
- **Details**: Collected only after opting in with `share`.
  - `goal` (text of at most 9 characters): goal. Free text: a person or a run may have written it. May contain personal data. Example: `win`.
- **Start**
  - `Started` (span): it started.
",
    );
}

#[test]
fn a_bullet_for_each_row() {
    check(
        "layout: bullets",
        &format!("
- **Usage**: How it is used. {KEPT}
- **Details**: Includes: goal. May contain personal data if it is written into: goal. Collected only after opting in with `share`.
- **Start**: Includes: it started.
"),
    );
    check(
        "layout: bullets, columns: [data, reason, {column: defaulted, title: By default}]",
        &format!("
- **Usage**: How it is used. Includes: number of runs, time it took. Example: `3`. No personal data. {KEPT} By default: Yes.
- **Details**: Includes: goal. Example: `win`. May contain personal data if it is written into: goal. By default: No.
- **Start**: Includes: it started. No personal data. By default: Yes.
"),
    );
}

#[test]
fn what_is_on_its_way_out() {
    let old = text("")
        .replace("reason: How it is used.", "deprecated: {reason: obsoleted, note: Too coarse}")
        .replace("brief: time it took", "brief: time it took, deprecated: {reason: renamed, renamed_to: runs}");
    let table = table(&load(&old));
    let said = "Deprecated: there is no successor. Too coarse.";
    assert!(table.contains(said), "{table}");
    assert!(table.contains("Deprecated: renamed to `runs` (time it took)."), "{table}");
}

/// The brief of the only attribute of a row, as the page shows it.
#[track_caller]
fn shown(brief: &str, expected: &str) {
    let catalogue = load(&text("columns: [data, reason]").replace("brief: goal", &format!("brief: '{brief}'")));
    let table = table(&catalogue);
    let line = table.lines().find(|line| line.starts_with("| Details |")).expect("a line");
    let (_, rest) = line.split_once("Includes: ").expect("it includes something");
    let (found, _) = rest.split_once(". Example").expect("an example");
    assert_eq!(found, expected, "{line}");
}

#[test]
fn markup_that_stays() {
    shown("see [the docs](https://example.com/a_b?c=1&d=2#e)", "see [the docs](https://example.com/a_b?c=1&amp;d=2#e)");
    shown("[`code` and <b>](../docs/page.md)", "[`code` and &lt;b&gt;](../docs/page.md)");
    shown("[a](#below), [b](/top)", "[a](#below), [b](/top)");
    shown("**never** a name", "**never** a name");
    shown("a (**b**), **`c`**", "a (**b**), **`c`**");
}

#[test]
fn markup_that_does_not() {
    shown("[x](javascript:alert)", r"\[x\](javascript:alert)");
    shown("[x](JavaScript:alert)", r"\[x\](JavaScript:alert)");
    shown("[x](data:text/html,y)", r"\[x\](data:text/html,y)");
    shown("[x](//evil.example)", r"\[x\](//evil.example)");
    shown("[x](https://a.example \"t\")", "\\[x\\](https://a.example \"t\")");
    shown("[x](<https://a.example>)", r"\[x\](&lt;https://a.example&gt;)");
    shown("[x](https://a.example/{y})", r"\[x\](https://a.example/&#123;y&#125;)");
    shown("![x](https://a.example/x.png)", r"!\[x\](https://a.example/x.png)");
    shown("[[x](https://a.example)](https://b.example)", r"\[[x](https://a.example)\](https://b.example)");
    shown("[](https://a.example)", r"\[\](https://a.example)");
    shown("[x][y]", r"\[x\]\[y\]");
    shown("[x]: https://a.example", r"\[x\]: https://a.example");
    shown("2**3**4 and ** x **", r"2\*\*3\*\*4 and \*\* x \*\*");
    shown("***x***", r"\*\*\*x\*\*\*");
    shown("**<b>**", "**&lt;b&gt;**");
    shown("*not* _this_", r"\*not\* \_this\_");
}

/// Every short text of the signs that make links and bold text: it breaks no table, and nothing in it acts.
#[test]
fn no_short_text_acts() {
    const PARTS: [&str; 9] = ["[", "](", ")", "**", "<", "|", "{", "\\", "a"];
    for number in 0..PARTS.len().pow(3) {
        let parts = [0, 1, 2].map(|place| PARTS[number / PARTS.len().pow(place) % PARTS.len()]);
        let brief = format!("x{}x", parts.concat());
        let catalogue = load(&text("").replace("brief: goal", &format!("brief: '{brief}'")));
        let table = table(&catalogue);
        assert!(!table.contains(['<', '{']), "{brief}: {table}");
        for line in table.lines() {
            let bars = line.replace("\\|", "").matches('|').count();
            assert_eq!(bars, 4, "{brief}: {line}");
        }
    }
}
