//! Two catalogues that keep their choices in one folder.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use candor::{Catalogue, Consent, Pipeline, Reason, Store, Telemetry};

use crate::{EXPORTED, Fixture, agreed, scrapbook};

const LIMIT: Duration = Duration::from_secs(10);

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/consent/scrapbook.yaml", span = "glued")]
struct Glued {
    scraps: u8,
    word: Option<&'static str>,
}

const GLUED: Glued = Glued { scraps: 3, word: Some("word") };

fn stores(fixture: &Fixture) -> [Store; 2] {
    [agreed(), scrapbook()].map(|catalogue| fixture.store(catalogue))
}

#[test]
fn neither_overwrites_the_other() {
    let choices = [Consent::Off, Consent::Default, Consent::OptedIn];
    for (first, second) in choices.into_iter().flat_map(|first| choices.map(|second| (first, second))) {
        let fixture = Fixture::new();
        let [notebook, scrapbook] = stores(&fixture);
        notebook.choose(first).expect("a writable folder");
        assert_eq!(scrapbook.read().date, None, "its user was not asked");
        scrapbook.choose(second).expect("a writable folder");
        scrapbook.notice_shown().expect("a writable folder");
        let read = [notebook.read(), scrapbook.read()].map(|stored| (stored.choice, stored.version, stored.problem));
        let expected = [(Some(first), "1.0.0"), (Some(second), "3.0.0")];
        assert_eq!(read, expected.map(|(choice, version)| (choice, Some(version.to_owned()), None)));
    }
}

/// A notice and an off that are written at the same moment: none of the two is lost.
#[test]
fn an_off_is_not_lost_to_whoever_writes_at_the_same_time() {
    let fixture = Fixture::new();
    let [notebook, scrapbook] = stores(&fixture);
    for _ in 0..20 {
        notebook.choose(Consent::OptedIn).expect("a writable folder");
        let start = Barrier::new(3);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    start.wait();
                    scrapbook.notice_shown().expect("a writable folder");
                });
            }
            start.wait();
            notebook.choose(Consent::Off).expect("a writable folder");
        });
        assert_eq!(notebook.read().choice, Some(Consent::Off));
        assert!(scrapbook.read().date.is_some() && scrapbook.read().problem.is_none());
    }
}

#[test]
fn each_has_its_last_run_and_off_takes_only_its_own() {
    let fixture = Fixture::new();
    let run = |catalogue: &'static Catalogue| -> Pipeline { fixture.builder(catalogue).build().0 };
    stores(&fixture).iter().for_each(|store| store.choose(Consent::OptedIn).expect("a writable folder"));
    let (notebook, scrapbook) = (run(agreed()), run(scrapbook()));
    notebook.emit(&EXPORTED);
    assert!(notebook.shutdown(LIMIT));
    scrapbook.emit(&GLUED);
    assert!(scrapbook.shutdown(LIMIT));
    let [of_notebook, of_scrapbook] = stores(&fixture);
    let versions = [&of_notebook, &of_scrapbook].map(|store| store.last_run().map(|run| run.version));
    assert_eq!(versions, [Some("1.0.0".to_owned()), Some("3.0.0".to_owned())]);
    of_notebook.choose(Consent::Off).expect("a writable folder");
    assert_eq!(of_notebook.last_run(), None);
    assert!(of_scrapbook.last_run().is_some());
    of_scrapbook.choose(Consent::Off).expect("a writable folder");
    let names: Vec<_> = std::fs::read_dir(of_notebook.folder().expect("a folder")).expect("files").flatten().collect();
    assert_eq!(names.len(), 1, "only the choices are left: {names:?}");
}

/// A file that cannot be read is replaced by a choice alone. A user who was off stays off.
#[test]
fn a_choice_that_replaces_a_damaged_file_leaves_the_others_off() {
    let fixture = Fixture::new();
    let [notebook, scrapbook] = stores(&fixture);
    notebook.choose(Consent::Off).expect("a writable folder");
    scrapbook.choose(Consent::Default).expect("a writable folder");
    let path = notebook.folder().expect("a folder").join("telemetry.json");
    let text = std::fs::read_to_string(&path).expect("a file");
    std::fs::write(&path, &text[..text.len() - 9]).expect("a writable folder");
    scrapbook.choose(Consent::Default).expect("a writable folder");
    assert_eq!((scrapbook.read().choice, scrapbook.read().problem), (Some(Consent::Default), None));
    let decision = notebook.decide(None);
    assert!(decision.consent == Consent::Off && matches!(decision.reason, Reason::Doubt { .. }), "{decision:?}");
    assert!(notebook.notice_shown().is_err(), "a notice does not change that");
    notebook.choose(Consent::Default).expect("a writable folder");
    assert_eq!(notebook.decide(None).consent, Consent::Default);
    assert_eq!(scrapbook.decide(None).consent, Consent::Default);
}

#[test]
fn a_damaged_entry_is_no_doubt_about_the_others() {
    let fixture = Fixture::new();
    let [notebook, scrapbook] = stores(&fixture);
    notebook.choose(Consent::Off).expect("a writable folder");
    scrapbook.choose(Consent::Default).expect("a writable folder");
    let path = notebook.folder().expect("a folder").join("telemetry.json");
    let text = std::fs::read_to_string(&path).expect("a file");
    std::fs::write(&path, text.replace("\"3.0.0\"", "\"3.0.1\"")).expect("a writable folder");
    assert_eq!((notebook.read().choice, notebook.read().problem), (Some(Consent::Off), None));
    assert!(scrapbook.read().problem.is_some_and(|why| why.contains("scrapbook was changed")));
    notebook.choose(Consent::Default).expect("a writable folder");
    assert!(scrapbook.read().problem.is_some(), "an entry stays as it is, whatever is in it");
}
