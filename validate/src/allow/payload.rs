//! Rebuilds a payload, keeping only what the catalogue lists and consent allows.

use candor_domain::{
    At, Domain, Encoder, Instrument, Join, JsonEncoder, MOST_LINKS, Measure, Member, Nothing, Refusals, Sieve, Signal,
    SignalKind, marker, quote,
};
use candor_schema::Consent;
use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};

use super::given::members;
use super::metric::{admits, finite, numbers};
use super::{Allow, Foreign, count_rest, is_nothing, joined, list};
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
    /// is held to this consent alone, as by a [`Validator`](crate::Validator). Members come in the order of the form,
    /// attributes in their own.
    ///
    /// # Errors
    /// When the text is not one JSON object with `kind` and `name`.
    pub fn pass_payload(&self, text: &[u8], stopped: &mut Stopped) -> Result<Option<Vec<u8>>, DecodeError> {
        let json = json::parse(text).map_err(|why| DecodeError::new(format!("not JSON: {why}")))?;
        let mut fields = Fields::of(&json).ok_or_else(|| DecodeError::new("not a payload: no JSON object"))?;
        let (Some(word), Some(name)) = (text_of(fields.get("kind")), text_of(fields.get("name"))) else {
            return Err(DecodeError::new("not a payload: `kind` or `name` is missing"));
        };
        let Some(kind) = SignalKind::ALL.into_iter().find(|kind| kind.word() == word) else {
            stopped.add(format!("kind {}", words::key(word)), Why::Unknown);
            return Ok(None);
        };
        let marked = fields.get("channels");
        let consent = marked.map_or(self.consent, |marker| {
            self.consent.common(self.claimed_by(text_of(Some(marker)).unwrap_or_default()))
        });
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
        self.resource();
        self.dropped();
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
        let is_number = |json: &Json| matches!(json, Json::Number(_));
        let count = |json: &Json| json.as_integer::<i64>().filter(|count| *count >= 0 && is_number(json));
        let counts = numbers(self.fields.get("bucketCounts"), count);
        let bounds = numbers(self.fields.get("explicitBounds"), |json| finite(json).filter(|_| is_number(json)));
        let Some(counts) = counts.filter(|counts| counts.len() == measure.bounds.len() + 1) else { return false };
        if bounds.is_none_or(|bounds| bounds != *measure.bounds) {
            return false;
        }
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
        let is_id = |text: &&str| HEXLOWER_PERMISSIVE.decode(text.as_bytes()).is_ok_and(|id| id.len() == length);
        match text_of(Some(json)).filter(is_id) {
            Some(id) => self.json.string(At::Field(name), &id.to_ascii_lowercase()),
            None => self.stop(name),
        }
    }

    /// The links, where the signal may have any: their ids.
    fn links(&mut self, may_pass: bool) {
        let given = list(self.fields.get("links"));
        let why = if may_pass { Why::Value } else { Why::Unknown };
        let links: Vec<_> = given.iter().filter_map(joined::read_link).filter(|_| may_pass).take(MOST_LINKS).collect();
        for _ in links.len()..given.len() {
            self.stopped.add(format!("{} link", self.signal.name), why);
        }
        if links.is_empty() {
            return;
        }
        self.json.begin_list(At::Field("links"));
        for (trace, span, rest) in links {
            self.json.begin_object(At::Item);
            self.json.string(At::Field("traceId"), &HEXLOWER.encode(&trace));
            self.json.string(At::Field("spanId"), &HEXLOWER.encode(&span));
            self.json.end_object(());
            count_rest(&rest, &format!("{} link", self.signal.name), self.stopped);
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
        let given = self.fields.get("attributes");
        self.sieve(&self.signal.attributes, given);
        self.json.end_object(());
    }

    /// Writes those of these members that pass, as members of the object that was begun last.
    fn sieve(&mut self, listed: &[Member], given: Option<&Json>) {
        let (encoder, notes) = (&mut self.json, &mut self.refusals);
        Sieve { encoder, consent: self.consent, held: Nothing, notes }.attributes(listed, members(given));
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

    fn resource(&mut self) {
        let listed = &self.allow.catalogue.resource().info.attributes;
        if listed.is_empty() {
            return;
        }
        let (given, before) = (self.fields.get("resource"), self.json.mark());
        self.json.begin_object(At::Field("resource"));
        let empty = self.json.mark();
        self.sieve(listed, given);
        match self.json.mark() == empty {
            true => self.json.rewind(before),
            false => self.json.end_object(()),
        }
    }

    /// The number of values left out, earlier ones included.
    fn dropped(&mut self) {
        let name = "droppedAttributesCount";
        let json = self.fields.get(name);
        let before = json.and_then(Json::as_integer::<u32>);
        if json.is_some() && before.is_none() {
            self.stop(name);
        }
        let dropped = before.unwrap_or_default().saturating_add(self.refusals.dropped());
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
