//! What became of the last run: the very requests, and the counters.

use std::io;

use serde::{Deserialize, Serialize};

use super::{FORM, Store, file, now};
use crate::sync::{Mutex, MutexGuard, lock};
use crate::{Consent, SignalKind, Stats};

const FILE: &str = "telemetry-last-run.json";

/// Most bytes of requests that are kept.
const MOST_BYTES: usize = 256 << 10;

/// What became of the last run that reported anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastRun {
    /// When it last sent something, in RFC 3339.
    pub date: String,
    /// Version of its catalogue.
    pub version: String,
    /// What became of its signals until then.
    pub stats: Stats,
    /// Why a request was not taken, the latest time.
    pub failure: Option<String>,
    /// The requests, as they were handed to the transport, whether it could send them or not.
    pub requests: Vec<SentRequest>,
    /// How many more requests there were, which found no room here.
    pub more_requests: u64,
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentRequest {
    /// What is in it.
    pub kind: SignalKind,
    /// An OTLP protobuf request.
    pub body: Vec<u8>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Record {
    candor: u32,
    catalogue: String,
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
    more_requests: u64,
    requests: Vec<Request>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Request {
    kind: Kind,
    /// In hexadecimal digits.
    body: String,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Span,
    Event,
}

impl Store {
    /// What became of the last run; `None` when nothing is known of it.
    pub fn last_run(&self) -> Option<LastRun> {
        let text = file::read(&self.folder.as_ref()?.join(FILE)).ok()??;
        let record: Record = serde_json::from_str(&text).ok()?;
        let known = record.candor == FORM && record.catalogue == self.catalogue.name;
        known.then(|| record.read()).flatten()
    }

    /// Deletes what is kept of the last run.
    pub(super) fn forget_last_run(&self) -> io::Result<()> {
        self.folder.as_ref().map_or(Ok(()), |folder| file::remove(&folder.join(FILE)))
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
            ..Stats::default()
        };
        let request = |request: &Request| {
            let kind = match request.kind {
                Kind::Span => SignalKind::Span,
                Kind::Event => SignalKind::Event,
            };
            Some(SentRequest { kind, body: from_hex(&request.body)? })
        };
        let requests = self.requests.iter().map(request).collect::<Option<_>>()?;
        Some(LastRun {
            date: self.date,
            version: self.version,
            stats,
            failure: self.failure,
            requests,
            more_requests: self.more_requests,
        })
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
    bytes: usize,
    requests: Vec<Request>,
    more_requests: u64,
}

impl State {
    fn new(consent: Consent) -> Self {
        State { consent, bytes: 0, requests: Vec::new(), more_requests: 0 }
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

    /// While consent is off nothing is kept, and with less than before what was kept is deleted.
    pub fn set(&self, consent: Consent) {
        let state = self.state();
        if consent == Consent::Off || state.as_ref().is_some_and(|state| !consent.includes(state.consent)) {
            let _ = self.store.forget_last_run(); // nobody is left to tell
        }
        let Some(mut state) = state else { return };
        if !consent.includes(state.consent) {
            *state = State::new(consent);
        }
        state.consent = consent;
    }

    /// Takes a request that is about to be sent.
    pub fn add(&self, kind: SignalKind, body: &[u8]) {
        let Some(mut state) = self.state() else { return };
        if state.bytes + body.len() > MOST_BYTES {
            state.more_requests += 1;
            return;
        }
        let kind = match kind {
            SignalKind::Span => Kind::Span,
            SignalKind::Event => Kind::Event,
        };
        state.bytes += body.len();
        state.requests.push(Request { kind, body: to_hex(body) });
    }

    /// Writes what there is. Where that is not possible, nothing will be known of this run.
    pub fn save(&self, stats: Stats, failure: Option<String>) {
        let Some(state) = self.state().filter(|state| state.consent != Consent::Off) else { return };
        let Some(folder) = &self.store.folder else { return };
        let record = Record {
            candor: FORM,
            catalogue: self.store.catalogue.name.to_owned(),
            version: self.store.catalogue.version.to_owned(),
            date: now(),
            emitted: stats.emitted,
            sent: stats.sent,
            dropped: stats.dropped,
            spooled: stats.spooled,
            values_dropped: stats.values_dropped,
            values_truncated: stats.values_truncated,
            failure,
            more_requests: state.more_requests,
            requests: state.requests.clone(),
        };
        if let Ok(text) = serde_json::to_string_pretty(&record) {
            let _ = file::write(folder, FILE, &(text + "\n")); // see above
        }
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
