//! Rebuilds a payload, keeping only what the catalogue lists and consent allows.

use candor_domain::{
    At, Domain, Encoder, Instrument, Join, JsonEncoder, Measure, Nothing, Refusals, Sieve, Signal, SignalKind, marker,
    quote,
};
use candor_schema::Consent;
use data_encoding::HEXLOWER;

use super::given::members;
use super::metric::{admits, buckets, finite};
use super::{Allow, Foreign, count_rest, is_nothing, joined, stop_of_process};
use crate::draft::Fields;
use crate::engine::words;
use crate::item::DecodeError;
use crate::json::{self, Json};
use crate::signal::status_code;
use crate::stopped::{Stopped, Why};

impl Allow<'_> {
    /// Builds the payload that may be kept of one in the payload form; `None` if nothing of it may.
    ///
    /// A payload with a marker, its member `channels`, is held to it, and keeps the names that it still needs. One without
    /// is held to this consent alone, as by a [`Validator`](crate::Validator), and so are the attributes of the process.
    /// Members come in the order of the form, attributes in their own.
    ///
    /// # Errors
    /// Fails when the text is not one JSON object with `kind` and `name`.
    pub fn pass_payload(&self, text: &[u8], stopped: &mut Stopped) -> Result<Option<Vec<u8>>, DecodeError> {
        let json = json::parse(text).map_err(|why| DecodeError::new(format!("not JSON: {why}")))?;
        let mut fields = Fields::of(&json).ok_or_else(|| DecodeError::new("not a payload: no JSON object"))?;
        let (Some(word), Some(name)) = (text_of(fields.get("kind")), text_of(fields.get("name"))) else {
            return Err(DecodeError::new("not a payload: `kind` or `name` is missing"));
        };
        let Some(kind) = SignalKind::of_word(word) else {
            stopped.add(format!("kind {}", words::key(word)), Why::Unknown);
            return Ok(None);
        };
        let marked = fields.get("channels");
        let consent = marked.map_or(self.unmarked, |marker| self.claimed_by(text_of(Some(marker)).unwrap_or_default()));
        let Some(signal) = self.known(kind, name, consent, stopped) else { return Ok(None) };
        let mut out = Vec::new();
        let refusals = Refusals::default();
        let mut pass =
            PassPayload { allow: self, consent, signal, fields, refusals, stopped, json: Writer { out: &mut out } };
        match pass.payload(kind, marked.is_some()) {
            true => Ok(Some(out)),
            false => Ok(None),
        }
    }
}

type Writer<'o> = JsonEncoder<'o, Vec<u8>>;

/// The way of one payload.
struct PassPayload<'p, 'c, 'o> {
    allow: &'p Allow<'c>,
    consent: Consent,
    signal: &'c Signal,
    fields: Fields<'p>,
    refusals: Refusals,
    stopped: &'p mut Stopped,
    json: Writer<'o>,
}

impl PassPayload<'_, '_, '_> {
    /// Returns false if nothing of it may be kept.
    fn payload(&mut self, kind: SignalKind, is_marked: bool) -> bool {
        self.json.begin_object(At::Text);
        self.json.string(At::Field("kind"), kind.word());
        self.json.string(At::Field("name"), &self.signal.name);
        self.times(kind.facts().times);
        if let Some(measure) = &self.signal.measure {
            if !self.measured(measure) {
                self.stop("value");
                return false;
            }
        } else {
            self.ids(kind == SignalKind::Span);
        }
        self.attributes();
        self.body();
        let of_process = self.resource();
        self.dropped(of_process);
        let names = &self.signal.channels;
        if let Some(marker) = marker(names, self.refusals.needs().and(self.signal.needs)).filter(|_| is_marked) {
            self.json.string(At::Field("channels"), &marker);
        }
        self.json.end_object(());
        for (why, path) in self.refusals.iter() {
            self.stopped.add(format!("{} {}", self.signal.name, words::key(path)), why);
        }
        count_rest(&self.fields, &self.signal.name, self.stopped);
        true
    }

    /// Writes the numbers of a data point. Returns false if they are not those of its instrument.
    fn measured(&mut self, measure: &Measure) -> bool {
        let word = measure.instrument.word();
        let unit = text_of(self.fields.get("unit")).unwrap_or_default();
        if text_of(self.fields.get("instrument")) != Some(word) || unit != measure.unit {
            return false;
        }
        self.json.string(At::Field("instrument"), word);
        if !measure.unit.is_empty() {
            self.json.string(At::Field("unit"), &measure.unit);
        }
        match measure.instrument {
            Instrument::Histogram => self.histogram(measure),
            _ => self.number("value", &measure.domain()),
        }
    }

    fn number(&mut self, name: &'static str, domain: &Domain) -> bool {
        let json = self.fields.get(name).filter(|json| matches!(json, Json::Number(_)));
        match domain {
            Domain::Int { minimum, maximum } => {
                let value = json.and_then(Json::as_integer::<i64>);
                let value = value.filter(|value| (*minimum..=*maximum).contains(value));
                value.inspect(|value| self.json.int(At::Field(name), *value)).is_some()
            }
            domain => {
                let value = json.and_then(finite).filter(|value| admits(domain, *value));
                value.inspect(|value| self.json.double(At::Field(name), *value)).is_some()
            }
        }
    }

    fn histogram(&mut self, measure: &Measure) -> bool {
        // Texts with digits are OTLP's.
        let Some(counts) = buckets(measure, &mut self.fields, |json| matches!(json, Json::Number(_))) else {
            return false;
        };
        self.json.begin_list(At::Field("bucketCounts"));
        counts.iter().for_each(|count| self.json.int(At::Item, *count));
        self.json.end_list(());
        self.json.begin_list(At::Field("explicitBounds"));
        measure.bounds.iter().for_each(|bound| self.json.double(At::Item, *bound));
        self.json.end_list(());
        self.number("sum", &measure.domain())
    }

    /// Times are digits in a text. One that is missing, or is none, is 0, as in OTLP.
    fn times(&mut self, names: &[&'static str]) {
        for name in names {
            let json = self.fields.get(name);
            let digits = json.and_then(Json::as_integer::<u64>).map(|nanos| nanos.to_string());
            if json.is_some() && digits.is_none() {
                self.stop(name);
            }
            self.json.string(At::Field(name), digits.as_deref().unwrap_or("0"));
        }
    }

    /// The ids of a span and those of the spans that it may be joined with; of a log record, those of its span.
    fn ids(&mut self, is_span: bool) {
        let [belongs, links] = Join::ALL.map(|join| self.allow.catalogue.may_join(self.signal, join, self.consent));
        self.id("traceId", 16, is_span || belongs);
        self.id("spanId", 8, is_span || belongs);
        if is_span {
            self.id("parentSpanId", 8, belongs);
            self.links(links);
            self.status();
        }
    }

    fn id(&mut self, name: &'static str, length: usize, may_pass: bool) {
        let Some(json) = self.fields.get(name).filter(|json| !is_nothing(json)) else { return };
        if !may_pass {
            return self.stopped.add(format!("{} member {name}", self.signal.name), Why::Unknown);
        }
        match joined::read_id(json, length) {
            Some(id) => self.json.string(At::Field(name), &HEXLOWER.encode(&id)),
            None => self.stop(name),
        }
    }

    /// The links, where the signal may have any: their ids.
    fn links(&mut self, may_pass: bool) {
        let links = joined::links(self.signal, may_pass, self.fields.get("links"), self.stopped);
        if links.is_empty() {
            return;
        }
        self.json.begin_list(At::Field("links"));
        for (trace, span) in links {
            self.json.begin_object(At::Item);
            self.json.string(At::Field("traceId"), &HEXLOWER.encode(&trace));
            self.json.string(At::Field("spanId"), &HEXLOWER.encode(&span));
            self.json.end_object(());
        }
        self.json.end_list(());
    }

    /// The code without the message.
    fn status(&mut self) {
        let Some(json) = self.fields.get("status") else { return };
        let Some(mut fields) = Fields::of(json) else { return self.stop("status") };
        if let Some(code) = fields.get("code").and_then(status_code).filter(|code| *code <= 2) {
            self.json.begin_object(At::Field("status"));
            self.json.int(At::Field("code"), code as i64);
            self.json.end_object(());
        }
        count_rest(&fields, &format!("{} status", self.signal.name), self.stopped);
    }

    fn attributes(&mut self) {
        self.json.begin_object(At::Field("attributes"));
        let (given, notes) = (self.fields.get("attributes"), &mut self.refusals);
        Sieve { encoder: &mut self.json, consent: self.consent, held: Nothing, notes }
            .attributes(&self.signal.attributes, members(given));
        self.json.end_object(());
    }

    fn body(&mut self) {
        let Some(member) = self.signal.body() else { return };
        let given = self.fields.get("body").map(Foreign::Plain);
        let mut own = vec![b'{'];
        let mut encoder = Writer { out: &mut own };
        Sieve { encoder: &mut encoder, consent: self.consent, held: Nothing, notes: &mut self.refusals }
            .body(member, given);
        // In an object of its own it stands under the name of its attribute.
        let mut before = vec![b'{'];
        quote(&mut before, member.name());
        if let Some(value) = own.strip_prefix(before.as_slice()).and_then(|rest| rest.strip_prefix(b":")) {
            self.json.out.extend_from_slice(b",\"body\":");
            self.json.out.extend_from_slice(value);
        }
    }

    /// The attributes of the process, which no marker speaks of. Returns how many values were left out.
    fn resource(&mut self) -> u32 {
        let listed = &self.allow.catalogue.resource().info.attributes;
        if listed.is_empty() {
            return 0;
        }
        let (given, before) = (self.fields.get("resource"), self.json.mark());
        self.json.begin_object(At::Field("resource"));
        let (empty, mut refusals) = (self.json.mark(), Refusals::default());
        Sieve { encoder: &mut self.json, consent: self.allow.unmarked, held: Nothing, notes: &mut refusals }
            .attributes(listed, members(given));
        match self.json.mark() == empty {
            true => self.json.rewind(before),
            false => self.json.end_object(()),
        }
        stop_of_process(refusals.iter(), self.stopped);
        refusals.dropped()
    }

    /// The number of values left out, earlier ones and those of the process included.
    fn dropped(&mut self, of_process: u32) {
        let name = "droppedAttributesCount";
        let json = self.fields.get(name);
        let before = json.and_then(Json::as_integer::<u32>);
        if json.is_some() && before.is_none() {
            self.stop(name);
        }
        let dropped = before.unwrap_or_default();
        let dropped = dropped.saturating_add(self.refusals.dropped()).saturating_add(of_process);
        if dropped > 0 {
            self.json.int(At::Field(name), dropped.into());
        }
    }

    fn stop(&mut self, member: &str) {
        self.stopped.add(format!("{} member {member}", self.signal.name), Why::Value);
    }
}

/// A text that could be read whole.
fn text_of(json: Option<&Json>) -> Option<&str> {
    if let Some(Json::Text(text)) = json { Some(text) } else { None }
}
