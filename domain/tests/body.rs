//! Bodies of a program's own: what is written is read again, and what is not of the form is refused with a reason.

use std::borrow::Cow;

use candor_domain::{
    At, Body, ChannelName, Clock, Consent, Encoder, Facts, Filling, JsonValue, MembersEncoder, Own, Part, Recorded,
    SignalKind, UNNAMED,
};
use proptest::prelude::*;

fn object(members: Vec<(&'static str, Part)>) -> Part {
    let members = members.into_iter().map(|(key, part)| (Cow::Borrowed(key), part)).collect::<Vec<_>>();
    Part::Object(members.into())
}

fn literal(text: &'static str) -> Part {
    Part::Literal(text.into())
}

/// The form of an analytics service: a track call with a context.
fn track() -> Body {
    let context = object(vec![("os", Part::Attribute(0)), ("library", object(vec![("name", literal("\"candor\""))]))]);
    Body {
        template: object(vec![
            ("type", literal("\"track\"")),
            ("event", Part::Name),
            ("messageId", Part::Id),
            ("timestamp", Part::Time(Clock::Text)),
            ("context", context),
            ("properties", Part::Attributes),
            ("lost", Part::Dropped),
        ]),
        own: vec![Own { key: "os_type".into(), name: "os.type".into() }].into(),
        of_resource: Vec::new().into(),
        batch: Some(object(vec![("api_key", literal("\"phc_example\"")), ("batch", Part::Signals)])),
    }
}

/// Attributes at the top, as a plain report has them.
fn flat() -> Body {
    Body {
        template: object(vec![("event", Part::Name), ("...", Part::Spread), ("at", Part::Time(Clock::Nanoseconds))]),
        own: Vec::new().into(),
        of_resource: Vec::new().into(),
        batch: None,
    }
}

const FACTS: Facts<'static> = Facts {
    name: "Started",
    start_unix_nano: 5,
    end_unix_nano: 1_796_040_000_123_000_000,
    id: 7,
    dropped: 0,
    channels: UNNAMED,
    needs: Consent::Default,
};

fn written(body: &Body, facts: &Facts<'_>, attributes: &[(&str, i64)]) -> String {
    let (mut members, mut recorded, mut out) = (Vec::new(), Recorded::default(), Vec::new());
    let mut encoder = MembersEncoder::new(&mut members, &body.own, &mut recorded);
    attributes.iter().for_each(|(name, value)| encoder.int(At::Attribute(name), *value));
    encoder.finish();
    body.write(&mut out, facts, &members, &recorded);
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn a_template_is_filled_in() {
    assert_eq!(
        written(&track(), &FACTS, &[("runs", 3), ("os.type", 4), ("more", 5)]),
        r#"{"type":"track","event":"Started","messageId":"00000000-0000-4000-8000-000000000007","timestamp":"2026-11-30T12:00:00.123Z","context":{"os":4,"library":{"name":"candor"}},"properties":{"runs":3,"more":5}}"#
    );
    let none = written(&track(), &Facts { dropped: 2, ..FACTS }, &[]);
    assert!(none.ends_with(r#""context":{"library":{"name":"candor"}},"properties":{},"lost":2}"#), "{none}");
    assert_eq!(
        written(&flat(), &FACTS, &[("a", 1), ("b", 2)]),
        r#"{"event":"Started","a":1,"b":2,"at":1796040000123000000}"#
    );
    assert_eq!(written(&flat(), &FACTS, &[]), r#"{"event":"Started","at":1796040000123000000}"#);
}

#[test]
fn a_refused_object_leaves_nothing_at_its_place() {
    let body = track();
    let (mut members, mut recorded, mut out) = (Vec::new(), Recorded::default(), Vec::new());
    let mut encoder = MembersEncoder::new(&mut members, &body.own, &mut recorded);
    encoder.int(At::Attribute("runs"), 1);
    let mark = encoder.mark();
    encoder.begin_object(At::Attribute("os.type"));
    encoder.int(At::Field("x"), 1);
    encoder.rewind(mark);
    encoder.begin_list(At::Attribute("more"));
    encoder.int(At::Item, 2);
    encoder.end_list(());
    encoder.finish();
    body.write(&mut out, &FACTS, &members, &recorded);
    let text = String::from_utf8(out).expect("UTF-8");
    assert!(text.ends_with(r#""context":{"library":{"name":"candor"}},"properties":{"runs":1,"more":[2]}}"#), "{text}");
}

#[test]
fn a_request_has_its_signals_in_a_frame() {
    let body = track();
    let frame = body.frame();
    let one = written(&body, &FACTS, &[("runs", 3)]);
    let request = [&frame.before[..], one.as_bytes(), &[frame.between], one.as_bytes(), &frame.behind].concat();
    let text = String::from_utf8(request).expect("UTF-8");
    assert_eq!(text, format!(r#"{{"api_key":"phc_example","batch":[{one},{one}]}}"#));
    let document = JsonValue::parse(&text).expect("JSON");
    let signals = body.read_batch(&document).expect("a request").signals;
    assert_eq!(signals.len(), 2);
    assert_eq!(body.read(&signals[1]).expect("a signal").name, Some("Started"));
    let other = JsonValue::parse(r#"{"api_key":"other","batch":[]}"#).expect("JSON");
    assert_eq!(body.read_batch(&other).expect_err("another key")[0].pointer, "/api_key");
}

/// The process at every place that it may have: spread, as an object, alone; before, between and behind other members.
fn of_process() -> Body {
    let machine = object(vec![("...", Part::SpreadResource), ("run", literal("1"))]);
    Body {
        template: object(vec![
            ("os", Part::OfResource(0)),
            ("event", Part::Name),
            ("marker", Part::Channels),
            ("cpu", Part::OfResource(1)),
            ("...", Part::Spread),
        ]),
        own: Vec::new().into(),
        of_resource: ["os.type", "cores"].map(|name| Own { key: name.into(), name: name.into() }).to_vec().into(),
        batch: Some(Part::List(vec![machine, Part::Signals].into())),
    }
}

/// A request with one signal, of a process with these attributes.
fn requested(body: &Body, facts: &Facts<'_>, attributes: &[(&str, i64)], process: &[(&str, i64)]) -> String {
    let frame = body.frame();
    let filling = Filling::record(&body.of_resource, |encoder| {
        process.iter().for_each(|(name, value)| encoder.int(At::Attribute(name), *value));
    });
    let request = [&frame.before[..], written(body, facts, attributes).as_bytes(), &frame.behind].concat();
    String::from_utf8(filling.fill(&request)).expect("UTF-8")
}

#[test]
fn the_process_is_filled_in_where_it_has_a_place() {
    let (all, none) = ([("os.type", 1), ("cores", 2), ("host", 3)], [("host", 3)]);
    assert_eq!(
        requested(&of_process(), &FACTS, &[("a", 4)], &all),
        r#"[{"host":3,"run":1},[{"os":1,"event":"Started","cpu":2,"a":4}]]"#
    );
    assert_eq!(
        requested(&of_process(), &FACTS, &[("a", 4)], &none),
        r#"[{"host":3,"run":1},[{"event":"Started","a":4}]]"#
    );
    assert_eq!(requested(&of_process(), &FACTS, &[], &[]), r#"[{"run":1},[{"event":"Started"}]]"#);
    let whole = Body { template: object(vec![("first", Part::Resource), ("event", Part::Name)]), ..flat() };
    assert_eq!(requested(&whole, &FACTS, &[], &[("host", 3)]), r#"{"first":{"host":3},"event":"Started"}"#);
    assert_eq!(requested(&whole, &FACTS, &[], &[]), r#"{"first":{},"event":"Started"}"#);
}

#[test]
fn the_marker_names_what_is_needed_beyond_the_default() {
    let channels = [ChannelName::new("crashes", 2), ChannelName::new("opt_in", 1)];
    let facts = Facts { channels: &channels, needs: Consent::OptedIn.and(Consent::of(2)), ..FACTS };
    let text = requested(&of_process(), &facts, &[], &[("cores", 2)]);
    assert_eq!(text, r#"[{"run":1},[{"event":"Started","marker":"crashes,opt_in","cpu":2}]]"#);
    let document = JsonValue::parse(&text).expect("JSON");
    let body = of_process();
    let batch = body.read_batch(&document).expect("a request");
    let reading = body.read(&batch.signals[0]).expect("a signal");
    assert_eq!(reading.channels, Some("crashes,opt_in"));
    let payload = reading.payload(SignalKind::Event, "Started", &batch.resource);
    assert!(payload.contains(r#""channels":"crashes,opt_in","attributes":{},"resource":{"cores":2}"#), "{payload}");
}

#[test]
fn what_stands_beside_the_signals_is_read_too() {
    let body = of_process();
    let text = requested(&body, &FACTS, &[], &[("os.type", 1), ("host", 3)]);
    let document = JsonValue::parse(&text).expect("JSON");
    let batch = body.read_batch(&document).expect("a request");
    let payload = body.read(&batch.signals[0]).expect("one").payload(SignalKind::Event, "Started", &batch.resource);
    assert!(payload.ends_with(r#""resource":{"os.type":1,"host":3}}"#), "{payload}");
    let twice = JsonValue::parse(r#"[{"cores":1,"run":1},[]]"#).expect("JSON");
    let faults = body.read_batch(&twice).expect_err("it has a place of its own");
    assert_eq!((faults[0].pointer.as_str(), faults.len()), ("/0/cores", 1));
}

#[track_caller]
fn refuses(body: &Body, document: &str, pointer: &str, message: &str) {
    let document = JsonValue::parse(document).expect("JSON");
    let faults = body.read(&document).expect_err("a reason");
    let found: Vec<_> = faults.iter().map(|fault| (fault.pointer.as_str(), fault.message.as_str())).collect();
    assert_eq!(found, [(pointer, message)]);
}

#[test]
fn what_is_not_of_the_form_is_refused_with_its_place() {
    let good = written(&track(), &FACTS, &[("runs", 3), ("os.type", 4)]);
    let changed = |from: &str, to: &str| {
        assert!(good.contains(from), "{good}");
        good.replace(from, to)
    };
    refuses(&track(), &changed("\"track\"", "\"page\""), "/type", "this has to be \"track\"");
    refuses(&track(), &changed("\"Started\"", "1"), "/event", "the name of the signal has to be a text");
    refuses(&track(), &changed("-4000-", "-1000-"), "/messageId", "this has to be a random UUID (version 4)");
    refuses(&track(), &changed("\"os\":4", "\"host\":4"), "/context/host", "the form has no such member");
    refuses(&track(), &changed("\"os\":4", "\"os\":4,\"os\":5"), "/context/os", "this is there twice");
    refuses(
        &track(),
        &changed("\"runs\"", "\"os.type\""),
        "/properties/os.type",
        "this attribute has a place of its own",
    );
    refuses(&track(), &changed("{\"runs\":3}", "[]"), "/properties", "this has to be an object");
    refuses(&track(), &changed("\"type\":\"track\",", ""), "", "`type` is missing");
    refuses(&flat(), r#"{"event":"x","at":"1"}"#, "/at", "this has to be a time in nanoseconds since 1970");
    refuses(&flat(), "[]", "", "this has to be an object");
}

#[test]
fn attributes_have_their_places() {
    assert_eq!(track().pointer_to("os.type").as_deref(), Some("/context/os"));
    assert_eq!(track().pointer_to("a/b").as_deref(), Some("/properties/a~1b"));
    assert_eq!(flat().pointer_to("runs").as_deref(), Some("/runs"));
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        runs in proptest::option::of(any::<i64>()),
        os in proptest::option::of(any::<i64>()),
        more in proptest::option::of(any::<i64>()),
        id in any::<u128>(),
        millis in 0..=9_000_000_000_000_u64,
        dropped in 0..3_u32,
        flattened in any::<bool>(),
    ) {
        let body = if flattened { flat() } else { track() };
        let facts = Facts { id, dropped, end_unix_nano: millis * 1_000_000, ..FACTS };
        let values = [("runs", runs), ("os.type", os), ("more", more)];
        let mut attributes: Vec<_> = values.iter().filter_map(|(name, value)| Some((*name, (*value)?))).collect();
        let text = written(&body, &facts, &attributes);
        let document = JsonValue::parse(&text).expect("JSON");
        let reading = body.read(&document).expect("its own form");
        prop_assert_eq!(reading.name, Some("Started"));
        prop_assert_eq!(reading.end_unix_nano, Some(facts.end_unix_nano));
        prop_assert_eq!(reading.dropped.unwrap_or(0), if flattened { 0 } else { dropped });
        let mut read: Vec<_> = reading.attributes.iter().map(|(name, value)| match value {
            JsonValue::Number(digits) => (*name, digits.parse().expect("a number")),
            other => panic!("{other:?}"),
        }).collect();
        read.sort_unstable();
        attributes.sort_unstable();
        prop_assert_eq!(read, attributes);
    }
}
