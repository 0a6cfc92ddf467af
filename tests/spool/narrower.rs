//! Signals that wait in files when the user has agreed to less by now than when they were put there.

use std::time::Duration;

use candor::{Catalogue, Consent, Delivery, Pipeline, SignalKind, Spool, Store, Transport, define};

use crate::common::{Counted, Fixture, Hidden, Page, Worked, catalogue, event, later, request};

const LIMIT: Duration = Duration::from_secs(30);

fn narrower() -> &'static Catalogue {
    candor::catalogue!("tests/fixtures/spool-narrower.yaml")
}

/// Leaves these requests as a process with this catalogue would.
fn leave(fixture: &Fixture, catalogue: &'static Catalogue, consent: Consent, requests: &[(SignalKind, Vec<u8>)]) {
    fixture.network.is(later());
    let mut spool = fixture.spool_of(catalogue).consent(consent);
    for (kind, body) in requests {
        assert_eq!(spool.send(*kind, body).map(|delivery| delivery.spooled), Ok(1));
    }
    fixture.network.is(Ok(Delivery::default()));
}

fn padded(number: u64) -> (SignalKind, Vec<u8>) {
    let padding = Some("x".repeat(40));
    (SignalKind::Event, request(Consent::Default, &Counted { number, padding, note: None }))
}

fn arrived(fixture: &Fixture, text: &str) -> bool {
    let taken = fixture.network.taken();
    taken.iter().any(|(_, body)| body.windows(text.len()).any(|window| window == text.as_bytes()))
}

/// An attribute that was collected by default and is opt-in now, under the version that it had: it does not leave, and
/// is counted.
#[test]
fn a_catalogue_that_lists_less_under_its_version() {
    for now in [Consent::Default, Consent::OptedIn] {
        let fixture = Fixture::new();
        leave(&fixture, catalogue(), Consent::Default, &[padded(1)]);
        let delivery = fixture.spool_of(narrower()).consent(now).send(SignalKind::Event, &event(2)).expect("taken");
        assert_eq!((delivery.resent, delivery.lost), (0, 1));
        assert!(!arrived(&fixture, "xxxx"));
        assert_eq!(fixture.network.numbers(), [2]);
        assert_eq!(fixture.files(), [""; 0]);
    }
}

/// Anything else that says what may leave, and where it goes.
#[test]
fn a_catalogue_that_lists_something_else_under_its_version() {
    type Change = fn(&mut Catalogue);
    let changed = |change: Change| -> &'static Catalogue {
        let Catalogue { name, title, version, service, endpoints, opt_in, opt_out, signals, .. } = *catalogue();
        let disclosure = candor::Disclosure::NONE;
        let mut catalogue =
            Catalogue { name, title, version, service, endpoints, opt_in, opt_out, signals, disclosure };
        change(&mut catalogue);
        Box::leak(Box::new(catalogue))
    };
    let cases: [(Change, u64); 5] = [
        (|_| {}, 0),
        (|catalogue| catalogue.title = "Another title", 0),
        (|catalogue| catalogue.endpoints = const { &[define::otlp("default", "https://other.example")] }, 1),
        (|catalogue| catalogue.opt_in = Some("share_all"), 1),
        (|catalogue| catalogue.signals = &catalogue.signals[1..], 1),
    ];
    for (position, (change, lost)) in cases.into_iter().enumerate() {
        let fixture = Fixture::new();
        leave(&fixture, catalogue(), Consent::Default, &[padded(1)]);
        let delivery = fixture.spool_of(changed(change)).send(SignalKind::Event, &event(2)).expect("taken");
        assert_eq!((delivery.resent, delivery.lost), (1 - lost, lost), "case {position}");
    }
}

/// A record that an edit of its file made look like one of this catalogue is not whole.
#[test]
fn the_fingerprint_is_part_of_what_the_checksum_covers() {
    const FINGERPRINT: std::ops::Range<usize> = 42..50;
    let (fixture, other) = (Fixture::new(), Fixture::new());
    leave(&fixture, catalogue(), Consent::Default, &[padded(1)]);
    leave(&other, narrower(), Consent::Default, &[(SignalKind::Event, event(2))]);
    let record = |fixture: &Fixture| fixture.folder.join(&fixture.waiting()[0]);
    let (mut forged, narrow) = (std::fs::read(record(&fixture)), std::fs::read(record(&other)).expect("a record"));
    let forged = forged.as_mut().expect("a record");
    assert_ne!(forged[FINGERPRINT], narrow[FINGERPRINT]);
    forged[FINGERPRINT].copy_from_slice(&narrow[FINGERPRINT]);
    std::fs::write(record(&fixture), forged).expect("written");
    let delivery = fixture.spool_of(narrower()).send(SignalKind::Event, &event(3)).expect("taken");
    assert_eq!((delivery.resent, delivery.lost), (0, 1));
    assert!(!arrived(&fixture, "xxxx"));
}

/// Data that the user has not agreed to is held back in files as it is in memory: as a whole, in objects, or by its
/// key.
#[test]
fn what_is_held_back_by_now_is_not_sent() {
    let pages = |note| Some(vec![Page { size: 1, note }]);
    let event_with = |note| (SignalKind::Event, request(Consent::OptedIn, &Counted { number: 1, padding: None, note }));
    let span_with = |note| (SignalKind::Span, request(Consent::OptedIn, &Worked { number: 1, pages: pages(note) }));
    let hidden = (SignalKind::Span, request(Consent::OptedIn, &Hidden { number: 1 }));
    let cases = [
        (event_with(Some("Taxes")), Consent::OptedIn, 0),
        (span_with(Some("Taxes")), Consent::OptedIn, 0),
        (hidden, Consent::OptedIn, 0),
        (event_with(None), Consent::OptedIn, 1),
        (padded(1), Consent::OptedIn, 0),
        (padded(1), Consent::Default, 0),
        (event_with(None), Consent::Default, 1),
    ];
    // Somebody who agreed to a narrower catalogue runs the wider one, which left something before.
    for (position, (record, consent, resent)) in cases.into_iter().enumerate() {
        let fixture = Fixture::new();
        leave(&fixture, catalogue(), Consent::OptedIn, &[record]);
        let settings = tempfile::tempdir().expect("a folder");
        Store::at(agreed_without_notes(), settings.path()).choose(consent).expect("a writable folder");
        let (pipeline, decision) = Pipeline::builder(catalogue())
            .store(Store::at(catalogue(), settings.path()))
            .transport(fixture.network.clone().transport())
            .spool(&fixture.folder)
            .build();
        assert_eq!(decision.consent, consent);
        pipeline.emit(&Worked { number: 2, pages: None });
        assert!(pipeline.shutdown(LIMIT));
        let stats = pipeline.stats();
        assert_eq!((stats.resent, stats.lost, stats.sent), (resent, 1 - resent, 1), "case {position}");
        assert!(!arrived(&fixture, "Taxes") && !arrived(&fixture, "xxxx"), "case {position}");
    }
}

/// Numbers alone, of what is collected by default.
fn agreed_without_notes() -> &'static Catalogue {
    candor::catalogue!("tests/fixtures/spool-agreed.yaml")
}

/// Off says so when the spool cannot be deleted.
#[test]
#[cfg(unix)]
fn an_off_that_leaves_something_says_so() {
    let fixture = Fixture::new();
    let settings = tempfile::tempdir().expect("a folder");
    let build = || {
        Pipeline::builder(catalogue())
            .store(Store::at(catalogue(), settings.path()))
            .transport(fixture.network.clone().transport())
            .spool(&fixture.folder)
            .build()
            .0
    };
    std::fs::write(&fixture.folder, "a file where the folder should be").expect("written");
    assert!(build().choose(Consent::Off).is_err());
    assert_eq!(Store::at(catalogue(), settings.path()).read().choice, Some(Consent::Off), "it is off all the same");
    std::fs::remove_file(&fixture.folder).expect("removed");
    assert!(Spool::erase(&fixture.folder).is_ok() && build().choose(Consent::Off).is_ok());
}
