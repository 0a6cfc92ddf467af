//! `diff`: two versions of a catalogue, wherever they come from.

use serde_json::{Value, json};

use crate::*;

pub const OLD: &str = "\
candor: 1
name: demo
title: Demo
version: 1.0.0
service: demo
rows:
  usage: {title: Usage, personal: none}
attributes:
  runs: {row: usage, collected: default, type: int, maximum: 10, brief: number of runs}
spans:
  started: {name: Started, collected: default, brief: it started, attributes: {runs: required}}
";

/// A folder with `old.yaml` and `new.yaml`, the same but for these edits.
fn versions(edits: &[(&str, &str)]) -> TempDir {
    let folder = empty();
    for name in ["old.yaml", "new.yaml"] {
        fs::write(folder.path().join(name), OLD).expect("written");
    }
    for (from, to) in edits {
        edit(folder.path(), "new.yaml", from, to);
    }
    folder
}

pub const WIDER: (&str, &str) = ("maximum: 10", "maximum: 20");
pub const RAISED: (&str, &str) = ("version: 1.0.0", "version: 2.0.0");
const SIGNED: (&str, &str) = (
    "rows:\n",
    "reviews: [{version: 2.0.0, who: the privacy team, when: 2026-11-20, link: https://example.com, widens: [attributes.runs]}]\nrows:\n",
);

#[test]
fn nothing_changed() {
    check(versions(&[]).path(), "diff old.yaml new.yaml", 0, &["1.0.0 → 1.0.0: nothing changed\n"]);
}

#[test]
fn what_does_not_widen_passes() {
    let minor = ("version: 1.0.0", "version: 1.1.0");
    let folder = versions(&[("maximum: 10", "maximum: 5"), ("brief: it started", "brief: it was started"), minor]);
    let lines = [
        "narrows           attributes.runs: the maximum of `runs` was 10 and is 5\n",
        "wording           spans.started: span `started` has another brief\n",
        "1.0.0 → 1.1.0: narrows 1, wording 1; asks for 1.1.0\n",
    ];
    check(folder.path(), "diff old.yaml new.yaml", 0, &lines);
}

#[test]
fn only_wording_keeps_the_version() {
    let wording = ("brief: it started", "brief: it was started");
    check(versions(&[wording]).path(), "diff old.yaml new.yaml", 0, &["1.0.0 → 1.0.0: wording 1"]);
    let narrower = versions(&[wording, ("maximum: 10", "maximum: 5")]);
    let expected = ["error[E0503]: less can leave, and the version is still 1.0.0", "raise it to 1.1.0"];
    check(narrower.path(), "diff old.yaml new.yaml", 1, &expected);
}

#[test]
fn an_unsigned_widening_fails() {
    let folder = versions(&[WIDER, RAISED]);
    let expected = [
        "widens            attributes.runs: the maximum of `runs` was 10 and is 20\n",
        "error[E0502]: the maximum of `runs` was 10 and is 20; nobody signed for it",
        "--> new.yaml:9:3",
        "add to `reviews` an entry for 2.0.0 with `widens: [attributes.runs]`",
    ];
    check(folder.path(), "diff old.yaml new.yaml", 1, &expected);
    for format in ["markdown", "json", "github", "sarif"] {
        check(folder.path(), &format!("diff old.yaml new.yaml --format {format}"), 1, &["attributes.runs"]);
    }
}

#[test]
fn a_signed_widening_passes() {
    let folder = versions(&[WIDER, RAISED, SIGNED]);
    check(folder.path(), "diff old.yaml new.yaml", 0, &["was 10 and is 20 (signed)\n"]);
    check(
        folder.path(),
        "diff old.yaml new.yaml --format markdown",
        0,
        &["| **widens** | `attributes.runs` |", "| yes |"],
    );
}

#[test]
fn a_table_for_a_pull_request() {
    let folder = versions(&[WIDER, ("brief: it started", "brief: a | b")]);
    let expected = "\
1.0.0 → 1.0.0: widens 1, wording 1; asks for 2.0.0

| Class | What | Change | Signed |
|---|---|---|---|
| **widens** | `attributes.runs` | the maximum of `runs` was 10 and is 20 | **no** |
| wording | `spans.started` | span `started` has another brief |  |

When it is agreed, add to the catalogue’s `reviews`:

```yaml
- version: 2.0.0
  who:
  when:
  link:
  widens:
    - attributes.runs
```

In the way:

* E0503: more can leave, and the version is still 1.0.0; raise it to 2.0.0
";
    assert_eq!(run(folder.path(), "diff old.yaml new.yaml --format markdown").stdout, expected);
}

#[test]
fn changes_as_json() {
    let folder = versions(&[WIDER, RAISED, SIGNED, ("service: demo", "service: other")]);
    let run = run(folder.path(), "diff old.yaml new.yaml --format json");
    let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let schema: Value = serde_json::from_str(&crate::run(folder.path(), "schema report").stdout).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    assert!(validator.is_valid(&report), "{report:#}");
    let found: Vec<_> = report["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|f| (f["code"].clone(), f["change"].clone()))
        .collect();
    assert_eq!(
        found,
        [
            (json!("E0502"), Value::Null),
            (json!("widens"), json!({ "subject": "service", "classes": ["widens", "breaks"], "signed": false })),
            (json!("widens"), json!({ "subject": "attributes.runs", "classes": ["widens"], "signed": true })),
        ]
    );
    assert_eq!(report["counts"]["suggested_version"], "2.0.0");
    assert_eq!((run.code, &report["counts"]["widens"]), (1, &json!(2)));
}

#[test]
fn changes_as_sarif_and_annotations() {
    let folder = versions(&[WIDER, RAISED, ("brief: it started", "brief: it was started")]);
    let sarif = run(folder.path(), "diff old.yaml new.yaml --format sarif").stdout;
    let log: serde_sarif::sarif::Sarif = serde_json::from_str(&sarif).expect("SARIF");
    let results = log.runs[0].results.as_ref().expect("results");
    let rules: Vec<_> = results.iter().filter_map(|result| result.rule_id.as_deref()).collect();
    assert_eq!(rules, ["E0502", "widens", "wording"]);
    let expected = [
        "::error file=new.yaml,line=9,endLine=9,col=3,endColumn=7,title=E0502::",
        "::warning file=new.yaml,line=9,endLine=9,col=3,endColumn=7,title=widens::the maximum of `runs` was 10 and is 20\n",
        "::notice file=new.yaml,line=11,endLine=11,col=3,endColumn=10,title=wording::",
    ];
    check(folder.path(), "diff old.yaml new.yaml --format github", 1, &expected);
}

/// A removed entry stands only in the old file, which an annotation cannot show.
#[test]
fn what_is_gone_is_shown_in_the_new_catalogue() {
    let two = (
        "brief: number of runs}",
        "brief: number of runs}\n  size: {row: usage, collected: default, type: int, brief: size}",
    );
    let folder = versions(&[RAISED]);
    edit(folder.path(), "old.yaml", two.0, two.1);
    edit(folder.path(), "old.yaml", "{runs: required}", "{runs: required, size: required}");
    let gone = "`size` is no longer collected; span `started` had to carry it and comes without it";
    let expected = [
        format!("::error file=new.yaml,line=4,endLine=4,col=10,endColumn=15,title=E0502::{gone}; nobody signed for it"),
        format!("::warning file=new.yaml,line=1,endLine=1,title=widens::{gone}\n"),
    ];
    check(folder.path(), "diff old.yaml new.yaml --format github", 1, &[&expected[0], &expected[1]]);
    let sarif = run(folder.path(), "diff old.yaml new.yaml --format sarif").stdout;
    assert!(sarif.contains("\"new.yaml\"") && !sarif.contains("old.yaml"), "{sarif}");
    check(folder.path(), "diff old.yaml new.yaml --format json", 1, &["\"file\": \"old.yaml\""]);
    let text = [&format!("widens, breaks    attributes.size: {gone}\n"), "error[E0502]", "--> new.yaml:4:10"];
    check(folder.path(), "diff old.yaml new.yaml", 1, &text);
    let signed = SIGNED.1.replace("attributes.runs", "attributes.size");
    edit(folder.path(), "new.yaml", SIGNED.0, &signed);
    check(folder.path(), "diff old.yaml new.yaml", 0, &["comes without it (signed)"]);
}

/// A reviewer who only reads the table learns what else is in the way.
#[test]
fn a_table_names_what_signs_for_too_much() {
    let broad = SIGNED.1.replace("attributes.runs", "attributes.runs, spans.started, service");
    let folder = versions(&[WIDER, RAISED, (SIGNED.0, &broad), ("{runs: required}", "{runs: optional}")]);
    let expected = "
In the way:

* E0505: `spans.started` does not widen, only a part of it does; sign for `spans.started.attributes.runs`
* E0504: `service` does not widen; remove `service` from this entry
";
    let run = run(folder.path(), "diff old.yaml new.yaml --format markdown");
    assert_eq!((run.code, run.stdout.ends_with(expected)), (1, true), "{}", run.stdout);
}

#[test]
fn suggested_version() {
    for (edits, version) in
        [(&[][..], "1.0.0\n"), (&[("title: Usage", "title: Use")], "1.0.1\n"), (&[WIDER], "2.0.0\n")]
    {
        let run = run(versions(edits).path(), "diff old.yaml new.yaml --suggest-version");
        assert_eq!((run.code, run.stdout.as_str()), (0, version));
    }
}

#[test]
fn a_broken_catalogue() {
    let folder = versions(&[("row: usage", "row: usgae")]);
    check(folder.path(), "diff old.yaml new.yaml", 1, &["error[E0101]", "--> new.yaml:9:15"]);
    check(folder.path(), "diff new.yaml new.yaml --format json", 1, &["E0101"]);
    check(folder.path(), "diff old.yaml nowhere", 2, &["there is no catalogue at `nowhere`"]);
}

#[test]
fn from_the_history_of_a_repository() {
    let folder = folder();
    let path = folder.path();
    git(path, &["init", "-q"]);
    git(path, &["add", "."]);
    git(path, &["commit", "-q", "-m", "catalogue"]);
    let changed = "spans.create_crew_deployment: span `create_crew_deployment` has another brief";
    check(path, "diff git:HEAD:telemetry telemetry", 0, &["1.0.0 → 1.0.0: nothing changed"]);
    edit(path, "telemetry/deployment.yaml", "the fact a deploy is being made", "that a deploy is being made");
    check(path, "diff git:HEAD:telemetry/ telemetry", 0, &[changed]);
    check(path, "diff git:HEAD:telemetry", 0, &[changed]);
    check(&path.join("telemetry"), "diff git:HEAD:./ .", 0, &[changed]);
    check(&path.join("telemetry"), "diff git:HEAD:telemetry .", 0, &[changed]);
    fs::write(path.join("one.yaml"), OLD).expect("written");
    git(path, &["add", "."]);
    git(path, &["commit", "-q", "-m", "one file"]);
    check(path, "diff git:HEAD:one.yaml one.yaml", 0, &["nothing changed"]);
    check(path, "diff git:HEAD~1:telemetry git:HEAD:telemetry", 0, &[changed]);
    check(path, "diff git:HEAD:nowhere telemetry", 2, &["git: fatal:", "nowhere"]);
    check(path, "diff git:HEAD: telemetry", 2, &["there is no `catalogue.yaml`"]);
    check(path, "diff git:nothing:telemetry telemetry", 2, &["git: fatal:"]);
    check(path, "diff git:HEAD telemetry", 2, &["git:REVISION:PATH"]);
}

#[test]
fn the_questions_of_a_review() {
    let folder = versions(&[WIDER, RAISED, ("brief: number of runs", "identifier: stable, brief: number of runs")]);
    let expected = [
        "# Data review: Demo\n\n1.0.0 → 2.0.0: widens 2; asks for 2.0.0\n",
        "* the maximum of `runs` was 10 and is 20 (widens)\n",
        "| `runs` | number of runs | whole number of at most 20 | `default` | Usage |\n",
        "* span `Started` (`default`): it started\n",
        "* `runs`: An identifier that is kept",
        "Each of `DO_NOT_TRACK`, `OTEL_SDK_DISABLED` switches everything off. Nothing is opt-in.",
        "It is sent as service `demo`. The catalogue names no endpoint: **To be filled in.**",
        "## Who can see it, and how long is it kept?\n\n**To be filled in.**\n",
        "- version: 2.0.0\n  who:\n  when:\n  link:\n  widens:\n    - attributes.runs\n",
    ];
    check(folder.path(), "review old.yaml new.yaml", 0, &expected);
    check(
        folder.path(),
        "review new.yaml new.yaml",
        0,
        &["## What can be collected that could not?\n\nNothing.\n", "Nothing is left to sign."],
    );
    check(folder.path(), "review old.yaml nowhere", 2, &["there is no catalogue at `nowhere`"]);
}
