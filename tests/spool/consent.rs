//! Consent for signals that wait in files, and for pipelines with a spool.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use candor::{Builder, Consent, Delivery, Pipeline, Retry, SignalKind, Spool, Stats, Transport, TransportError};

use crate::common::{Counted, Fixture, Hidden, Network, Page, Worked, catalogue, error, event, numbers, request, span};

const LIMIT: Duration = Duration::from_secs(30);

/// A network that is away, and back whenever somebody tries.
fn away() -> Network {
    let network = Network::default();
    network.is(error(Retry::After(Duration::ZERO)));
    network
}

fn builder(fixture: &Fixture, network: &Network) -> Builder {
    Pipeline::builder(catalogue())
        .consent(Consent::Default)
        .transport(network.clone().transport())
        .spool(&fixture.folder)
}

fn counted(number: u64) -> Counted {
    Counted { number, padding: None, note: None }
}

const NOTED: Counted = Counted { number: 7, padding: None, note: Some("a note") };

/// Leaves the request as a process with this consent would; says how many of its signals a process with `now` sends.
#[track_caller]
fn check_later_process(left_by: Consent, kind: SignalKind, body: &[u8], now: Consent, expected: u64) {
    let fixture = Fixture::new();
    fixture.network.is(error(Retry::Later));
    assert!(fixture.spool().consent(left_by).send(kind, body).is_ok_and(|delivery| delivery.spooled == 1));
    fixture.network.is(Ok(Delivery::default()));
    let delivery = fixture.spool().consent(now).send(SignalKind::Event, &event(0)).expect("taken");
    assert_eq!((delivery.resent, delivery.lost), (expected, 1 - expected));
    assert_eq!(fixture.network.taken().len() as u64, expected + 1);
    assert_eq!(fixture.files(), [""; 0]);
}

#[test]
fn what_is_collected_by_default_is_sent_at_any_consent() {
    let pages = Some(vec![Page { size: 1, note: None }]);
    for body in [span(1), request(Consent::OptedIn, &Worked { number: 2, pages })] {
        for now in [Consent::Default, Consent::OptedIn] {
            check_later_process(Consent::OptedIn, SignalKind::Span, &body, now, 1);
        }
    }
    check_later_process(Consent::OptedIn, SignalKind::Event, &event(1), Consent::Default, 1);
    let quoting = Counted { number: 1, padding: Some("\"note\":".to_owned()), note: None };
    check_later_process(Consent::OptedIn, SignalKind::Event, &request(Consent::OptedIn, &quoting), Consent::Default, 1);
}

#[test]
fn what_was_opted_in_to_is_not_sent_by_a_process_without_that_consent() {
    let pages = Some(vec![Page { size: 1, note: None }, Page { size: 2, note: Some("deep") }]);
    let requests = [
        (SignalKind::Event, request(Consent::OptedIn, &NOTED)),
        (SignalKind::Span, request(Consent::OptedIn, &Worked { number: 2, pages })),
        (SignalKind::Span, request(Consent::OptedIn, &Hidden { number: 3 })),
    ];
    for (kind, body) in requests {
        check_later_process(Consent::OptedIn, kind, &body, Consent::OptedIn, 1);
        check_later_process(Consent::OptedIn, kind, &body, Consent::Default, 0);
    }
}

#[test]
fn an_instance_that_opted_in_is_sent_by_its_own_process() {
    let (fixture, network) = (Fixture::new(), away());
    let (pipeline, _) = builder(&fixture, &network).build();
    pipeline.sharing(true).emit(&NOTED);
    assert!(pipeline.flush(LIMIT));
    assert!(fixture.waiting()[0].ends_with("-2.candor"), "{:?}", fixture.waiting());
    network.is(Ok(Delivery::default()));
    pipeline.emit(&counted(8));
    assert!(pipeline.flush(LIMIT));
    assert_eq!(network.numbers(), [7, 8]);
}

#[test]
fn counters_add_up() {
    let (fixture, network) = (Fixture::new(), away());
    let (pipeline, _) = builder(&fixture, &network).build();
    for number in 0..10 {
        pipeline.emit(&counted(number));
        pipeline.emit(&Worked { number: 10 + number, pages: None });
    }
    assert!(pipeline.flush(LIMIT));
    assert_eq!(pipeline.stats().totals(), Stats { emitted: 20, spooled: 20, ..Stats::default() });
    network.is(Ok(Delivery::default()));
    pipeline.emit(&counted(20));
    assert!(pipeline.shutdown(LIMIT));
    assert_eq!(pipeline.stats().totals(), Stats { emitted: 21, spooled: 20, sent: 1, resent: 20, ..Stats::default() });
    let mut numbers = network.numbers();
    numbers.sort();
    assert_eq!(numbers, (0..21).collect::<Vec<_>>());
}

#[test]
fn without_a_usable_folder_signals_are_dropped_and_counted() {
    let (fixture, network) = (Fixture::new(), away());
    std::fs::write(&fixture.folder, "a file where the folder should be").expect("written");
    let (pipeline, _) = builder(&fixture, &network).build();
    pipeline.emit(&counted(1));
    assert!(pipeline.shutdown(LIMIT));
    assert_eq!(pipeline.stats().totals(), Stats { emitted: 1, dropped: 1, ..Stats::default() });
}

#[test]
fn off_at_the_start_deletes_what_waits() {
    let fixture = Fixture::new();
    fixture.leave(1..=3);
    let (pipeline, _) = builder(&fixture, &fixture.network).consent(Consent::Off).build();
    assert_eq!(fixture.files(), [""; 0]);
    pipeline.set_consent(Consent::Default);
    pipeline.emit(&counted(4));
    assert!(pipeline.flush(LIMIT));
    assert_eq!(fixture.network.numbers(), [4]);
}

#[test]
fn less_consent_deletes_what_waits_at_once_and_before_anything_was_ever_sent() {
    for less in [Consent::Off, Consent::Default] {
        let fixture = Fixture::new();
        fixture.leave(1..=3);
        let (pipeline, _) = builder(&fixture, &fixture.network).consent(Consent::OptedIn).build();
        assert_eq!(fixture.files().len(), 3);
        pipeline.set_consent(less);
        assert_eq!(fixture.files(), [""; 0]);
    }
}

#[test]
fn once_consent_is_withdrawn_nothing_that_waits_is_sent_and_nothing_is_written() {
    let (fixture, network) = (Fixture::new(), away());
    fixture.leave(1..=5);
    let handle: Arc<Mutex<Option<Pipeline>>> = Arc::default();
    let (of_transport, inner) = (handle.clone(), network.clone());
    let transport = move |kind: SignalKind, body: &[u8]| {
        if numbers(body) == [2] {
            of_transport.lock().expect("a handle").as_ref().expect("a pipeline").set_consent(Consent::Off);
        }
        inner.clone().transport().send(kind, body)
    };
    network.is(Ok(Delivery::default()));
    let (pipeline, _) =
        Pipeline::builder(catalogue()).consent(Consent::Default).transport(transport).spool(&fixture.folder).build();
    *handle.lock().expect("a handle") = Some(pipeline.clone());
    pipeline.emit(&counted(6));
    assert!(pipeline.flush(LIMIT));
    assert_eq!(network.numbers(), [1, 2], "2 was on its way");
    assert_eq!(fixture.files(), [""; 0]);
    assert_eq!(pipeline.stats().totals(), Stats { emitted: 1, dropped: 1, ..Stats::default() });
    *handle.lock().expect("a handle") = None;
}

#[test]
fn a_record_that_is_written_while_consent_is_withdrawn_does_not_stay() {
    let fixture = Fixture::new();
    let handle: Arc<Mutex<Option<Pipeline>>> = Arc::default();
    let of_transport = handle.clone();
    let transport = move |_: SignalKind, _: &[u8]| {
        of_transport.lock().expect("a handle").as_ref().expect("a pipeline").set_consent(Consent::Off);
        error(Retry::Later)
    };
    let (pipeline, _) =
        Pipeline::builder(catalogue()).consent(Consent::Default).transport(transport).spool(&fixture.folder).build();
    *handle.lock().expect("a handle") = Some(pipeline.clone());
    pipeline.emit(&counted(1));
    assert!(pipeline.flush(LIMIT));
    assert_eq!(fixture.files(), [""; 0]);
    assert_eq!(pipeline.stats().totals(), Stats { emitted: 1, dropped: 1, ..Stats::default() });
    *handle.lock().expect("a handle") = None;
}

#[test]
fn a_spool_that_is_handed_over_as_a_transport_is_told() {
    let fixture = Fixture::new();
    fixture.leave(1..=3);
    let transport = || Spool::new(fixture.network.clone().transport(), catalogue(), &fixture.folder);
    let (pipeline, _) = Pipeline::builder(catalogue()).consent(Consent::Default).transport(transport()).build();
    pipeline.set_consent(Consent::Off);
    pipeline.set_consent(Consent::Default);
    pipeline.emit(&counted(4));
    assert!(pipeline.flush(LIMIT));
    assert_eq!(fixture.network.numbers(), [4]);
    fixture.leave(5..=6);
    pipeline.set_consent(Consent::Off);
    assert!(pipeline.flush(LIMIT), "the sender passes it on before it does anything else");
    assert_eq!(fixture.files(), [""; 0]);
    fixture.leave(7..=8);
    let _ = Pipeline::builder(catalogue()).consent(Consent::Off).transport(transport()).build();
    assert_eq!(fixture.files(), [""; 0]);
}

#[test]
fn erasing_takes_records_in_every_state() {
    let fixture = Fixture::new();
    assert!(Spool::erase(&fixture.folder).is_ok(), "there is nothing");
    fixture.leave(1..=3);
    let names = fixture.waiting();
    fixture.rename(&names[0], &names[0].replace(".candor", ".sending.candor"));
    fixture.rename(&names[1], &names[1].replace(".candor", ".new.candor"));
    Spool::erase(&fixture.folder).expect("erased");
    assert_eq!(fixture.files(), [""; 0]);
}

#[test]
fn over_http_from_one_process_to_the_next() {
    let fixture = Fixture::new();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    let start = || {
        let builder = Pipeline::builder(catalogue()).consent(Consent::Default).endpoint(&endpoint);
        builder.spool(&fixture.folder).build().0
    };
    // A port that nobody listens to: the answer to the first request is that the connection is closed.
    let server = std::thread::spawn(move || {
        drop(listener.accept());
        let mut bodies = Vec::new();
        while bodies.len() < 2 {
            let (mut connection, _) = listener.accept().expect("a connection");
            while bodies.len() < 2
                && let Some(body) = answer(&mut connection)
            {
                bodies.push(body);
            }
        }
        bodies
    });
    let pipeline = start();
    pipeline.emit(&counted(1));
    assert!(pipeline.shutdown(LIMIT));
    assert_eq!(pipeline.stats().totals(), Stats { emitted: 1, spooled: 1, ..Stats::default() });
    let pipeline = start();
    pipeline.emit(&Worked { number: 2, pages: None });
    assert!(pipeline.shutdown(LIMIT));
    assert_eq!(pipeline.stats().totals(), Stats { emitted: 1, sent: 1, resent: 1, ..Stats::default() });
    let bodies = server.join().expect("no panic");
    assert_eq!(
        bodies.iter().map(|(path, body)| (path.as_str(), numbers(body))).collect::<Vec<_>>(),
        [("/v1/logs", vec![1]), ("/v1/traces", vec![2])]
    );
}

/// Reads one request and takes it; gives its path and its body. `None` at the end of the connection.
fn answer(connection: &mut (impl Read + Write)) -> Option<(String, Vec<u8>)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        connection.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).ok()?.to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?.trim().parse().ok()?;
    let mut body = vec![0; length];
    connection.read_exact(&mut body).ok()?;
    connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").ok()?;
    Some((head.split(' ').nth(1)?.to_owned(), body))
}

#[test]
fn a_transport_that_panics_costs_its_own_request() {
    let fixture = Fixture::new();
    fixture.leave(1..=2);
    let inner = fixture.network.clone();
    let transport = move |kind: SignalKind, body: &[u8]| -> Result<Delivery, TransportError> {
        assert_ne!(numbers(body), [1], "this is meant to panic");
        inner.clone().transport().send(kind, body)
    };
    let (pipeline, _) =
        Pipeline::builder(catalogue()).consent(Consent::Default).transport(transport).spool(&fixture.folder).build();
    for number in 3..=4 {
        pipeline.emit(&counted(number));
        assert!(pipeline.flush(LIMIT));
    }
    assert_eq!(fixture.network.numbers(), [2, 4]);
    assert_eq!(
        pipeline.stats().totals(),
        Stats { emitted: 2, dropped: 1, sent: 1, resent: 1, lost: 1, ..Stats::default() }
    );
}
