//! The spool: requests that wait in files while the network is away (feature `spool`).
//!
//! ```text
//! "later" ─→ ….new.candor ─→ ….candor ─claim→ ….sending.candor ─sent or refused→ gone
//!            (being written)  (waits)  ←release─ (network still away)
//! ```
//! One request is one file. It is written, flushed to the disk and only then renamed, so that a loss of power leaves a
//! whole record or none. A record is claimed before it is sent, and the claim reaches the disk first: one that a crash
//! left claimed may have arrived, and is not sent again. Of processes that share a folder, one gets the claim.
//!
//! Whatever goes wrong with the files, a request fares as it would without a spool. The spool sends nothing by itself:
//! what waits goes along when something else is sent.

mod fingerprint;
mod folder;
mod record;

use std::fmt;
use std::fs::File;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use self::folder::{Entry, Key, State};
use crate::allowance::Held;
use crate::{
    Allowance, Catalogue, Cause, Consent, Content, DEFAULT, Delivery, Destination, OPT_IN, Retry, SignalKind,
    Transport, TransportError,
};

/// A transport that puts requests into files while another one cannot send them, and sends them later.
///
/// It takes over what the other transport says to try again *later*; that one is then left alone for a while, longer
/// with every failure or for as long as the collector asked for. A request that is sent after that takes up to
/// [`SpoolLimits::per_send`] records along, oldest first.
///
/// The folder belongs to one catalogue. In it, only files whose names are of the spool's own making are read or deleted.
/// [`Builder::spool`](crate::Builder::spool) is the usual way to a spool.
pub struct Spool {
    inner: Box<dyn Transport>,
    catalogue: &'static Catalogue,
    /// The fingerprint of the catalogue as it is now.
    fingerprint: u64,
    folder: PathBuf,
    limits: SpoolLimits,
    clock: Box<dyn Fn() -> SystemTime + Send>,
    permission: Permission,
    /// Tells the records of this spool from those of others.
    writer: u64,
    written: u32,
    /// The endpoints that are left alone for a while, by their positions.
    rests: Vec<(u8, Rest)>,
    /// The number of spooled signals that were sent and not reported yet.
    resent: u64,
    lost: u64,
    /// The reason why a request was not taken, if it was not reported yet.
    failure: Option<String>,
}

/// The most that a spool holds, for how long, and how much of it goes along with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpoolLimits {
    /// Most bytes of all records; the oldest go first. 1 MiB by default. Processes that write at the same moment may
    /// exceed it by a record each, until the next one is written.
    pub max_bytes: u64,
    /// Older records are deleted. 7 days by default.
    pub max_age: Duration,
    /// Most records that go along with one request. 8 by default.
    pub per_send: usize,
}

impl Default for SpoolLimits {
    fn default() -> Self {
        SpoolLimits { max_bytes: 1 << 20, max_age: Duration::from_secs(7 * 24 * 60 * 60), per_send: 8 }
    }
}

/// Most records, however small they are.
const MOST_RECORDS: usize = 1024;

/// A file that was begun so long ago is locked by the process that writes it.
const BEGUN: Duration = Duration::from_secs(1);

/// The age from which an unfinished file counts as abandoned, where there are no locks.
const STALE: Duration = Duration::from_secs(60);

impl Spool {
    /// Puts requests of this catalogue into this folder while `inner` cannot send them. The folder is made when there
    /// is something to put into it.
    pub fn new(inner: impl Transport, catalogue: &'static Catalogue, folder: impl Into<PathBuf>) -> Self {
        Spool::wrap(Box::new(inner), catalogue, Permission::new(folder.into(), Consent::Default, None))
    }

    pub(crate) fn wrap(inner: Box<dyn Transport>, catalogue: &'static Catalogue, permission: Permission) -> Self {
        Spool {
            inner,
            catalogue,
            fingerprint: fingerprint::fingerprint(catalogue),
            folder: permission.folder.clone(),
            limits: SpoolLimits::default(),
            clock: Box::new(SystemTime::now),
            permission,
            writer: random(),
            written: 0,
            rests: Vec::new(),
            resent: 0,
            lost: 0,
            failure: None,
        }
    }

    /// Other limits.
    pub fn limits(mut self, limits: SpoolLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Another clock, for tests: it says how old records are, and when the other transport is asked again.
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Sets the user's consent; [`Consent::Default`] unless set. Records of other processes that hold anything opt-in
    /// are only sent with [`Consent::OptedIn`]; without it they are deleted.
    pub fn consent(self, consent: Consent) -> Self {
        self.permission.set(consent, None);
        self
    }

    /// Deletes every record in a folder, also those that are just being sent, and waits until the disk knows. That a
    /// folder is not there is no error.
    ///
    /// # Errors
    /// The folder cannot be read, or a record cannot be deleted.
    pub fn erase(folder: &Path) -> io::Result<()> {
        folder::erase(folder)
    }

    /// Returns true while an endpoint is left alone. A clock that was set back ends that.
    fn rests(&self, endpoint: u8) -> bool {
        self.rest(endpoint)
            .is_some_and(|rest| (self.clock)().duration_since(rest.since).is_ok_and(|passed| passed < rest.length))
    }

    fn rest(&self, endpoint: u8) -> Option<Rest> {
        self.rests.iter().find(|(resting, _)| *resting == endpoint).map(|(_, rest)| *rest)
    }

    fn end_rest(&mut self, endpoint: u8) {
        self.rests.retain(|(resting, _)| *resting != endpoint);
    }

    /// Leaves an endpoint alone for a while.
    fn begin_rest(&mut self, endpoint: u8, error: &TransportError) {
        const FIRST: Duration = Duration::from_secs(1);
        const LONGEST: Duration = Duration::from_secs(60 * 60);
        let failures = self.rest(endpoint).map_or(0, |rest| rest.failures);
        let length = match error.retry {
            Retry::After(length) => length.min(LONGEST),
            _ => FIRST.saturating_mul(1 << failures.min(8)).mul_f64(0.5 + fastrand::f64() / 2.0),
        };
        self.failure = Some(error.message.clone());
        self.end_rest(endpoint);
        self.rests.push((endpoint, Rest { since: (self.clock)(), length, failures: failures.saturating_add(1) }));
    }

    /// Sends what waits for endpoints that do not rest, oldest first, up to a number.
    fn hand_over(&mut self) {
        let Ok((waiting, _)) = self.tidy() else { return };
        let mut bytes = Vec::new();
        let mut left = self.limits.per_send;
        for entry in &waiting {
            if left == 0 || self.permission.get() == Consent::Off {
                return;
            }
            if self.rests(entry.key.endpoint) {
                continue;
            }
            left -= 1;
            let Ok(mut file) = folder::claim(&self.folder, &entry.key) else { continue };
            let read = folder::read(&mut file, self.limits.max_bytes, &mut bytes);
            let record = read.ok().and_then(|()| record::decode(&bytes, &entry.key, self.catalogue, self.fingerprint));
            self.send_record(&entry.key, &file, record);
        }
    }

    /// Sends one claimed record, and deletes it unless it can be sent later. One that is not whole, of a catalogue that
    /// listed something else, or more than the user agreed to by now, is only deleted.
    fn send_record(&mut self, key: &Key, file: &File, record: Option<(Destination<'static>, &[u8])>) {
        let allowed = |(to, body): &(Destination<'static>, &[u8])| self.is_allowed(key, *to, body);
        let answer = record.filter(allowed).map(|(to, body)| self.inner.send_to(to, body));
        match answer {
            Some(Err(error)) if error.retry != Retry::Never => {
                folder::release(&self.folder, key, file);
                self.begin_rest(key.endpoint, &error);
                return;
            }
            Some(Ok(delivery)) => {
                let rejected = delivery.rejected.min(key.count.into());
                self.resent += u64::from(key.count) - rejected;
                self.lost += rejected;
                self.end_rest(key.endpoint);
            }
            Some(Err(error)) => {
                self.failure = Some(error.message);
                self.lost += u64::from(key.count);
            }
            None => self.lost += u64::from(key.count),
        }
        let _ = folder::remove(&self.folder, key, State::Sending); // else it is found claimed, and not sent
    }

    /// Returns true if a record may be sent as it is. Data that was opted in to for one instance may go with its own
    /// process.
    fn is_allowed(&self, key: &Key, to: Destination<'_>, body: &[u8]) -> bool {
        let (process, held) = (self.permission.get(), self.permission.held());
        let own = key.writer == self.writer && process != Consent::Off;
        let consent = if own { process.and(Consent::of(OPT_IN)) } else { process };
        let agreed = match held {
            Some(None) => true,
            Some(Some(held)) => record::is_agreed(self.catalogue, to, body, &Allowance::holding(consent, held)),
            None => false,
        };
        // The name says it where no other channels are needed; the contents are of this catalogue, its channels included.
        let is_simple = Consent::of(DEFAULT).and(Consent::of(OPT_IN)).includes(key.consent);
        let needs = if is_simple { key.consent } else { record::consent(self.catalogue, to, body) };
        agreed && consent.includes(needs)
    }

    /// Puts a request into a file.
    fn put_aside(&mut self, to: Destination<'_>, body: &[u8]) -> io::Result<Delivery> {
        let permission = self.permission.get();
        if permission == Consent::Off {
            return Err(ErrorKind::PermissionDenied.into());
        }
        let count = record::count(self.catalogue, to, body);
        let key = Key {
            created: self.now(),
            writer: self.writer,
            number: self.written,
            count,
            consent: record::consent(self.catalogue, to, body),
            endpoint: record::position(self.catalogue, to),
        };
        self.written = self.written.wrapping_add(1);
        let header = record::header(&key, self.catalogue, self.fingerprint, to.content, body);
        self.make_room((header.len() + body.len()) as u64)?;
        folder::write(&self.folder, &key, &[&header, body])?;
        if !self.permission.get().includes(permission) {
            // Consent was withdrawn while this was written; what was erased then did not have it.
            let _ = folder::remove(&self.folder, &key, State::Waiting); // or it was erased
            return Err(ErrorKind::PermissionDenied.into());
        }
        Ok(Delivery { spooled: count.into(), ..Delivery::default() })
    }

    /// Deletes the oldest records until there is room for another one.
    fn make_room(&mut self, bytes: u64) -> io::Result<()> {
        let Some(room) = self.limits.max_bytes.checked_sub(bytes) else { return Err(ErrorKind::FileTooLarge.into()) };
        let (waiting, mut held) = self.tidy()?;
        let mut records = waiting.len();
        for entry in &waiting {
            if held <= room && records < MOST_RECORDS {
                break;
            }
            // One that cannot be deleted was perhaps claimed just now, and still takes its room.
            if folder::remove(&self.folder, &entry.key, State::Waiting).is_ok() {
                self.lost += u64::from(entry.key.count);
                held = held.saturating_sub(entry.bytes);
                records -= 1;
            }
        }
        if held <= room && records < MOST_RECORDS { Ok(()) } else { Err(ErrorKind::StorageFull.into()) }
    }

    /// Deletes what is too old and what crashes left. Gives the records that wait, oldest first, and how many bytes
    /// there are in all.
    fn tidy(&mut self) -> io::Result<(Vec<Entry>, u64)> {
        let (now, mut held, mut waiting) = (self.now(), 0, Vec::new());
        for entry in folder::list(&self.folder)? {
            let age = Duration::from_micros(now.abs_diff(entry.key.created));
            let aged = age > self.limits.max_age;
            let removed = match entry.state {
                State::Waiting => aged && folder::remove(&self.folder, &entry.key, State::Waiting).is_ok(),
                State::Sending => folder::remove_abandoned(&self.folder, &entry, false, aged),
                State::New => age > BEGUN && folder::remove_abandoned(&self.folder, &entry, age > STALE, aged),
            };
            if !removed {
                held = entry.bytes.saturating_add(held);
            } else if entry.state != State::New {
                self.lost += u64::from(entry.key.count);
            }
            if !removed && !aged && entry.state == State::Waiting {
                waiting.push(entry);
            }
        }
        Ok((waiting, held))
    }

    /// Microseconds since 1970.
    fn now(&self) -> u64 {
        (self.clock)().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_micros() as u64)
    }

    /// Adds to an answer what became of spooled signals since the last one.
    fn report(&mut self, delivery: Delivery) -> Delivery {
        let (resent, lost) = (std::mem::take(&mut self.resent), std::mem::take(&mut self.lost));
        let failure = delivery.failure.or_else(|| self.failure.take());
        Delivery { resent: delivery.resent + resent, lost: delivery.lost + lost, failure, ..delivery }
    }
}

impl Transport for Spool {
    fn send(&mut self, kind: SignalKind, body: &[u8]) -> Result<Delivery, TransportError> {
        let endpoint = self.catalogue.endpoints.first().map_or("default", |endpoint| &endpoint.name);
        self.send_to(Destination { endpoint, content: Content::Otlp(kind) }, body)
    }

    fn send_to(&mut self, to: Destination<'_>, body: &[u8]) -> Result<Delivery, TransportError> {
        let permission = self.permission.get();
        let endpoint = record::position(self.catalogue, to);
        if !self.rests(endpoint) {
            self.hand_over();
        }
        if self.rests(endpoint)
            && let Ok(delivery) = self.put_aside(to, body)
        {
            return Ok(self.report(delivery));
        }
        if !self.permission.get().includes(permission) || permission == Consent::Off {
            let message = "consent was withdrawn".to_owned();
            return Err(TransportError { message, retry: Retry::Never, cause: Cause::Withdrawn });
        }
        match self.inner.send_to(to, body) {
            Ok(delivery) => {
                self.end_rest(endpoint);
                Ok(self.report(delivery))
            }
            Err(error) if error.retry == Retry::Never => {
                self.end_rest(endpoint);
                self.failure = None;
                Err(error)
            }
            Err(error) => {
                self.begin_rest(endpoint, &error);
                if let Ok(delivery) = self.put_aside(to, body) {
                    return Ok(self.report(delivery));
                }
                self.failure = None; // it goes with this answer
                Err(error)
            }
        }
    }

    fn withdraw(&mut self) {
        let _ = Spool::erase(&self.folder); // nobody is left to tell
        self.inner.withdraw();
    }
}

impl fmt::Debug for Spool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spool").field("folder", &self.folder).field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// The consent for sending from a folder. A pipeline changes it from any thread, while its sender is at work.
#[derive(Debug, Clone)]
pub(crate) struct Permission {
    consent: Arc<AtomicU32>,
    held: Arc<RwLock<Option<Arc<Held>>>>,
    folder: PathBuf,
}

impl Permission {
    /// With [`Consent::Off`], the folder is erased.
    pub fn new(folder: PathBuf, consent: Consent, held: Option<Arc<Held>>) -> Self {
        let consent_now = Arc::new(AtomicU32::new(Consent::Default.bits()));
        let permission = Permission { consent: consent_now, held: Arc::default(), folder };
        permission.set(consent, held);
        permission
    }

    fn get(&self) -> Consent {
        Consent::from_bits(self.consent.load(SeqCst))
    }

    /// Returns the part that the user has not agreed to. `None` while that changes, or where a fork found it locked.
    fn held(&self) -> Option<Option<Arc<Held>>> {
        self.held.try_read().ok().map(|held| held.clone())
    }

    /// With less consent than before, the folder is erased, as the queue is emptied.
    pub fn set(&self, consent: Consent, held: Option<Arc<Held>>) {
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = held;
        let before = Consent::from_bits(self.consent.swap(consent.bits(), SeqCst));
        if !consent.includes(before) {
            let _ = self.erase(); // `off` does it again, and says what fails
        }
    }

    /// Deletes every record.
    pub fn erase(&self) -> io::Result<()> {
        Spool::erase(&self.folder)
    }
}

/// The time for which the other transport is left alone.
#[derive(Debug, Clone, Copy)]
struct Rest {
    since: SystemTime,
    length: Duration,
    /// The number of failures in a row.
    failures: u32,
}

/// A number that no other spool has, in this process or another, forked ones included.
fn random() -> u64 {
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    hasher.write_u128(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos()));
    hasher.finish()
}
