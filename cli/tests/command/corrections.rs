//! `check --fix` and `check --deny warnings`.

use std::fs;

use crate::{check, edit, empty, folder, run};

#[test]
fn corrections_are_written_and_told() {
    let folder = folder();
    let file = folder.path().join("telemetry/agent.yaml");
    let before = fs::read(&file).expect("a file");
    edit(folder.path(), "telemetry/agent.yaml", "row: agent_data", "row: agent_dta");
    edit(folder.path(), "telemetry/agent.yaml", "max_items: 1024", "maxitems: 1024");
    let expected = [
        "corrected[E0101]: telemetry/agent.yaml:5:10: `agent_dta` is now `agent_data`",
        "corrected[E0003]: telemetry/agent.yaml:9:5: `maxitems` is now `max_items`",
        "2 corrections in 1 file",
        "telemetry: fine: 14 rows",
    ];
    check(folder.path(), "check telemetry --fix", 0, &expected);
    assert_eq!(fs::read(&file).expect("a file"), before);
    check(folder.path(), "check telemetry --fix", 0, &["nothing to correct without asking", "telemetry: fine"]);
}

#[test]
fn what_is_left_is_shown() {
    let folder = folder();
    edit(folder.path(), "telemetry/agent.yaml", "row: agent_data", "row: agent_dta");
    edit(folder.path(), "telemetry/agent.yaml", "collected: opt_in", "collected: sometimes");
    let run = run(folder.path(), "check telemetry --fix");
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("corrected[E0101]") && !run.stderr.contains("error[E0101]"), "{}", run.stderr);
    assert!(run.stderr.contains("error[E0009]: `sometimes`"), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn a_corrected_file_stays_what_it_was() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    let folder = folder();
    let (file, link) = (folder.path().join("telemetry/agent.yaml"), folder.path().join("linked"));
    edit(folder.path(), "telemetry/agent.yaml", "row: agent_data", "row: agent_dta");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("set");
    symlink("telemetry", &link).expect("linked");
    check(folder.path(), "check linked --fix", 0, &["1 correction in 1 file"]);
    assert_eq!(fs::metadata(&file).expect("a file").mode() & 0o777, 0o640);
    assert!(fs::symlink_metadata(&link).expect("a link").is_symlink());
}

#[test]
fn warnings_fail_only_when_denied() {
    let folder = empty();
    fs::write(folder.path().join("a.yaml"), include_str!("../../../tests/cases/W0301/bad.yaml")).expect("written");
    check(folder.path(), "check a.yaml", 0, &["warning[W0301]", "a.yaml: fine: 1 row, ", "1 signal, 1 warning"]);
    check(folder.path(), "check a.yaml --deny warnings", 1, &["warning[W0301]", "a.yaml: 1 warning"]);
    check(folder.path(), "check a.yaml --deny errors", 2, &["invalid value 'errors'"]);
}
