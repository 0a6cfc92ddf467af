//! `import table`: published tables as catalogues, and what changed between them.

use std::path::PathBuf;

use candor_schema::{Class, Collected, Diff, diff, load};

use crate::*;

const TABLE: &str = "\
# Telemetry

Words | before

| Defaulted | Data | Reason and Specifics |
|:---|---|---:|
| **Yes** | Crew Metadata | Includes: process type (e.g., 'sequential', `parallel`), count of tasks, and count of agents. All non-personal. |
| Yes | Versions | Tracks versions. Example: v1.2.3, v2. |
| No | Inputs \\| outputs | Includes: what was put in, no other data. |

Words after.
";

/// Imports a page.
#[track_caller]
fn skeleton(folder: &Path, page: &Path) -> String {
    let run = run(folder, &format!("import table {}", page.display()));
    assert_eq!(run.code, 0, "{}: {}", page.display(), run.stderr);
    run.stdout
}

/// Imports a page into `folder` under this name, and fills in what no page says.
#[track_caller]
fn import(folder: &Path, page: &Path, name: &str) {
    fs::write(folder.join(name), answered(&skeleton(folder, page))).expect("written");
}

/// A draft with an answer to everything that it asks, and each attribute that no signal carries on a span.
pub fn answered(draft: &str) -> String {
    let mut text = draft.replace("# personal: none or possible?", "personal: none");
    if text.contains("which switch opts in?") {
        text += "consent: {opt_in: share}\n";
    }
    let section = |name: &str| {
        let start = text.find(&format!("\n{name}:\n")).map_or("", |at| &text[at + name.len() + 3..]);
        start.split("\n\n").next().unwrap_or_default().to_owned()
    };
    let is_key = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
    let attributes = section("attributes");
    let keys = attributes.lines().filter(is_key).map(|line| line.trim().trim_end_matches(':'));
    let carried = |key: &str| {
        ["objects", "spans", "events"].iter().any(|name| {
            section(name).split(|char: char| !char.is_alphanumeric() && char != '_').any(|word| word == key)
        })
    };
    let spans: String = keys
        .filter(|key| !carried(key))
        .map(|key| {
            format!("  {key}: {{name: {key}, collected: default, brief: it, attributes: {{{key}: optional}}}}\n")
        })
        .collect();
    match (spans.is_empty(), text.contains("\nspans:\n")) {
        (true, _) => text,
        (false, true) => text.replace("\nspans:\n", &format!("\nspans:\n{spans}")),
        (false, false) => format!("{text}spans:\n{spans}"),
    }
}

#[test]
fn a_table_becomes_a_catalogue() {
    let folder = empty();
    fs::write(folder.path().join("page.md"), TABLE).expect("written");
    import(folder.path(), Path::new("page.md"), "catalogue.yaml");
    check(folder.path(), "check catalogue.yaml", 0, &["fine: 3 rows, 5 attributes (1 of them only after opt-in)"]);
    let catalogue = load(&folder.path().join("catalogue.yaml")).catalogue.expect("a catalogue");
    let rows: Vec<_> =
        catalogue.rows().iter().map(|row| (row.id.as_str(), row.title.as_str(), row.reason.as_deref())).collect();
    assert_eq!(
        rows,
        [
            ("crew_metadata", "Crew Metadata", Some("All non-personal.")),
            ("versions", "Versions", Some("Tracks versions. Example: v1.2.3, v2.")),
            ("inputs_outputs", "Inputs | outputs", Some("no other data")),
        ]
    );
    let attributes: Vec<_> = catalogue.attributes().iter().map(|a| (&*a.id, a.brief.as_str())).collect();
    assert_eq!(
        attributes,
        [
            ("crew_metadata_process_type", "process type (e.g., 'sequential', `parallel`)"),
            ("crew_metadata_count_of_tasks", "count of tasks"),
            ("crew_metadata_count_of_agents", "count of agents"),
            ("versions", "Versions"),
            ("inputs_outputs_what_was_put_in", "what was put in"),
        ]
    );
}

#[test]
fn what_is_wrong_with_a_table_has_its_line() {
    let folder = empty();
    for (page, line, message) in [
        ("no table\n".to_owned(), 1, "nothing lists what is collected"),
        ("| a | b | c |\n|---|---|---|\n".to_owned(), 1, "the table has no rows"),
        (
            TABLE.replace("| No |", "| Perhaps |"),
            9,
            "row 3 says neither yes nor no where it should say what is collected",
        ),
        (TABLE.replace("| Versions |", "|"), 8, "row 2 has 2 columns, not 3"),
        (TABLE.replace("| Versions |", "| |"), 8, "row 2 has no name"),
        (TABLE.replace("\\| outputs", "| outputs"), 9, "row 3 has 4 columns, not 3"),
    ] {
        fs::write(folder.path().join("page.md"), page).expect("written");
        check(folder.path(), "import table page.md", 1, &[&format!("page.md:{line}:1: {message}")]);
    }
    check(folder.path(), "import table nowhere.md", 1, &["nowhere.md:1:1: "]);
    fs::write(folder.path().join("page.md"), TABLE).expect("written");
    check(folder.path(), "import table page.md --name 1", 1, &["error[E0006]"]);
}

/// Each mistake is told of its own row, whatever was wrong before it.
#[test]
fn mistakes_name_their_rows() {
    let folder = empty();
    let page = TABLE.replace("| **Yes** |", "| Maybe |").replace("| No |", "| Perhaps |");
    fs::write(folder.path().join("page.md"), page).expect("written");
    let run = run(folder.path(), "import table page.md");
    let lines: Vec<_> = run.stderr.lines().collect();
    assert_eq!(
        lines,
        [
            "page.md:7:1: row 1 says neither yes nor no where it should say what is collected",
            "page.md:9:1: row 3 says neither yes nor no where it should say what is collected",
        ]
    );
}

#[test]
fn only_tables_that_show_and_say_what_is_collected() {
    let folder = empty();
    let other = "| Switch | Meaning | Default |\n|---|---|---|\n| `OFF` | all off | unset |\n\n";
    let code = "```md\n| D | D | S |\n|---|---|---|\n| Yes | Fenced | x |\n```\n\n";
    let comment = "<!--\n| D | D | S |\n|---|---|---|\n| Yes | Hidden | x |\n-->\n\n";
    fs::write(folder.path().join("page.md"), format!("{other}{code}{comment}{TABLE}")).expect("written");
    let text = skeleton(folder.path(), Path::new("page.md"));
    assert!(
        text.contains("title: \"Crew Metadata\"") && !text.contains("Fenced") && !text.contains("Hidden"),
        "{text}"
    );
}

#[test]
fn nothing_is_invented() {
    let folder = empty();
    fs::write(folder.path().join("page.md"), TABLE).expect("written");
    let text = skeleton(folder.path(), Path::new("page.md"));
    let made_up = |key: &str| text.lines().any(|line| line.trim_start().starts_with(key));
    assert!(!made_up("consent:") && !made_up("spans:") && !made_up("events:") && !made_up("personal:"), "{text}");
    fs::write(folder.path().join("catalogue.yaml"), &text).expect("written");
    check(folder.path(), "check catalogue.yaml", 1, &["error[E0105]", "error[E0212]", "error[E0220]"]);
}

#[test]
fn what_a_page_of_candor_says_comes_back() {
    let folder = empty();
    let page =
        "| D | D | S |\n|---|---|---|\n| Yes | Runs | Includes: runs (`app.runs`), `mode`. No personal data. |\n";
    fs::write(folder.path().join("page.md"), page).expect("written");
    import(folder.path(), Path::new("page.md"), "catalogue.yaml");
    let catalogue = load(&folder.path().join("catalogue.yaml")).catalogue.expect("a catalogue");
    let names: Vec<_> = catalogue.attributes().iter().map(|a| (&*a.name, a.brief.as_str())).collect();
    assert_eq!(names, [("app.runs", "runs"), ("mode", "mode")]);
    assert!(skeleton(folder.path(), Path::new("page.md")).contains("    personal: none\n"));
}

/// CrewAI's table at all times, where the folder with it is there.
fn tables() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/crewai/tables");
    let Ok(entries) = fs::read_dir(&folder) else {
        // Past the harness, which keeps what passing tests print to itself.
        let _ = writeln!(std::io::stderr(), "SKIPPED: there is no {}", folder.display());
        return Vec::new();
    };
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

#[test]
fn every_published_table() {
    let folder = empty();
    for page in tables() {
        import(folder.path(), &page, "catalogue.yaml");
        let catalogue = load(&folder.path().join("catalogue.yaml")).catalogue.expect("a catalogue");
        let rows = (0..catalogue.rows().len()).filter_map(|position| catalogue.row_id(position));
        let defaulted: String =
            rows.map(|row| if catalogue.row_collected(row) == Collected::Default { 'Y' } else { 'N' }).collect();
        let text = fs::read_to_string(&page).expect("a page");
        assert!(text.contains(&format!("Yes/No pattern: {defaulted};")), "{}: {defaulted}", page.display());
    }
}

/// What changed between two published tables, by the start of their names.
fn between(old: &str, new: &str) -> Option<Diff> {
    let folder = empty();
    let tables = tables();
    let catalogue = |start: &str| {
        let page = tables
            .iter()
            .find(|page| page.file_name().is_some_and(|name| name.to_string_lossy().starts_with(start)))?;
        import(folder.path(), page, "catalogue.yaml");
        load(&folder.path().join("catalogue.yaml")).catalogue
    };
    Some(diff(&catalogue(old)?, &catalogue(new)?))
}

#[test]
fn what_changed_between_published_tables() {
    for (old, new, row) in [
        ("en-13rows", "en-14rows", Some("rows.crew_deployment_attempt_using_crewai_cli")),
        ("en-14rows", "en-15rows", Some("rows.execution_environment")),
        ("en-15rows", "en-16rows-52b3", Some("rows.flow_lifecycle_signals")),
        ("en-16rows-52b3", "en-17rows-e16d", Some("rows.trace_sharing_signal")),
        ("en-17rows-1ca4", "en-17rows-55ae", None),
    ] {
        let Some(diff) = between(old, new) else { return };
        let rows: Vec<_> =
            diff.widening().map(|change| change.subject.as_str()).filter(|s| s.starts_with("rows.")).collect();
        assert_eq!(rows, row.into_iter().collect::<Vec<_>>(), "{old} {new}");
        assert!(diff.has(Class::Widens), "{old} {new}");
    }
    let Some(diff) = between("en-17rows-1ca4", "en-17rows-55ae") else { return };
    let subjects = diff.widening().map(|change| change.subject.as_str());
    let widening: Vec<_> = subjects.filter(|subject| subject.starts_with("attributes.")).collect();
    assert_eq!(widening, ["attributes.crew_metadata_a_boolean_flag_for_whether_any_inputs_were_passed"]);
}

#[test]
fn fewer_rows_widen_nothing() {
    let Some(diff) = between("en-14rows", "en-13rows") else { return };
    assert!(diff.changes.iter().all(|change| change.classes == [Class::Breaks]), "{:#?}", diff.changes);
}

/// The attributes of a draft: name on the wire, type with bounds, examples.
#[track_caller]
fn attributes(folder: &Path, arguments: &str) -> Vec<String> {
    let run = run(folder, &format!("import {arguments}"));
    assert_eq!(run.code, 0, "{}", run.stderr);
    let shown = |attribute: &candor_schema::Attribute| {
        let examples: Vec<_> = attribute.examples.iter().map(|example| format!("{example:?}")).collect();
        format!("{} {:?} {}", attribute.name, attribute.domain, examples.join(" "))
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
        "infos.memory Int { minimum: -9223372036854775808, maximum: 9223372036854775807 } Int(336042103)",
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
        &["collected: default or opt_in? (lines 19, ", "which switch opts in?"],
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
    assert_eq!(collected, ["default", "opt_in", "default"]);
    check(folder.path(), "import table page.md --table 2", 0, &["Name of the machine", "page.md:1:1: a table"]);
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
    assert!(draft.contains("type: [plugin]") && draft.contains("\"name\": name"), "{draft}");
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
    fs::write(folder.path().join("page.md"), TABLE).expect("written");
    check(
        folder.path(),
        "import table page.md --out new --name mine",
        0,
        &["catalogue.yaml: written", "name: \"mine\""].split_at(1).0,
    );
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
