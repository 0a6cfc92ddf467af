//! Constants that were written by hand, beside the catalogue's: signals, attributes and objects that no catalogue has.
//! None of it leaves, and each is counted.

mod demo;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use candor::{
    Attribute, Consent, Delivery, Fields, Granted, Object, ObjectInfo, OptInAttribute, Pipeline, Recorder, Signal,
    SignalKind, Telemetry, TransportError, Value, Visitor, define, kind,
};

const CANARY: &str = "canary-of-a-forger";

/// Emits one signal at a consent; gives the bytes that left and how many signals were dropped.
fn emitted<T: Telemetry>(consent: Consent, value: &T) -> (Vec<u8>, u64) {
    let sent: Arc<Mutex<Vec<u8>>> = Arc::default();
    let taken = sent.clone();
    let transport = move |_: SignalKind, body: &[u8]| -> Result<Delivery, TransportError> {
        taken.lock().expect("no panic").extend_from_slice(body);
        Ok(Delivery::default())
    };
    let (pipeline, _) = Pipeline::builder(demo::catalogue()).consent(consent).transport(transport).build();
    pipeline.emit(value);
    pipeline.emit(value); // the first answer is kept
    pipeline.flush(Duration::from_secs(5));
    let bytes = sent.lock().expect("no panic").clone();
    (bytes, pipeline.stats().dropped)
}

#[track_caller]
fn check_no_signal<T: Telemetry>(value: &T) {
    let (bytes, dropped) = emitted(Consent::OptedIn, value);
    assert_eq!((bytes.len(), dropped), (0, 2));
    assert_eq!(candor::preview(demo::catalogue(), Consent::OptedIn, value), None);
}

#[track_caller]
fn check_no_value<T: Telemetry>(value: &T) {
    let (bytes, _) = emitted(Consent::OptedIn, value);
    assert!(!bytes.is_empty() && !bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes()));
    let preview = candor::preview(demo::catalogue(), Consent::OptedIn, value).expect("a preview");
    assert!(preview.contains("droppedAttributesCount") && !preview.contains(CANARY), "{preview}");
}

static LEAK: Attribute<kind::Text> = define::attribute("leak", "leak", "none", define::text(100));

/// Writes an implementation by hand for a signal's constant.
macro_rules! forged {
    ($name:ident, $signal:expr, |$recorder:ident| $record:expr) => {
        struct $name;

        impl Telemetry for $name {
            type Catalogue = ();

            const SIGNAL: &'static Signal = $signal;

            fn record<R: Recorder>(&self, $recorder: &mut R) {
                $record
            }
        }
    };
}

#[test]
fn a_signal_that_no_catalogue_has() {
    static NEW: Signal = define::span("demo", "x", "Anything At All", candor::DEFAULT, &[]);
    forged!(New, &NEW, |recorder| recorder.required(&LEAK, CANARY));
    check_no_signal(&New);
}

#[test]
fn a_signal_of_the_catalogue_with_an_attribute_more() {
    static MORE: Signal =
        define::event("demo", "noted", "demo.noted", candor::DEFAULT, const { &[define::optional(&LEAK.info)] });
    forged!(More, &MORE, |recorder| recorder.required(&LEAK, CANARY));
    check_no_signal(&More);
}

#[test]
fn an_opt_in_signal_that_says_it_is_sent_by_default() {
    static HIDDEN: Signal = define::span("demo", "hidden", "Hidden", candor::DEFAULT, &[]);
    forged!(Hidden, &HIDDEN, |_recorder| ());
    check_no_signal(&Hidden);
}

#[test]
fn an_attribute_that_the_signal_does_not_list() {
    forged!(Stray, <demo::Noted<bool> as Telemetry>::SIGNAL, |recorder| {
        recorder.required(&LEAK, CANARY);
        recorder.optional(&LEAK, CANARY);
    });
    check_no_value(&Stray);
}

#[test]
fn an_attribute_of_the_same_name_with_another_domain() {
    static FLAG: Attribute<kind::Text> = define::attribute("flag", "flag", "Usage", define::text(100));
    forged!(Alike, <demo::Noted<bool> as Telemetry>::SIGNAL, |recorder| recorder.required(&FLAG, CANARY));
    check_no_value(&Alike);
}

#[test]
fn an_opt_in_attribute_with_a_proof_that_is_made_up() {
    static SECRET: OptInAttribute<kind::Text> = define::attribute("secret", "secret", "Usage", define::text(100));
    forged!(Bold, <demo::Noted<bool> as Telemetry>::SIGNAL, |recorder| {
        if let Some(made_up) = Granted::by(Consent::OptedIn) {
            recorder.required_in(made_up, &SECRET, CANARY);
        }
    });
    check_no_value(&Bold);
}

/// The first recording of an attribute counts; a second one is dropped and counted.
#[test]
fn attributes_recorded_again() {
    forged!(Twice, <demo::Noted<bool> as Telemetry>::SIGNAL, |recorder| {
        demo::Noted { flag: true, secret: Some("first") }.record(recorder);
        demo::Noted { flag: false, secret: Some(CANARY) }.record(recorder);
    });
    check_no_value(&Twice);
    let preview = candor::preview(demo::catalogue(), Consent::OptedIn, &Twice).expect("a preview");
    assert!(preview.contains(r#""attributes":{"flag":true,"secret":"first"}"#), "{preview}");
    assert!(preview.contains(r#""droppedAttributesCount":2"#), "{preview}");
}

#[test]
fn an_object_that_the_catalogue_does_not_have() {
    static BOX: ObjectInfo = define::object("demo", "part", const { &[define::required_field("name", &LEAK.info)] });
    type Part = kind::Structure<{ candor::domain_id("demo/objects/part") }>;
    struct Forgery;

    impl Object for Forgery {
        const OBJECT: &'static ObjectInfo = &BOX;

        fn record<F: Fields>(&self, fields: &mut F) {
            fields.required("name", &LEAK, CANARY);
        }
    }

    impl Value<Part> for Forgery {
        fn visit<V: Visitor>(&self, visitor: &mut V) {
            visitor.object(self);
        }
    }

    #[derive(Telemetry)]
    #[telemetry(catalogue = "tests/fixtures/demo.yaml", span = "everything")]
    struct Holder {
        flag: bool,
        part_one: Option<Forgery>,
    }

    check_no_value(&Holder { flag: true, part_one: Some(Forgery) });
}
