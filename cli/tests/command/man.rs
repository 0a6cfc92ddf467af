//! `man`: a page about the command, and one about each subcommand.

use crate::*;

/// The subcommands, as `--help` lists them, but for `help`.
fn subcommands() -> Vec<String> {
    let help = run(empty().path(), "--help").stdout;
    let (_, list) = help.split_once("Commands:\n").expect("a list");
    let lines = list.lines().take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help");
    let names: Vec<_> = names.map(str::to_owned).collect();
    assert!(names.len() > 10, "{help}");
    names
}

#[test]
fn the_main_page_names_every_subcommand() {
    let page = run(empty().path(), "man").stdout;
    assert!(page.contains(".TH candor 1"), "{page}");
    for name in subcommands() {
        assert!(page.contains(&format!("\ncandor\\-{name}(1)\n")), "{name} is not in:\n{page}");
    }
    assert!(!page.contains("candor\\-help"), "there is no such page");
}

#[test]
fn every_subcommand_has_a_page() {
    let folder = empty();
    check(folder.path(), "man --out share/man1", 0, &[]);
    let page = |name: &str| fs::read_to_string(folder.path().join("share/man1").join(name)).expect("a page");
    assert_eq!(page("candor.1"), run(folder.path(), "man").stdout);
    for name in subcommands() {
        let page = page(&format!("candor-{name}.1"));
        assert!(page.contains(&format!(".SH NAME\ncandor\\-{name} \\- ")), "{page}");
    }
    assert!(page("candor-generate.1").contains("\\fB\\-\\-check\\fR"));
    assert!(page("candor-import-table.1").contains(".SH NAME\n"));
}

#[test]
fn a_folder_that_cannot_be() {
    let folder = empty();
    fs::write(folder.path().join("file"), "").expect("written");
    check(folder.path(), "man --out file", 2, &["candor: file: "]);
}
