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
        ["objects", "spans", "events", "resource"].iter().any(|name| {
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
        ("| a | Data | c |\n|---|---|---|\n".to_owned(), 1, "the table has no rows"),
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

#[test]
fn what_changed_between_two_tables() {
    let folder = empty();
    let later = TABLE.replace(
        "| Yes | Versions",
        "| Yes | Flow Data | Includes: name of the flow. No personal data. |\n| Yes | Versions",
    );
    let catalogues = [TABLE, &later].map(|page| {
        fs::write(folder.path().join("page.md"), page).expect("written");
        import(folder.path(), Path::new("page.md"), "catalogue.yaml");
        load(&folder.path().join("catalogue.yaml")).catalogue.expect("a catalogue")
    });
    let rows = |diff: Diff| -> Vec<_> {
        diff.widening().map(|change| change.subject.clone()).filter(|subject| subject.starts_with("rows.")).collect()
    };
    assert_eq!(rows(diff(&catalogues[0], &catalogues[1])), ["rows.flow_data"]);
    assert!(diff(&catalogues[1], &catalogues[0]).changes.iter().all(|change| change.classes == [Class::Breaks]));
}

/// CrewAI's table over time, if `CANDOR_TABLES` names the folder that has it.
fn tables() -> Vec<PathBuf> {
    let Some(folder) = std::env::var_os("CANDOR_TABLES") else {
        // Past the harness, which keeps what passing tests print to itself.
        let _ = writeln!(std::io::stderr(), "SKIPPED: `CANDOR_TABLES` names no folder of published tables");
        return Vec::new();
    };
    let entries = fs::read_dir(&folder).expect("a folder");
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
            rows.map(|row| if catalogue.row_channels(row) == [Collected::Default] { 'Y' } else { 'N' }).collect();
        let text = fs::read_to_string(&page).expect("a page");
        assert!(text.contains(&format!("Yes/No pattern: {defaulted};")), "{}: {defaulted}", page.display());
    }
}

/// Compares two published tables, by the start of their names.
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
