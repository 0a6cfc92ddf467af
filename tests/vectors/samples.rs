//! One value of every signal. Filters are typed: a vector's members are put into the shape of such a value.

use std::time::SystemTime;

use candor::{Consent, Telemetry};

use crate::crewai::{self, Audience};
use crate::demo::{self, Colour, Everything, Hidden, Losses, NOTHING, Noted};

/// Shows every signal of the catalogues to an audience.
pub fn show(audience: &mut impl Audience) {
    crewai::show(audience);
    let part = || demo::part("a", Some(1), "n");
    audience.add(&Everything {
        colour: Some(Colour::Red),
        parts: Some(vec![part()]),
        json: Some(vec![part()]),
        part_one: Some(part()),
        secret_parts: Some(vec![part()]),
        ..NOTHING
    });
    audience.add(&Hidden { flag: true, secret: "s" });
    audience.add(&Noted { flag: true, secret: Some("s") });
    audience.add(&Losses { lost_signals: 1 });
    core(audience);
    channels(audience);
}

fn channels(audience: &mut impl Audience) {
    let frame = Frame { at: 1, value: Some("v"), seen: Some("s") };
    audience.add(&Used {
        runs: 1,
        took: Some(1),
        r#where: Some("w"),
        dump: Some("d"),
        note: Some("n"),
        frame: Some(frame),
    });
    audience.add(&Crashed { r#where: "w", runs: Some(1), dump: Some("d") });
}

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/channels.yaml", object = "frame")]
struct Frame {
    at: i64,
    value: Option<&'static str>,
    seen: Option<&'static str>,
}

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/channels.yaml", span = "used")]
struct Used {
    runs: i64,
    took: Option<i64>,
    r#where: Option<&'static str>,
    dump: Option<&'static str>,
    note: Option<&'static str>,
    frame: Option<Frame>,
}

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/channels.yaml", event = "crashed")]
struct Crashed {
    r#where: &'static str,
    runs: Option<i64>,
    dump: Option<&'static str>,
}

/// The catalogue of a sample, so that a signal of the same name in another is not meant.
pub fn is_of<T: Telemetry>(catalogue: &str, signal: &str) -> bool {
    T::SIGNAL.catalogue == catalogue && T::SIGNAL.id == signal
}

fn core(audience: &mut impl Audience) {
    let part = || Part { name: "a", size: Some(1), note: Some("n"), since: Some(SystemTime::UNIX_EPOCH) };
    let all = || Members {
        parts: vec![part()],
        boxed: Box { inner: part(), others: vec![part()] },
        part: part(),
        secret_part: part(),
    };
    let Members { part, parts, boxed, secret_part } = all();
    audience.add(&CoreEverything {
        part: Some(part),
        parts: Some(parts),
        r#box: Some(boxed),
        secret_part: Some(secret_part),
        ..CoreEverything::default()
    });
    let Members { part, parts, boxed, secret_part } = all();
    audience.add(&CoreNoted {
        part: Some(part),
        parts: Some(parts),
        r#box: Some(boxed),
        secret_part: Some(secret_part),
        ..CoreNoted::default()
    });
    audience.add(&CoreHidden { flag: true, secret: "s" });
}

struct Members {
    part: Part,
    parts: Vec<Part>,
    boxed: Box,
    secret_part: Part,
}

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/vectors/core.yaml", object = "part")]
struct Part {
    name: &'static str,
    size: Option<i64>,
    note: Option<&'static str>,
    since: Option<SystemTime>,
}

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/vectors/core.yaml", object = "box")]
struct Box {
    inner: Part,
    others: Vec<Part>,
}

#[derive(Clone, Copy, Telemetry)]
#[telemetry(catalogue = "tests/vectors/core.yaml", attribute = "colour")]
#[expect(dead_code, reason = "a member must have a variant")]
enum CoreColour {
    Red,
    LightBlue,
}

/// The two signals that carry everything.
macro_rules! everything {
    ($name:ident, $kind:ident = $id:literal) => {
        #[derive(Default, Telemetry)]
        #[telemetry(catalogue = "tests/vectors/core.yaml", $kind = $id)]
        struct $name {
            flag: bool,
            number: Option<i64>,
            whole: Option<i64>,
            ratio: Option<f64>,
            real: Option<f64>,
            word: Option<&'static str>,
            cut: Option<&'static str>,
            hex: Option<&'static str>,
            moment: Option<SystemTime>,
            colour: Option<CoreColour>,
            numbers: Option<Vec<i64>>,
            words: Option<Vec<&'static str>>,
            json_reals: Option<Vec<f64>>,
            part: Option<Part>,
            parts: Option<Vec<Part>>,
            r#box: Option<Box>,
            secret: Option<&'static str>,
            secret_part: Option<Part>,
        }
    };
}

everything!(CoreEverything, span = "everything");
everything!(CoreNoted, event = "noted");

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/vectors/core.yaml", span = "hidden")]
struct CoreHidden {
    flag: bool,
    secret: &'static str,
}

/// Every signal of every catalogue has a sample.
#[test]
fn every_signal_has_a_sample() {
    struct Ids(Vec<(&'static str, &'static str)>);
    impl Audience for Ids {
        fn add<T: Telemetry>(&mut self, value: &T) {
            assert!(candor::payload(Consent::from_bits(u32::MAX), value).is_some());
            self.0.push((&T::SIGNAL.catalogue, &T::SIGNAL.id));
        }
    }
    let mut ids = Ids(Vec::new());
    show(&mut ids);
    for subject in crate::subjects::subjects() {
        for signal in &subject.signals {
            assert!(ids.0.contains(&(subject.name, &signal.id)), "{} has no {}", subject.name, signal.id);
        }
    }
}
