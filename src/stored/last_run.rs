//! The outcome of the last run: its very requests, and the counters.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Store, file, now};
use crate::sync::{Mutex, MutexGuard, lock};
use crate::{Consent, Content, Destination, DropReason, Drops, LastError, SignalKind, Stats, Stop, Why};

pub(super) const FILE: &str = "telemetry-last-run.json";

/// The version of the file's form.
const FORM: u32 = 2;

/// Most bytes of requests that are kept.
const MOST_BYTES: usize = 256 << 10;

/// The outcome of the last run that reported anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastRun {
    /// The time at which it last sent something, in RFC 3339.
    pub date: String,
    /// Version of its catalogue.
    pub version: String,
    /// The outcome of its signals until then.
    pub stats: Stats,
    /// The reason why a request was not taken, the latest time.
    pub failure: Option<String>,
    /// The values that were left out or cut, by key.
    pub stopped: Vec<Stop>,
    /// The requests, as they were handed to the transport, whether it could send them or not.
    pub requests: Vec<SentRequest>,
    /// The number of further requests, which found no room here.
    pub more_requests: u64,
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentRequest {
    /// Key of the endpoint that it went to.
    pub endpoint: String,
    /// The signals in an OTLP request; `None` for a JSON document in the endpoint's form.
    pub kind: Option<SignalKind>,
    /// The bytes.
    pub body: Vec<u8>,
}

/// The file: the last runs of all programs that keep theirs in the folder, by the names of their catalogues.
#[derive(Debug, Serialize, Deserialize)]
struct Document {
    candor: u32,
    runs: BTreeMap<String, Value>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Record {
    version: String,
    date: String,
    emitted: u64,
    sent: u64,
    dropped: u64,
    spooled: u64,
    values_dropped: u64,
    values_truncated: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
    /// The time of the failure, in RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failed_at: Option<String>,
    #[serde(default, skip_serializing_if = "is_zero")]
    not_due: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    unclaimed: u64,
    /// The rest of `dropped`, by reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    drops: BTreeMap<String, u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    stopped: Vec<Stopped>,
    more_requests: u64,
    requests: Vec<Request>,
}

/// A value that was left out or cut, and how often.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Stopped {
    key: String,
    why: String,
    count: u64,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Request {
    #[serde(default = "default_endpoint", skip_serializing_if = "is_default_endpoint")]
    endpoint: String,
    kind: Kind,
    /// In hexadecimal digits.
    body: String,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Span,
    Event,
    Metric,
    Json,
}

/// The endpoint of a catalogue that names none, and of records that were written before there were several.
fn default_endpoint() -> String {
    "default".to_owned()
}

fn is_default_endpoint(endpoint: &String) -> bool {
    *endpoint == default_endpoint()
}

impl Document {
    /// Reads the file; nothing where it cannot be read.
    fn read(path: &Path) -> Self {
        let text = file::read(path).ok().flatten();
        let document = text.and_then(|text| serde_json::from_str::<Document>(&text).ok());
        let known = document.filter(|document| document.candor == FORM);
        known.unwrap_or(Document { candor: FORM, runs: BTreeMap::new() })
    }

    fn write(&self, path: &Path) -> io::Result<()> {
        file::write(path, &(serde_json::to_string_pretty(self)? + "\n"))
    }
}

impl Store {
    /// Returns the outcome of the last run; `None` when nothing is known of it.
    pub fn last_run(&self) -> Option<LastRun> {
        let record = Document::read(&self.path(FILE)?).runs.remove(self.catalogue.name)?;
        serde_json::from_value::<Record>(record).ok()?.read()
    }

    /// Deletes what is kept of the last run, and what was left of writing it.
    pub(super) fn forget_last_run(&self) -> io::Result<()> {
        let Some(path) = self.path(FILE) else { return Ok(()) };
        let lock = file::lock(&path);
        let mut document = Document::read(&path);
        document.runs.remove(self.catalogue.name);
        let others = (!document.runs.is_empty()).then(|| document.write(&path));
        if others.is_none_or(|written| written.is_err()) {
            file::remove(&path).or_else(|error| file::empty(&path).map_err(|_| error))?;
        }
        self.sweep(matches!(lock, Ok(Some(_))))
    }

    /// Keeps this of the last run, unless the stored choice is off by now. Nothing fails because of it.
    fn keep_last_run(&self, record: &Record, unless_off: bool) -> io::Result<()> {
        let Some(path) = self.path(FILE) else { return Ok(()) };
        file::create_folder(&path)?;
        let lock = file::lock(&path)?;
        let stored = self.read();
        if unless_off && (stored.choice == Some(Consent::Off) || stored.problem.is_some()) {
            return Ok(());
        }
        let _ = self.sweep(lock.is_some()); // `off` does it again, and says what fails
        let mut document = Document::read(&path);
        document.runs.insert(self.catalogue.name.to_owned(), serde_json::to_value(record)?);
        document.write(&path)
    }
}

impl Record {
    fn read(self) -> Option<LastRun> {
        let stats = Stats {
            emitted: self.emitted,
            sent: self.sent,
            dropped: self.dropped,
            spooled: self.spooled,
            values_dropped: self.values_dropped,
            values_truncated: self.values_truncated,
            not_due: self.not_due,
            unclaimed: self.unclaimed,
            drops: self.drops(),
            last_error: self.last_error(),
            ..Stats::default()
        };
        let request = |request: &Request| {
            let kind = match request.kind {
                Kind::Span => Some(SignalKind::Span),
                Kind::Event => Some(SignalKind::Event),
                Kind::Metric => Some(SignalKind::Metric),
                Kind::Json => None,
            };
            Some(SentRequest { endpoint: request.endpoint.clone(), kind, body: from_hex(&request.body)? })
        };
        let requests = self.requests.iter().map(request).collect::<Option<_>>()?;
        Some(LastRun {
            date: self.date,
            version: self.version,
            stats,
            stopped: self.stopped.iter().filter_map(Stopped::read).collect(),
            failure: self.failure,
            requests,
            more_requests: self.more_requests,
        })
    }
}

impl Record {
    fn drops(&self) -> Drops {
        let mut drops = Drops::default();
        for reason in DropReason::ALL {
            drops.add(reason, self.drops.get(reason.name()).copied().unwrap_or_default());
        }
        drops
    }

    fn last_error(&self) -> Option<LastError> {
        let when = humantime::parse_rfc3339(self.failed_at.as_deref()?).ok()?;
        Some(LastError { when, why: self.failure.clone()? })
    }
}

impl Stopped {
    fn of(stop: &Stop) -> Self {
        Stopped { key: stop.key.clone(), why: stop.why.name().to_owned(), count: stop.count }
    }

    fn read(&self) -> Option<Stop> {
        let why = Why::ALL.into_iter().find(|why| why.name() == self.why)?;
        Some(Stop { key: self.key.clone(), why, count: self.count })
    }
}

/// The record of the run that goes on, written while it does. A forked process keeps none: its parent does.
#[derive(Debug)]
pub(crate) struct Recording {
    store: Store,
    process: u32,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    consent: Consent,
    explicit: bool,
    bytes: usize,
    requests: Vec<Request>,
    more_requests: u64,
}

impl State {
    fn new(consent: Consent) -> Self {
        State { consent, explicit: false, bytes: 0, requests: Vec::new(), more_requests: 0 }
    }
}

impl Recording {
    pub fn new(store: Store) -> Self {
        Recording { store, process: std::process::id(), state: Mutex::new(State::new(Consent::Off)) }
    }

    /// The record, in the process that keeps it. Nobody releases what a fork found locked.
    fn state(&self) -> Option<MutexGuard<'_, State>> {
        (self.process == std::process::id()).then(|| lock(&self.state))
    }

    /// While consent is off nothing is kept, and with less than before what was kept is deleted. `explicit` says that the
    /// application set it, whatever is stored.
    pub fn set(&self, consent: Consent, explicit: bool) {
        let state = self.state();
        let less = state.as_ref().is_some_and(|state| !consent.includes(state.consent));
        if consent == Consent::Off || less {
            let _ = self.store.forget_last_run(); // `off` does it again, and says what fails
        }
        let Some(mut state) = state else { return };
        if less {
            *state = State::new(consent);
        }
        (state.consent, state.explicit) = (consent, explicit);
    }

    /// Takes a request that is about to be sent.
    pub fn add(&self, to: Destination<'_>, body: &[u8]) {
        let Some(mut state) = self.state() else { return };
        if state.bytes + body.len() > MOST_BYTES {
            state.more_requests += 1;
            return;
        }
        let kind = match to.content {
            Content::Otlp(SignalKind::Span) => Kind::Span,
            Content::Otlp(SignalKind::Event) => Kind::Event,
            Content::Otlp(SignalKind::Metric) => Kind::Metric,
            Content::Json(_) => Kind::Json,
        };
        state.bytes += body.len();
        state.requests.push(Request { endpoint: to.endpoint.to_owned(), kind, body: to_hex(body) });
    }

    /// Writes what there is. Where that is not possible, nothing will be known of this run.
    pub fn save(&self, stats: &Stats, stopped: &[Stop]) {
        let Some(state) = self.state().filter(|state| state.consent != Consent::Off) else { return };
        let record = Record {
            version: self.store.catalogue.version.to_owned(),
            date: now(),
            emitted: stats.emitted,
            sent: stats.sent,
            dropped: stats.dropped,
            spooled: stats.spooled,
            values_dropped: stats.values_dropped,
            values_truncated: stats.values_truncated,
            failure: stats.last_error.as_ref().map(|error| error.why.clone()),
            failed_at: stats.last_error.as_ref().map(LastError::date),
            not_due: stats.not_due,
            unclaimed: stats.unclaimed,
            drops: stats.drops.iter().map(|(reason, count)| (reason.name().to_owned(), count)).collect(),
            stopped: stopped.iter().map(Stopped::of).collect(),
            more_requests: state.more_requests,
            requests: state.requests.clone(),
        };
        let _ = self.store.keep_last_run(&record, !state.explicit); // see above
    }
}

fn to_hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|digit| Some(digit.to_digit(16)? as u8)).collect();
    Some(digits?.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}
