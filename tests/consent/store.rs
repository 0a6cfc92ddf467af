//! Writing and reading a choice, and the meaning of an unreadable file.

use std::fs;
use std::time::Duration;

use candor::{Consent, Reason, Store};

use crate::{EXPORTED, Fixture, agreed, grown, ran_elsewhere};

const LIMIT: Duration = Duration::from_secs(10);

#[test]
fn a_choice_is_read_as_it_was_written() {
    let fixture = Fixture::new();
    let store = fixture.store(agreed());
    assert_eq!((store.read().choice, store.read().date), (None, None));
    for choice in [Consent::OptedIn, Consent::Off, Consent::Default] {
        store.choose(choice).expect("a writable folder");
        let stored = store.read();
        assert_eq!((stored.choice, stored.version.as_deref(), stored.problem), (Some(choice), Some("1.0.0"), None));
    }
    let names: Vec<_> = fs::read_dir(store.folder().expect("a folder")).expect("files").flatten().collect();
    assert_eq!(names.len(), 1, "nothing is left of writing: {names:?}");
}

#[cfg(unix)]
#[test]
fn only_their_owner_reads_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let fixture = Fixture::new();
    let store = fixture.store(agreed());
    store.choose(Consent::Default).expect("a writable folder");
    let (pipeline, _) = fixture.builder(agreed()).build();
    pipeline.emit(&EXPORTED);
    assert!(pipeline.shutdown(LIMIT));
    let folder = store.folder().expect("a folder");
    for name in ["telemetry.json", "telemetry-last-run.json"] {
        let mode = fs::metadata(folder.join(name)).expect(name).permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    assert_eq!(fs::metadata(folder).expect("the folder").permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_store_that_cannot_be_written_asks_again_and_breaks_nothing() {
    if ran_elsewhere("store::a_store_that_cannot_be_written_asks_again_and_breaks_nothing") {
        return;
    }
    let fixture = Fixture::new();
    fs::write(fixture.folder.path().join("notebook"), "a file, where the folder would be").expect("a file");
    assert!(fixture.store(agreed()).choose(Consent::Default).is_err());
    let (pipeline, decision) = fixture.builder(agreed()).build();
    assert_eq!((decision.consent, decision.reason), (Consent::Off, Reason::NoticeDue));
    pipeline.emit(&EXPORTED);
    assert!(pipeline.notice_due().is_some());
    assert!(pipeline.notice_shown().is_err(), "it says that it will be due again");
    assert_eq!(pipeline.notice_due(), None, "but not in this run");
    pipeline.emit(&EXPORTED);
    assert!(pipeline.shutdown(LIMIT));
    assert!(fixture.payloads(agreed()).is_empty());
    assert_eq!(fixture.builder(agreed()).build().1.reason, Reason::NoticeDue);
}

#[test]
fn nothing_is_sent_before_the_notice_was_shown() {
    if ran_elsewhere("store::nothing_is_sent_before_the_notice_was_shown") {
        return;
    }
    let fixture = Fixture::new();
    let (pipeline, decision) = fixture.builder(agreed()).build();
    assert_eq!(decision.reason, Reason::NoticeDue);
    pipeline.emit(&EXPORTED);
    pipeline.sharing(true).emit(&EXPORTED);
    assert!(pipeline.flush(LIMIT));
    assert!(fixture.payloads(agreed()).is_empty());
    let notice = pipeline.notice_due().expect("a notice").to_string();
    for said in ["Notebook", "It helps us", "Usage", "share_titles", "Titles", "NOTEBOOK_NO_TELEMETRY=1"] {
        assert!(notice.contains(said), "{said}: {notice}");
    }
    pipeline.notice_shown().expect("a writable folder");
    assert_eq!(pipeline.notice_due(), None);
    assert_eq!(pipeline.reload().reason, Reason::NoticeShown);
    pipeline.emit(&EXPORTED);
    pipeline.sharing(true).emit(&EXPORTED);
    assert!(pipeline.shutdown(LIMIT));
    assert!(fixture.payloads(agreed()).is_empty(), "the run that shows it holds back what it is about");
    let (pipeline, decision) = fixture.builder(agreed()).build();
    assert_eq!((decision.consent, decision.reason), (Consent::Default, Reason::Default), "it is remembered");
    pipeline.emit(&EXPORTED);
    assert!(pipeline.shutdown(LIMIT));
    assert_eq!(fixture.payloads(agreed()), [r#"{"same":true,"longer":"long"}}"#]);
}

/// A second process decides, and the first is told to look.
#[test]
fn a_running_program_is_switched_off_and_forgets() {
    let fixture = Fixture::new();
    let store = fixture.store(agreed());
    store.choose(Consent::OptedIn).expect("a writable folder");
    let spool = fixture.folder.path().join("spool");
    let (pipeline, decision) = fixture.builder(agreed()).spool(&spool).build();
    assert_eq!(decision.consent, Consent::OptedIn);
    pipeline.emit(&EXPORTED);
    assert!(pipeline.flush(LIMIT));
    assert_eq!(fixture.payloads(agreed()), [r#"{"same":true,"longer":"long","title":"Taxes"}}"#]);
    assert!(store.last_run().is_some());
    pipeline.emit(&EXPORTED);

    fixture.store(agreed()).choose(Consent::Off).expect("a writable folder");
    let decision = pipeline.reload();
    assert!(decision.consent == Consent::Off && matches!(decision.reason, Reason::Stored { .. }), "{decision:?}");
    pipeline.emit(&EXPORTED);
    assert!(pipeline.shutdown(LIMIT));
    assert_eq!(fixture.payloads(agreed()).len(), 1, "what waited is dropped, and nothing comes after it");
    assert_eq!(store.last_run(), None);
    assert_eq!(fs::read_dir(&spool).map_or(0, Iterator::count), 0);
}

#[test]
fn the_last_run_is_kept_as_it_was_sent() {
    let fixture = Fixture::new();
    let store = fixture.store(agreed());
    store.choose(Consent::Default).expect("a writable folder");
    for _ in 0..2 {
        fixture.sent.lock().expect("what was sent").clear();
        let (pipeline, _) = fixture.builder(agreed()).build();
        pipeline.emit(&EXPORTED);
        pipeline.emit(&EXPORTED);
        assert!(pipeline.shutdown(LIMIT));
        let last = store.last_run().expect("a last run");
        assert_eq!((last.stats.emitted, last.stats.sent, last.stats.dropped, last.more_requests), (2, 2, 0, 0));
        let kept: Vec<_> =
            last.requests.into_iter().filter_map(|request| Some((request.kind?, request.body))).collect();
        assert_eq!(kept, *fixture.sent.lock().expect("what was sent"));
    }
    assert_eq!(
        Store::at(grown(), store.folder().expect("a folder")).last_run().map(|run| run.version).as_deref(),
        Some("1.0.0")
    );
}

#[test]
fn what_is_kept_of_a_run_is_bounded() {
    let fixture = Fixture::new();
    let store = fixture.store(agreed());
    store.choose(Consent::Default).expect("a writable folder");
    let (pipeline, _) = fixture.builder(agreed()).build();
    for _ in 0..40 {
        for _ in 0..200 {
            pipeline.emit(&EXPORTED);
        }
        assert!(pipeline.flush(LIMIT));
    }
    assert!(pipeline.shutdown(LIMIT));
    let last = store.last_run().expect("a last run");
    let bytes: usize = last.requests.iter().map(|request| request.body.len()).sum();
    assert!(bytes <= 256 << 10 && last.more_requests > 0, "{bytes} bytes, {} more", last.more_requests);
    assert_eq!(
        last.requests.len() as u64 + last.more_requests,
        fixture.sent.lock().expect("what was sent").len() as u64
    );
}

#[test]
fn what_the_application_sets_needs_no_notice() {
    let fixture = Fixture::new();
    let (pipeline, decision) = fixture.builder(agreed()).consent(Consent::OptedIn).build();
    assert_eq!((decision.reason, pipeline.notice_due()), (Reason::Explicit, None));
    pipeline.set_consent(Consent::Off);
    assert_eq!(pipeline.consent(), Consent::Off);
}
