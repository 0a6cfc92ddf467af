//! Takes in a body: reads, inspects, counts and captures it, and builds the request to forward.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;
use std::sync::{Mutex, MutexGuard, PoisonError};

use candor_schema::{Catalogue, SignalKind};
use candor_validate::{Allow, Item, Request, Signals, Stopped, read_each};
use flate2::read::MultiGzDecoder;
use hyper::StatusCode;

use super::answer::Answer;
use super::capture::CaptureFolder;
use super::forward::Passed;
use super::inspect::{Inspector, Remark};
use super::ledger::{Ledger, Look, Occurrences};
use super::live::Live;
use super::receive::{Form, RequestKind, Sent};
use super::refusal::Refusal;
use crate::import::captures::Learner;

/// Most bytes of resources and scopes in a request, each counted once for every signal.
const MOST_AROUND: usize = 8 << 20;

/// Everything that looks at bodies. Any thread may.
pub struct Intake {
    pub catalogue: &'static Catalogue,
    pub inspector: Inspector,
    pub live: Live,
    /// Set when a catalogue is drafted from what comes. Then nothing is judged.
    pub learner: Option<Mutex<Learner>>,
    /// Set when something may pass on.
    pub allow: Option<Allow<'static>>,
    pub capture: Option<CaptureFolder>,
    pub most_bytes: usize,
    /// The number of different findings of a request that are told apart.
    pub most_findings: usize,
    pub ledger: Mutex<Ledger>,
}

/// A body that is not compressed any more, and not read yet.
pub struct Opened {
    pub sent: Sent,
    inflated: Option<Vec<u8>>,
    /// The memory that it may take when it is read and inspected.
    pub weight: usize,
}

impl Opened {
    fn body(&self) -> &[u8] {
        self.inflated.as_deref().unwrap_or(&self.sent.body)
    }
}

/// A body that was taken.
pub struct Taken {
    pub answer: Answer,
    /// The part to forward.
    pub passed: Option<Passed>,
    /// Knows the request again when it is put off and comes once more.
    pub mark: u64,
}

impl Intake {
    /// Inflates a body and weighs it.
    ///
    /// # Errors
    /// Fails when it cannot be inflated, or would be too long.
    pub fn open(&self, sent: Sent) -> Result<Opened, Refusal> {
        let signals = signals(sent.kind);
        let inflated = if sent.gzip { Some(inflate(&sent.body, self.most_bytes)?) } else { None };
        let body = inflated.as_deref().unwrap_or(&sent.body);
        let weight = match (sent.form, signals) {
            (Form::Protobuf, Some(signals)) => Request::weigh_protobuf(signals, body),
            (_, Some(_)) => Request::weigh_json(body),
            // It is read three times: as JSON, by the form, and as payloads.
            (_, None) => 4 * Request::weigh_json(body),
        };
        Ok(Opened { sent, inflated, weight })
    }

    /// # Errors
    /// Fails when nothing in the body can be read, or there is too much of it.
    pub fn take(&self, opened: &Opened) -> Result<Taken, Refusal> {
        let (sent, body) = (&opened.sent, opened.body());
        let Some(signals) = signals(sent.kind) else { return self.take_body(body) };
        let request = read(signals, sent.form, body)?;
        if signals == Signals::Metrics && !lists_metrics(self.catalogue) {
            self.write(signals, sent.form, body, &request);
            return Ok(self.take_metrics(&request));
        }
        let mark = self.allow.as_ref().map_or(0, |_| mark(body));
        let is_new = !self.ledger().was_put_off(mark);
        let look = self.look(&request, is_new)?;
        let unreadable = look.unreadable;
        let mut stopped = Stopped::default();
        let passed = self.allow.as_ref().map(|allow| allow.pass(&request, &mut stopped));
        if is_new {
            self.write(signals, sent.form, body, &request);
            self.ledger().take(look, stopped, self.live.news());
        }
        let message = if unreadable > 0 { "parts of the request could not be read" } else { "" };
        let passed = passed.filter(|passed| passed.signals > 0).map(|passed| Passed::Otlp(signals, passed));
        Ok(Taken { answer: Answer { rejected: unreadable, message: message.to_owned() }, passed, mark })
    }

    fn learner(&self) -> Option<MutexGuard<'_, Learner>> {
        self.learner.as_ref().map(|learner| learner.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a JSON document in the form of one of the catalogue's endpoints.
    fn take_body(&self, body: &[u8]) -> Result<Taken, Refusal> {
        let mark = self.allow.as_ref().map_or(0, |_| mark(body));
        let is_new = !self.ledger().was_put_off(mark);
        let mut look = Look::new(self.catalogue);
        let mut why = None;
        let read = read_each(self.catalogue, body, 8 * self.most_bytes.max(1 << 20), |item| {
            self.take_item(&item, is_new, &mut look, &mut why);
        });
        read.map_err(|error| Refusal::new(StatusCode::BAD_REQUEST, error.to_string()))?;
        let mut stopped = Stopped::default();
        let passed = self.allow.as_ref().and_then(|allow| allow.pass_body(body, &mut stopped));
        let (unreadable, signals) = (look.unreadable, look.coverage.signals_seen());
        if is_new {
            self.capture(None, Form::Json, body);
            self.ledger().take(look, stopped, self.live.news());
        }
        // A document of another form is no accident of one value: its sender has to hear of it.
        if let Some(why) = why.filter(|_| signals == 0) {
            return Err(Refusal::new(StatusCode::BAD_REQUEST, why));
        }
        let message = if unreadable > 0 { "parts of the request could not be read" } else { "" };
        let passed = passed.filter(|passed| passed.signals > 0).map(Passed::Body);
        Ok(Taken { answer: Answer { rejected: unreadable, message: message.to_owned() }, passed, mark })
    }

    /// Searches the metrics of a program whose catalogue lists none. OTLP's words for: taken, but know this.
    fn take_metrics(&self, request: &Request) -> Taken {
        request.each_item(self.catalogue, MOST_AROUND, |item| match self.learner() {
            Some(mut learner) => learner.add(&item, "request"),
            None => self.live.add(&item),
        });
        if self.learner.is_none() {
            self.ledger().take_metrics(self.live.news());
        }
        let message = "the catalogue lists no metrics; they are searched and kept here".to_owned();
        Taken { answer: Answer { rejected: 0, message }, passed: None, mark: 0 }
    }

    /// A request that is new is audited, too; one that comes again would be counted twice.
    fn look(&self, request: &Request, is_new: bool) -> Result<Look, Refusal> {
        let mut look = Look::new(self.catalogue);
        let mut why = None;
        request.each_item(self.catalogue, MOST_AROUND, |item| {
            self.take_item(&item, is_new, &mut look, &mut why);
        });
        match why.filter(|_| look.coverage.signals_seen() == 0) {
            Some(why) => Err(Refusal::new(StatusCode::BAD_REQUEST, why)),
            None => Ok(look),
        }
    }

    /// `why` becomes the first reason why a part could not be read.
    fn take_item(&self, item: &Item, is_new: bool, look: &mut Look, why: &mut Option<String>) {
        match self.learner() {
            Some(mut learner) => learner.add(item, "request"),
            None if is_new => self.live.add(item),
            None => {}
        }
        if let Item::Unreadable(part) = item {
            why.get_or_insert_with(|| part.why.clone());
        }
        self.look_at(item, look);
    }

    fn look_at(&self, item: &Item, look: &mut Look) {
        let origin = match item {
            Item::Payload(payload) => {
                look.coverage.add(self.catalogue, payload);
                &payload.origin
            }
            Item::Unreadable(part) => {
                look.unreadable += 1;
                &part.origin
            }
        };
        if self.learner.is_some() {
            return;
        }
        for Remark { finding, message } in self.inspector.inspect(item) {
            if let Some(found) = look.findings.get_mut(&finding) {
                found.count += 1;
            } else if look.findings.len() < self.most_findings {
                look.findings.insert(finding, Occurrences { count: 1, message, first: origin.to_string() });
            } else {
                look.more_findings += 1;
            }
        }
    }

    fn write(&self, signals: Signals, form: Form, body: &[u8], request: &Request) {
        if !request.is_empty() {
            self.capture(Some(signals), form, body);
        }
    }

    fn capture(&self, signals: Option<Signals>, form: Form, body: &[u8]) {
        let Some(capture) = &self.capture else { return };
        if let Err(error) = capture.write(signals, form, body) {
            self.ledger().fail(&format_args!("a request could not be captured: {error}"));
        }
    }
}

/// Returns whether metrics are judged like other signals: those of a catalogue that lists none are searched.
fn lists_metrics(catalogue: &Catalogue) -> bool {
    catalogue.signals().iter().any(|signal| signal.kind == SignalKind::Metric)
}

/// `None` for JSON of a program's own.
fn signals(kind: RequestKind) -> Option<Signals> {
    match kind {
        RequestKind::Traces => Some(Signals::Traces),
        RequestKind::Logs => Some(Signals::Logs),
        RequestKind::Metrics => Some(Signals::Metrics),
        RequestKind::Body => None,
    }
}

/// Reads a body that is not compressed.
fn read(signals: Signals, form: Form, body: &[u8]) -> Result<Request, Refusal> {
    /// A span of two bytes takes hundreds of times as much when it is looked at.
    const MOST_SIGNALS: usize = 1 << 16;
    let request = match form {
        Form::Protobuf => Request::from_protobuf(signals, body),
        Form::Json => Request::from_json(signals, body),
    };
    let request = request.map_err(|error| Refusal::new(StatusCode::BAD_REQUEST, error.to_string()))?;
    match request.len() > MOST_SIGNALS {
        true => Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "the request has more than 65536 signals")),
        false => Ok(request),
    }
}

fn inflate(bytes: &[u8], most: usize) -> Result<Vec<u8>, Refusal> {
    let mut inflated = Vec::new();
    let read = MultiGzDecoder::new(bytes).take(most as u64 + 1).read_to_end(&mut inflated);
    if read.is_err() {
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "the body is not gzip to its end"));
    }
    match inflated.len() > most {
        true => Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is longer than is taken here when inflated")),
        false => Ok(inflated),
    }
}

fn mark(body: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    hasher.finish()
}
