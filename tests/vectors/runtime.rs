//! The filter behind the emitters: to a payload directly, and by way of the bytes that are sent.

use candor::{Consent, Telemetry};
use candor_codegen::vectors::{Signal, SignalVector, Value, voices};

use crate::compare::run_filter;
use crate::crewai::Audience;
use crate::heard::{Heard, of_payload};
use crate::samples;
use crate::shaped::{Shaped, moment};
use crate::subjects::{Subject, consent};

#[test]
fn the_runtime_filter() {
    run_filter("the runtime's filter", voices::RUNTIME, |subject| {
        |signal: &Signal, vector: &SignalVector| hear(subject, signal, vector, Way::Direct)
    });
}

#[test]
fn the_bytes_that_are_sent() {
    run_filter("the runtime's requests", voices::RUNTIME, |subject| {
        |signal: &Signal, vector: &SignalVector| hear(subject, signal, vector, Way::Wire)
    });
}

#[derive(Clone, Copy)]
enum Way {
    Direct,
    Wire,
}

fn hear(subject: &Subject, signal: &Signal, vector: &SignalVector, way: Way) -> Result<Heard, &'static str> {
    if vector.members.iter().any(|(_, value)| value.any(&is_written_otherwise)) {
        return Err("an emitter writes points in time in its own way");
    }
    let mut say = Say { subject, vector, way, consent: consent(subject, &vector.consent), payload: None };
    samples::show(&mut say);
    Ok(say.payload.map(|payload| of_payload(signal, &payload)).unwrap_or_default())
}

/// Returns true if a program that has this point in time writes another text.
fn is_written_otherwise(value: &Value) -> bool {
    let text = value.as_text().unwrap_or_default();
    humantime::parse_rfc3339(&text).is_ok() && moment(&text).is_none()
}

/// Says a vector in the shape of its signal's sample.
struct Say<'v> {
    subject: &'v Subject,
    vector: &'v SignalVector,
    way: Way,
    consent: Consent,
    payload: Option<String>,
}

impl Audience for Say<'_> {
    fn add<T: Telemetry>(&mut self, sample: &T) {
        if !samples::is_of::<T>(self.subject.name, &self.vector.signal) {
            return;
        }
        let shaped = Shaped { sample, members: &self.vector.members };
        self.payload = match self.way {
            Way::Direct => candor::payload(self.consent, &shaped),
            Way::Wire => candor::preview(self.subject.constants, self.consent, &shaped),
        };
    }
}
