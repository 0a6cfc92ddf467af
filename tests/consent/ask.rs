//! The question, at a terminal and without one.

use std::process::{Command, Stdio};
use std::time::Duration;

use candor::{Catalogue, Consent, Store, host};
use rexpect::session::spawn_command;

use crate::{EXPORTED, Fixture, Keep, Sent, agreed, grown, quiet};

const FOLDER: &str = "CANDOR_TEST_ASK_IN";
const CATALOGUE: &str = "CANDOR_TEST_ASK_ABOUT";

fn catalogue(name: &str) -> &'static Catalogue {
    [agreed(), grown(), quiet()].into_iter().find(|known| known.name == name || known.version == name).expect("a name")
}

/// The child process: asks, reports, and says how often it did.
#[test]
fn child() {
    let (Some(folder), Ok(name)) = (std::env::var_os(FOLDER), std::env::var(CATALOGUE)) else { return };
    let (catalogue, sent) = (catalogue(&name), Sent::default());
    let builder = candor::Pipeline::builder(catalogue).store(Store::at(catalogue, folder)).ask_first(true);
    let (pipeline, _) = builder.transport(Keep(sent.clone())).build();
    let answer = host::ask(&pipeline);
    pipeline.emit(&EXPORTED);
    assert!(pipeline.shutdown(Duration::from_secs(10)));
    println!("SAID {answer:?} SENT {}", sent.lock().expect("what was sent").len());
}

fn command(fixture: &Fixture, catalogue: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    command.args(["--exact", "ask::child", "--nocapture"]).env(CATALOGUE, catalogue).env("TERM", "dumb");
    command.env(FOLDER, fixture.store(agreed()).folder().expect("a folder"));
    for name in candor::CONTINUOUS_INTEGRATION {
        command.env_remove(name);
    }
    command
}

/// Runs the program at a terminal, types the answer if there is a question, and expects what it says.
#[track_caller]
fn check(fixture: &Fixture, catalogue: &str, answer: &str, expected: &str) -> String {
    let mut session = spawn_command(command(fixture, catalogue), Some(30_000)).expect("a terminal");
    let mut said = String::new();
    if !answer.is_empty() {
        said = session.exp_string("May this be reported? [y/N]").expect("a question");
        session.send(answer).expect("a line");
        session.flush().expect("a line");
    }
    let rest = session.exp_eof().expect("its end");
    assert!(rest.contains(expected), "{answer:?}: {expected}: {rest}");
    assert!(!answer.is_empty() || !rest.contains("[y/N]"), "{rest}");
    said
}

#[test]
fn a_yes_counts_at_once_and_is_remembered() {
    let fixture = Fixture::new();
    let said = check(&fixture, "notebook", "y\n", "SAID Some(true) SENT 1");
    assert!(said.contains("Notebook reports how it is used.") && !said.contains("in this run"), "{said}");
    assert_eq!(fixture.store(agreed()).read().choice, Some(Consent::Default));
    check(&fixture, "notebook", "", "SAID None SENT 1");
}

#[test]
fn whatever_is_not_a_yes_is_a_no() {
    for answer in ["\n", "n\n", "maybe\n", "\u{4}"] {
        let fixture = Fixture::new();
        check(&fixture, "notebook", answer, "SAID Some(false) SENT 0");
        assert_eq!(fixture.store(agreed()).read().choice, Some(Consent::Off), "{answer:?}");
        check(&fixture, "notebook", "", "SAID None SENT 0");
    }
}

#[test]
fn a_yes_opts_in_where_there_is_nothing_else() {
    let fixture = Fixture::new();
    let said = check(&fixture, "quiet", "YES\n", "SAID Some(true)");
    assert!(said.contains("Quiet reports nothing unless you opt in."), "{said}");
    assert_eq!(fixture.store(quiet()).read().choice, Some(Consent::OptedIn));
}

/// A user who says no to more keeps to what they agreed to, and is not asked again about the same.
#[test]
fn a_no_to_more_keeps_what_was_agreed_to() {
    let fixture = Fixture::new();
    fixture.store(agreed()).choose(Consent::Default).expect("a writable folder");
    let said = check(&fixture, "2.0.0", "n\n", "SAID Some(false)");
    assert!(said.contains("goes further:"), "{said}");
    check(&fixture, "2.0.0", "", "SAID None");
    let store = fixture.store(grown());
    assert_eq!((store.read().choice, store.read().version.as_deref()), (Some(Consent::Default), Some("1.0.0")));
    let (pipeline, _) = fixture.builder(grown()).build();
    assert_eq!(pipeline.notice_due(), None, "they were asked");
    store.choose(Consent::Default).expect("a writable folder");
    assert_eq!(store.read().version.as_deref(), Some("2.0.0"));
}

#[test]
fn a_yes_to_more_counts_at_once() {
    let fixture = Fixture::new();
    fixture.store(agreed()).choose(Consent::OptedIn).expect("a writable folder");
    check(&fixture, "2.0.0", "y\n", "SAID Some(true)");
    let stored = fixture.store(grown()).read();
    assert_eq!((stored.choice, stored.version.as_deref()), (Some(Consent::OptedIn), Some("2.0.0")));
}

/// Without a terminal nobody is asked, and the question stays due.
#[test]
fn without_a_terminal_nobody_is_asked() {
    let fixture = Fixture::new();
    for input in ["", "y\n"] {
        let mut child = command(&fixture, "notebook")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a child");
        std::io::Write::write_all(&mut child.stdin.take().expect("its input"), input.as_bytes()).expect("its input");
        let output = child.wait_with_output().expect("its end");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains("SAID None SENT 0") && !said.contains("[y/N]"), "{said}");
    }
    assert_eq!(fixture.store(agreed()).read().date, None);
}
