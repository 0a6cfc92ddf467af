//! `import table`: columns, lists, bullets, and where the draft goes.

use candor_schema::load;

use crate::import::answered;
use crate::*;

/// The attributes of a draft: name on the wire, type with bounds, examples.
#[track_caller]
fn attributes(folder: &Path, arguments: &str) -> Vec<String> {
    let run = run(folder, &format!("import {arguments}"));
    assert_eq!(run.code, 0, "{}", run.stderr);
    let shown = |attribute: &candor_schema::Attribute| {
        let examples: Vec<_> = attribute.examples.iter().map(|example| format!("{example:?}")).collect();
        let unit = attribute.unit.iter().map(|unit| unit.code().to_owned());
        format!("{} {:?} {}", attribute.name, attribute.domain, unit.chain(examples).collect::<Vec<_>>().join(" "))
    };
    fs::write(folder.join("catalogue.yaml"), answered(&run.stdout)).expect("written");
    check(folder, "check catalogue.yaml", 0, &["fine"]);
    let catalogue = load(&folder.join("catalogue.yaml")).catalogue.expect("a catalogue");
    catalogue.attributes().iter().map(shown).collect()
}

const NAMES: &str = "\
## What is sent

| Metric name | Description | Example
|---|---|---
| `infos.env` | Value of `--env` | production
| `infos.on` | `true` if it is on | true |
| `infos.memory` | Value of `--memory` in bytes | 336042103
| `load.avg` | Average load | 2
| `infos.mode` | `human` or `json` depending on the value | human
| `infos.agents` | Agents seen | [\"a (1)\", \"b\"]
| `app.version` | Version number | 1.3
| `infos.on` | once more | true
| `infos.odd` | Number of things | false
";

#[test]
fn names_on_the_wire_with_examples() {
    let folder = empty();
    fs::write(folder.path().join("page.md"), NAMES).expect("written");
    let found = attributes(folder.path(), "table page.md");
    let expected = [
        "infos.env String { max_length: 256, pattern: None } Text(\"production\")",
        "infos.on Boolean Boolean(true)",
        "infos.memory Int { minimum: -9223372036854775808, maximum: 9223372036854775807 } By Int(336042103)",
        "load.avg Double { minimum: 0.0, maximum: 1.7976931348623157e308 } Int(2)",
        "infos.mode Enum",
        "infos.agents List",
        "app.version String",
        "infos.odd Int { minimum: 0, maximum: 9223372036854775807 } ",
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found} {expected}");
    }
    let rows = fs::read_to_string(folder.path().join("catalogue.yaml")).expect("a draft");
    assert!(rows.contains("  infos:\n    title: \"Infos\"\n") && rows.contains("  what_is_sent:\n"), "{rows}");
    let expected = ["page.md:12:1: `infos.on` once more; line 6 is about it, too", "page.md:13:1: the example `false`"];
    check(folder.path(), "import table page.md", 0, &expected);
    check(
        folder.path(),
        "import table page.md",
        0,
        &["collected: default or opt_in? (lines 21, ", "which switch opts in?"],
    );
    let run = run(folder.path(), "import table page.md --collected default");
    assert!(!run.stdout.contains("opt_in"), "{}", run.stdout);
}

#[test]
fn columns_that_were_told() {
    let folder = empty();
    let page = "| Zeichen | Was es ist | Z. B. |\n|---|---|---|\n| `app.runs` | Läufe | 3 |\n\n| A | B |\n|---|---|\n| x | y |\n";
    fs::write(folder.path().join("page.md"), page).expect("written");
    check(folder.path(), "import table page.md", 1, &["page.md:1:1: nothing lists what is collected"]);
    for columns in ["data=1,description=2,example=3", "data=Zeichen,description=2,example=3"] {
        let found = attributes(folder.path(), &format!("table page.md --columns {columns}"));
        assert!(found.len() == 1 && found[0].starts_with("app.runs Int"), "{found:?}");
    }
    check(folder.path(), "import table page.md --columns data=1,description=2,example=3", 0, &["page.md:5:1: a table"]);
    for (columns, message) in
        [("description=1", "`data=…`"), ("data", "no pair"), ("dat=1", "`dat` is none of collected")]
    {
        check(folder.path(), &format!("import table page.md --columns {columns}"), 2, &[message]);
    }
}

#[test]
fn several_tables_marks_and_remarks() {
    let folder = empty();
    let page = "| Collected | Data | Since |\n|:-:|---|---|\n| ✓ | Version of the tool | >=2.0 |\n| ✗ | Crash (in seconds) | |\n\n\
                # More\n\n| What | By default |\n|---|---|\n| Name of the machine | Yes (anonymised) |\n";
    fs::write(folder.path().join("page.md"), page).expect("written");
    import(folder.path(), Path::new("page.md"), "catalogue.yaml");
    let catalogue = load(&folder.path().join("catalogue.yaml")).catalogue.expect("a catalogue");
    let rows: Vec<_> = catalogue.rows().iter().map(|row| (row.title.as_str(), row.reason.as_deref())).collect();
    let expected = [
        ("Version of the tool", Some("Since: >=2.0.")),
        ("Crash (in seconds)", None),
        ("Name of the machine", Some("anonymised")),
    ];
    assert_eq!(rows, expected);
    let collected: Vec<_> = catalogue.attributes().iter().map(|attribute| attribute.collected.word()).collect();
    assert_eq!(collected, [Some("default"), Some("opt_in"), Some("default")]);
    check(folder.path(), "import table page.md --table 2", 0, &["Name of the machine", "page.md:1:1: a table"]);
}

/// Imports a page, and fills in what no page says.
#[track_caller]
fn import(folder: &Path, page: &Path, name: &str) {
    let run = run(folder, &format!("import table {}", page.display()));
    assert_eq!(run.code, 0, "{}: {}", page.display(), run.stderr);
    fs::write(folder.join(name), answered(&run.stdout)).expect("written");
}

const EVENTS: &str = "\
# Events

### app_started

Sent when the app starts. Once a run.

- version (string, required): the version, e.g. `1.2.3`
- `took` (int, ms): how long it took
- theme (`dark | light`): the theme
- plugin (list of objects): plugins
  - name (string): its name
  - loaded (boolean): whether it was

### Crash Reported

- version (string, required): the version, e.g. `1.2.3`
- took (string): in words
- and that is all
";

#[test]
fn bullets_below_events() {
    let folder = empty();
    fs::write(folder.path().join("page.md"), EVENTS).expect("written");
    import(folder.path(), Path::new("page.md"), "catalogue.yaml");
    check(folder.path(), "check catalogue.yaml", 0, &["fine"]);
    let catalogue = load(&folder.path().join("catalogue.yaml")).catalogue.expect("a catalogue");
    let signals: Vec<_> = catalogue
        .signals()
        .iter()
        .map(|signal| {
            let names = signal.attributes.iter().map(|carried| &*catalogue.attribute(carried.attribute).id);
            (&*signal.name, signal.brief.as_str(), names.collect::<Vec<_>>())
        })
        .collect();
    let expected = [
        ("app_started", "Sent when the app starts", vec!["version", "took", "theme", "plugin"]),
        ("Crash Reported", "crash reported", vec!["version", "took_2"]),
    ];
    assert_eq!(signals, expected);
    let draft = fs::read_to_string(folder.path().join("catalogue.yaml")).expect("a draft");
    assert!(
        draft.contains("type: [plugin]") && draft.contains("\"name\": {attribute: name, requirement: optional}"),
        "{draft}"
    );
    check(
        folder.path(),
        "import table page.md",
        0,
        &["page.md:18:1: an item that names no attribute: and that is all"],
    );
}

#[test]
fn a_list_of_what_is_collected() {
    let folder = empty();
    let page = "We never collect:\n\n- prompts\n\n### Data collected\n\n- **Version**: helps us.\n- number of runs\n";
    fs::write(folder.path().join("page.md"), page).expect("written");
    import(folder.path(), Path::new("page.md"), "catalogue.yaml");
    let catalogue = load(&folder.path().join("catalogue.yaml")).catalogue.expect("a catalogue");
    let rows: Vec<_> = catalogue.rows().iter().map(|row| (row.title.as_str(), row.reason.as_deref())).collect();
    assert_eq!(rows, [("Version", Some("helps us.")), ("Data collected", None)]);
}

#[test]
fn a_draft_replaces_nothing_unasked() {
    let folder = empty();
    fs::write(folder.path().join("page.md"), NAMES).expect("written");
    check(folder.path(), "import table page.md --out new --name mine", 0, &["catalogue.yaml: written"]);
    check(folder.path(), "import table page.md --out new --name mine", 0, &["catalogue.yaml: nothing changed"]);
    check(folder.path(), "import table page.md --out new", 2, &["is there already; --force replaces it"]);
    check(folder.path(), "import table page.md --out new --force", 0, &["written"]);
    check(folder.path(), "import table page.md --out mine.yaml", 0, &["mine.yaml: written"]);
    check(folder.path(), "import table page.md --force", 2, &["--out"]);
    let (new, mine) = (folder.path().join("new/catalogue.yaml"), folder.path().join("mine.yaml"));
    assert_eq!(fs::read_to_string(new).expect("written"), fs::read_to_string(mine).expect("written"));
}

#[test]
fn files_in_bad_states() {
    let folder = empty();
    fs::write(folder.path().join("bad.md"), b"| a |\n|\xff---|").expect("written");
    check(folder.path(), "import table bad.md", 1, &["bad.md:2:2: not text in UTF-8 from here on"]);
    check(folder.path(), "import table .", 1, &[".:1:1: "]);
    let long = "x".repeat(300);
    let page = format!("| Name | Description |\n|---|---|\n| `{long}` | a\u{202e}b |\n| `ok_1` | c\u{202e}d |\n");
    fs::write(folder.path().join("page.md"), &page).expect("written");
    check(folder.path(), "import table page.md", 1, &["page.md:3:1: `xxx"]);
    fs::write(folder.path().join("page.md"), page.replace(&long, "ok_2")).expect("written");
    import(folder.path(), Path::new("page.md"), "catalogue.yaml");
    check(folder.path(), "check catalogue.yaml", 0, &["fine"]);
}
