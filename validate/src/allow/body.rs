//! Rebuilds a request in the form of an endpoint, keeping only what the catalogue lists and consent allows.

use candor_domain::{Body, Facts, Filling, JsonValue, MembersEncoder, Nothing, Reading, Recorded, Refusals, Sieve};
use candor_schema::{Consent, Endpoint, Signal};

use super::{Allow, stop_of_process};
use crate::body::Forms;
use crate::engine::words;
use crate::stopped::{Stopped, Why};

/// The part of a body that passed.
#[derive(Debug, Clone)]
pub struct PassedBody<'c> {
    /// The endpoint whose form it has.
    pub endpoint: &'c Endpoint,
    /// A JSON document of that form. Empty when there is nothing to send.
    pub body: Vec<u8>,
    /// The number of signals in it.
    pub signals: usize,
}

impl<'c> Allow<'c> {
    /// Builds the JSON document that may pass on, from one in the form of an endpoint. `None` for any other document.
    ///
    /// Literals are the template's own, and names, times and ids are as they were given. An attribute passes as in OTLP.
    pub fn pass_body(&self, text: &[u8], stopped: &mut Stopped) -> Option<PassedBody<'c>> {
        let value = JsonValue::parse(std::str::from_utf8(text).ok()?)?;
        let form = Forms::new(self.catalogue, None).of(&value)?;
        let frame = form.body.frame();
        let filling = self.filling(form.body, &form.request.resource, stopped);
        let mut passed = PassedBody { endpoint: form.endpoint, body: frame.before, signals: 0 };
        for document in form.request.signals {
            let Ok(reading) = form.body.read(document) else {
                stopped.add("body".to_owned(), Why::Unknown);
                continue;
            };
            let consent = self.consent_of(form.body, &reading);
            let Some(signal) = self.signal_of(form.position, &reading, consent, stopped) else { continue };
            if passed.signals > 0 {
                passed.body.push(frame.between);
            }
            self.pass_signal(form.body, (&signal.info, consent), &reading, stopped, &mut passed.body);
            passed.signals += 1;
        }
        passed.body.extend_from_slice(&frame.behind);
        passed.body = filling.fill(&passed.body);
        Some(passed)
    }

    /// The consent that a signal is held to: where its form has a marker, no more than that names.
    fn consent_of(&self, body: &Body, reading: &Reading<'_>) -> Consent {
        match body.has_channels() {
            true => self.claimed_by(reading.channels.unwrap_or_default()),
            false => self.unmarked,
        }
    }

    /// Writes the attributes of the process that pass.
    fn filling(&self, body: &Body, given: &[(&str, &JsonValue<'_>)], stopped: &mut Stopped) -> Filling {
        let (listed, mut refusals) = (&self.catalogue.resource().info.attributes, Refusals::default());
        let filling = Filling::record(&body.of_resource, |encoder| {
            Sieve { encoder, consent: self.unmarked, held: Nothing, notes: &mut refusals }
                .attributes(listed, given.iter().copied());
        });
        // A form without a place for them lacks nothing.
        stop_of_process(refusals.iter().filter(|(why, _)| *why != Why::Missing), stopped);
        filling
    }

    fn signal_of(
        &self,
        endpoint: usize,
        reading: &Reading<'_>,
        consent: Consent,
        stopped: &mut Stopped,
    ) -> Option<&'c Signal> {
        let mut signals = self.catalogue.signals().iter().filter(|signal| usize::from(signal.endpoint) == endpoint);
        let signal = signals.find(|signal| reading.name.is_none_or(|name| name == signal.name));
        match signal {
            Some(signal) if consent.includes(signal.needs) => return Some(signal),
            Some(signal) => stopped.add(format!("{} {}", signal.kind.word(), words::key(&signal.name)), Why::Consent),
            None => stopped.add(format!("body {}", words::key(reading.name.unwrap_or_default())), Why::Unknown),
        }
        None
    }

    fn pass_signal(
        &self,
        body: &Body,
        (signal, consent): (&candor_domain::Signal, Consent),
        reading: &Reading<'_>,
        stopped: &mut Stopped,
        out: &mut Vec<u8>,
    ) {
        let (mut members, mut recorded, mut refusals) = (Vec::new(), Recorded::default(), Refusals::default());
        let mut encoder = MembersEncoder::new(&mut members, &body.own, &mut recorded);
        Sieve { encoder: &mut encoder, consent, held: Nothing, notes: &mut refusals }
            .attributes(&signal.attributes, reading.attributes.iter().copied());
        encoder.finish();
        for (why, path) in refusals.iter() {
            stopped.add(format!("{} {}", signal.name, words::key(path)), why);
        }
        let end = reading.end_unix_nano.unwrap_or(0);
        let facts = Facts {
            name: &signal.name,
            start_unix_nano: reading.start_unix_nano.unwrap_or(end),
            end_unix_nano: end,
            id: reading.id.map_or(0, digits),
            dropped: reading.dropped.unwrap_or(0).saturating_add(refusals.dropped()),
            // The marker was for this gate.
            channels: &[],
            needs: Consent::Off,
        };
        let mut written = Vec::new();
        body.write(&mut written, &facts, &members, &recorded);
        match reading.resource.is_empty() {
            true => out.extend_from_slice(&written),
            false => out.extend_from_slice(&self.filling(body, &reading.resource, stopped).fill(&written)),
        }
    }
}

/// The bits of a UUID.
fn digits(id: &str) -> u128 {
    id.chars().filter_map(|char| char.to_digit(16)).fold(0, |bits, digit| bits << 4 | u128::from(digit))
}
