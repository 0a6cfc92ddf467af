//! Off leaves nothing behind, and works where nothing can be written.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use candor::{Consent, Store, host};

use crate::doubt::chosen;
use crate::{EXPORTED, Fixture, agreed, scrapbook};

const LIMIT: Duration = Duration::from_secs(10);
const FOLDER: &str = "CANDOR_TEST_OFF_IN";
const CHOICE: &str = "CANDOR_TEST_CHOICE";

/// The child process: chooses, in the folder that it is told, and says what became of that.
#[test]
fn child() {
    let (Some(folder), Ok(choice)) = (std::env::var_os(FOLDER), std::env::var(CHOICE)) else { return };
    let choice = if choice == "off" { Consent::Off } else { Consent::Default };
    match Store::at(agreed(), folder).choose(choice) {
        Ok(()) => println!("SAID done"),
        Err(error) => println!("SAID {error}"),
    }
}

/// Lets a process that may not write a byte choose; `trapped` says that it is not killed when it tries.
fn choose_without_room(folder: &Path, choice: &str, trapped: bool) -> String {
    let script = format!("{} ulimit -f 0; exec \"$@\"", if trapped { "trap '' XFSZ;" } else { "" });
    let mut command = Command::new("sh");
    command.args(["-c", &script, "sh"]).arg(std::env::current_exe().expect("this test"));
    command.args(["--exact", "off::child", "--nocapture"]).env(FOLDER, folder).env(CHOICE, choice);
    let output = command.stderr(Stdio::inherit()).output().expect("a child");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn an_off_that_cannot_be_written_empties_the_file() {
    for before in [Consent::OptedIn, Consent::Default, Consent::Off] {
        for trapped in [true, false] {
            let (fixture, path) = chosen(before);
            let said = choose_without_room(path.parent().expect("a folder"), "off", trapped);
            assert!(!trapped || said.contains("SAID done"), "{said}");
            assert_eq!(fs::read(&path).expect("a file"), b"", "{before}");
            crate::doubt::check_off(&fixture, "emptied", "it is empty");
        }
    }
}

#[test]
fn an_off_that_cannot_be_written_where_nothing_was_is_an_empty_file() {
    let fixture = Fixture::new();
    let folder = fixture.folder.path().join("notebook");
    assert!(choose_without_room(&folder, "off", true).contains("SAID done"));
    assert_eq!(fixture.store(agreed()).decide(None).consent, Consent::Off);
    assert_eq!(fixture.store(agreed()).read().choice, None);
    assert_eq!(fs::read(folder.join("telemetry.json")).expect("a file"), b"");
}

/// Neither the folder nor the file may be written: its owner may change that of the file.
#[test]
fn an_off_empties_a_read_only_file_in_a_read_only_folder() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    const NOBODY: u32 = 65534;
    let root = nix::unistd::Uid::effective().is_root(); // root may write everywhere, so the child is somebody else
    for (file_mode, owner, emptied) in [(0o600, NOBODY, true), (0o400, NOBODY, true), (0o644, 0, false)] {
        if !root && owner == 0 {
            println!("SKIPPED: only root can have a file that this user cannot change");
            continue;
        }
        let (fixture, path) = chosen(Consent::OptedIn);
        let folder = path.parent().expect("a folder");
        let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("its owner");
        mode(&path, file_mode);
        let copy = fixture.folder.path().join("test");
        fs::copy(std::env::current_exe().expect("this test"), &copy).expect("a copy that the user can start");
        let mut command = Command::new("setpriv");
        if root {
            chown(folder, Some(NOBODY), None).expect("root");
            chown(&path, Some(owner), None).expect("root");
            mode(fixture.folder.path(), 0o755);
            command.args([&format!("--reuid={NOBODY}"), &format!("--regid={NOBODY}"), "--clear-groups"]).arg(&copy);
        } else {
            command = Command::new(&copy);
        }
        mode(folder, 0o555);
        command.args(["--exact", "off::child", "--nocapture"]).env(FOLDER, folder).env(CHOICE, "off");
        let output = command.output().expect("a child");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        mode(folder, 0o755);
        assert_eq!(said.contains("SAID done"), emptied, "{file_mode:o}: {said}");
        assert_eq!(fs::metadata(&path).expect("a file").size() == 0, emptied, "{file_mode:o}");
        assert!(emptied || said.contains("nor deleted") && said.contains("so what it says stays"), "{said}");
    }
}

/// The file is shared: whoever else keeps a choice in it is off then, too, and not what they were not asked for.
#[test]
fn an_off_that_cannot_be_written_costs_others_theirs() {
    let (fixture, path) = chosen(Consent::OptedIn);
    fixture.store(scrapbook()).choose(Consent::Default).expect("a writable folder");
    assert!(choose_without_room(path.parent().expect("a folder"), "off", true).contains("SAID done"));
    for store in [fixture.store(agreed()), fixture.store(scrapbook())] {
        assert_eq!(store.decide(None).consent, Consent::Off);
        assert!(store.read().problem.is_some());
    }
}

#[test]
fn less_than_before_does_not_stay_what_it_was_where_it_cannot_be_written() {
    let (fixture, path) = chosen(Consent::OptedIn);
    let said = choose_without_room(path.parent().expect("a folder"), "on", true);
    assert!(said.contains("until it is, telemetry is off"), "{said}");
    assert_eq!(fixture.store(agreed()).decide(None).consent, Consent::Off);
    let (fixture, path) = chosen(Consent::Off);
    assert!(!choose_without_room(path.parent().expect("a folder"), "on", true).contains("SAID done"));
    assert_eq!(fixture.store(agreed()).read().choice, Some(Consent::Off), "more than before leaves it as it is");
}

/// The names of files that killed processes left.
const LEFT: [&str; 3] = [
    ".telemetry.json.123-0123456789abcdef",
    ".telemetry-last-run.json.4-ffffffffffffffff",
    ".telemetry.json.9-0000000000000000",
];

/// Files of others, however much alike their names are.
const OTHERS: [&str; 4] =
    [".telemetry.json.123", ".telemetry.json.x-0123456789abcdef", "telemetry.json.1-0123456789abcdef", "notes.txt"];

#[test]
fn off_takes_all_that_was_remembered_and_what_killed_processes_left() {
    let (fixture, path) = chosen(Consent::OptedIn);
    let folder = path.parent().expect("a folder");
    let spool = fixture.folder.path().join("spool");
    let (pipeline, _) = fixture.builder(agreed()).spool(&spool).build();
    pipeline.emit(&EXPORTED);
    assert!(pipeline.flush(LIMIT));
    assert!(folder.join("telemetry-last-run.json").exists());
    for name in LEFT.iter().chain(&OTHERS) {
        fs::write(folder.join(name), "Taxes").expect("a writable folder");
    }
    fs::create_dir_all(&spool).expect("a folder");
    let record = "0000000000000001-0000000000000002-00000003-00000001-2";
    for state in ["", ".new", ".sending"] {
        fs::write(spool.join(format!("{record}{state}.candor")), "Taxes").expect("a writable folder");
    }
    let said = host::choose(&pipeline, Consent::Off).expect("a writable folder");
    assert!(said.starts_with("telemetry: off (chosen on"), "{said}");
    let mut names: Vec<_> = fs::read_dir(folder).expect("files").flatten().map(|file| file.file_name()).collect();
    names.sort();
    let mut expected = [&OTHERS[..], &["telemetry.json"]].concat();
    expected.sort();
    assert_eq!(names, expected);
    assert_eq!(fs::read_dir(&spool).map_or(0, Iterator::count), 0);
}

#[test]
fn whoever_writes_or_starts_takes_what_killed_processes_left() {
    for act in ["a choice", "a notice", "a start"] {
        let (fixture, path) = chosen(Consent::Default);
        let folder = path.parent().expect("a folder");
        LEFT.iter().for_each(|name| fs::write(folder.join(name), "Taxes").expect("a writable folder"));
        let store = fixture.store(agreed());
        match act {
            "a choice" => store.choose(Consent::OptedIn).expect("a writable folder"),
            "a notice" => store.notice_shown().expect("a writable folder"),
            _ => drop(fixture.builder(agreed()).build()),
        }
        assert!(!LEFT.iter().any(|name| folder.join(name).exists()), "{act}");
    }
}

/// A file that is being written is not deleted.
#[test]
fn a_start_waits_for_nobody_and_leaves_what_is_being_written() {
    let (fixture, path) = chosen(Consent::Default);
    let folder = path.parent().expect("a folder");
    LEFT.iter().for_each(|name| fs::write(folder.join(name), "Taxes").expect("a writable folder"));
    let writer = fs::File::open(folder).expect("a folder");
    writer.try_lock().expect("a lock");
    let start = std::time::Instant::now();
    let (_, decision) = fixture.builder(agreed()).build();
    assert!(start.elapsed() < Duration::from_millis(900), "{:?}", start.elapsed());
    assert_eq!(decision.consent, Consent::Default);
    assert!(LEFT.iter().all(|name| folder.join(name).exists()));
    assert!(fixture.store(agreed()).notice_shown().is_err(), "a notice is not written then");
    fixture.store(agreed()).choose(Consent::Off).expect("a choice is");
    assert_eq!(fixture.store(agreed()).read().choice, Some(Consent::Off));
}

/// Killed in any moment of writing, and switched off: not a word that somebody wrote is left.
#[test]
fn nothing_is_left_of_a_run_that_was_killed() {
    const LOOP: &str = "CANDOR_TEST_LOOP_IN";
    if let Some(folder) = std::env::var_os(LOOP) {
        let (pipeline, _) = candor::Pipeline::builder(agreed())
            .store(Store::at(agreed(), folder))
            .transport(crate::Keep(Default::default()))
            .build();
        loop {
            (0..200).for_each(|_| pipeline.emit(&EXPORTED));
            pipeline.flush(LIMIT);
        }
    }
    let (fixture, path) = chosen(Consent::OptedIn);
    let folder = path.parent().expect("a folder");
    for pause in 1..=20 {
        let mut command = Command::new(std::env::current_exe().expect("this test"));
        command.args(["--exact", "off::nothing_is_left_of_a_run_that_was_killed"]).env(LOOP, folder);
        let mut child = command.stdout(Stdio::null()).spawn().expect("a child");
        std::thread::sleep(Duration::from_millis(20 + 7 * pause));
        child.kill().expect("a child"); // as `kill -9` does
        child.wait().expect("a child");
        assert!(fs::read_dir(folder).expect("files").count() <= 4, "one killed run leaves one file at most");
    }
    fixture.store(agreed()).choose(Consent::Off).expect("a writable folder");
    let names: Vec<_> = fs::read_dir(folder).expect("files").flatten().map(|file| file.file_name()).collect();
    assert_eq!(names, ["telemetry.json"]);
    assert!(!fs::read_to_string(&path).expect("a file").contains("Taxes"));
}

/// Another process switches off, and this one was not told yet: it keeps nothing of its run from then on.
#[test]
fn a_run_that_goes_on_remembers_nothing_after_off() {
    let (fixture, path) = chosen(Consent::OptedIn);
    let (pipeline, _) = fixture.builder(agreed()).build();
    pipeline.emit(&EXPORTED);
    assert!(pipeline.flush(LIMIT));
    fixture.store(agreed()).choose(Consent::Off).expect("a writable folder");
    pipeline.emit(&EXPORTED);
    assert!(pipeline.flush(LIMIT));
    assert!(!path.with_file_name("telemetry-last-run.json").exists());
}

const ID: &str = r#"{"id": "7239fb9a-c3dd-4c4a-9029-17162258ab54", "drawn": "2026-01-01T00:00:00Z"}"#;

/// Off keeps neither ids nor times, and other choices keep both.
#[test]
fn ids_and_times_stay_until_off() {
    let (fixture, path) = chosen(Consent::Default);
    let with_both = crate::form::with_members(
        &fs::read_to_string(&path).expect("a file"),
        &[("installation_id", ID), ("reported", "{\"event demo\": \"2026-01-01T00:00:00Z\"}")],
    );
    fs::File::create(&path).and_then(|mut file| file.write_all(with_both.as_bytes())).expect("a writable folder");
    let store = fixture.store(agreed());
    assert_eq!((store.read().choice, store.read().problem), (Some(Consent::Default), None));
    for choice in [Consent::OptedIn, Consent::Default] {
        store.choose(choice).expect("a writable folder");
        let text = fs::read_to_string(&path).expect("a file");
        assert!(
            text.contains("7239fb9a-c3dd-4c4a-9029-17162258ab54") && text.contains("2026-01-01T00:00:00Z"),
            "{text}"
        );
    }
    store.choose(Consent::Off).expect("a writable folder");
    let text = fs::read_to_string(&path).expect("a file");
    assert!(!text.contains("installation_id") && !text.contains("reported"), "{text}");
}
