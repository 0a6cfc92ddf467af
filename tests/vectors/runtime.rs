//! The filter behind the emitters: to a payload directly, and by way of the bytes that are sent, as OTLP and as a body of
//! the program's own.

use candor::{Catalogue, Consent, Method, Part, Telemetry, define};
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

#[test]
fn the_bodies_that_are_sent() {
    run_filter("the runtime's bodies", voices::RUNTIME, |subject| {
        let bodies = with_bodies(subject.constants);
        move |signal: &Signal, vector: &SignalVector| hear(subject, signal, vector, Way::Body(bodies))
    });
}

#[derive(Clone, Copy)]
enum Way {
    Direct,
    Wire,
    /// In a body of the program's own, by this catalogue.
    Body(&'static Catalogue),
}

/// The same catalogue with one endpoint of a form of its own.
fn with_bodies(of: &Catalogue) -> &'static Catalogue {
    let members =
        [("event", Part::Name), ("lost", Part::Dropped), ("channels", Part::Channels), ("data", Part::Attributes)];
    let members = members.map(|(key, part)| define::member(key, part)).to_vec().leak();
    let endpoint = define::json("main", "https://a.example", Method::Post, define::members(members), &[], &[], None);
    let Catalogue { name, title, version, service, opt_in, opt_out, channels, ask, signals, resource, .. } = *of;
    Box::leak(Box::new(Catalogue {
        name,
        title,
        version,
        service,
        opt_in,
        opt_out,
        channels,
        ask,
        signals,
        resource,
        endpoints: vec![endpoint].leak(),
        ..Catalogue::EMPTY
    }))
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
            Way::Body(catalogue) => candor::preview(catalogue, self.consent, &shaped),
        };
    }
}
