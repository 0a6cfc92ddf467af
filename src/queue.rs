//! The queue: bounded batches of encoded signals, in shards so that threads do not wait for each other.
//!
//! * There are one to eight shards, each with a batch for every lane (an endpoint's spans, its events, or its bodies of
//!   the program's own) behind a lock. A thread takes a shard that is free, its own first, and encodes into it. While
//!   every shard is taken it lets other threads run, 16 times at most; then the signal is dropped and counted. Emitting never waits for a lock.
//! * A batch is allocated once and has a fixed size. The capacity (1 MiB unless set) is divided among the lanes that the
//!   catalogue has. Of each there is one batch per shard, and one that is being sent. A signal that fits into no batch
//!   is dropped and counted.
//! * A batch has room for what stands in its request before the first signal and behind the last. So the request is the
//!   batch, and nothing is copied.
//! * Consent is asked once more with the shard in hand, so nothing is queued after consent was withdrawn.

use std::borrow::Cow;
use std::sync::TryLockError;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use fastrand::Rng;

use crate::encode::{Buffer, OtlpEncoder, Stamp, put_body};
use crate::filter::Tally;
use crate::interval::Reports;
use crate::lanes::{Lane, LaneForm, Lanes};
use crate::process::AllowedProcess;
use crate::refusals::count_refusals;
use crate::stopped::Counts;
use crate::sync::{AtomicU64, Mutex, MutexGuard, lock, thread};
use crate::{Allowance, Catalogue, DropReason, Drops, Telemetry};

/// All shards.
#[derive(Debug)]
pub(crate) struct Queue {
    /// The length is a power of two.
    shards: Box<[Aligned]>,
    pub lanes: Lanes,
    batch_bytes: usize,
    /// Signals that found no place: emitted and dropped.
    refused: AtomicU64,
}

/// A shard with cache lines of its own, so that threads on different shards do not slow each other down.
#[derive(Debug)]
#[repr(align(128))]
struct Aligned(Mutex<Shard>);

/// The place of a batch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    shard: usize,
    pub lane: usize,
}

/// The request that a push makes of the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wake {
    /// Nothing.
    No,
    /// Nothing; the signal was dropped, whatever room there is.
    Refused(DropReason),
    /// Something waits now, where nothing did.
    First,
    /// Enough waits to be sent at once.
    Full,
}

impl Queue {
    /// A queue whose batches, with the one of each lane that is being sent, take no more than `capacity` bytes.
    pub fn new(catalogue: &Catalogue, capacity: usize, process_room: usize) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let shards = threads.min(8).min(capacity / 16_384).max(1).next_power_of_two();
        let lanes = Lanes::new(catalogue, process_room);
        Queue {
            shards: (0..shards).map(|_| Aligned(Mutex::default())).collect(),
            batch_bytes: capacity / lanes.len().max(1) / (shards + 1),
            lanes,
            refused: AtomicU64::new(0),
        }
    }

    /// Encodes a signal into a batch of a shard that nobody holds, this thread's own first. It is dropped where
    /// `allowance`, asked with the shard in hand, does not allow it, and where there is no room.
    ///
    /// Never waits for anybody. While all shards are held, probably by threads that are not running, others get to run.
    #[inline]
    pub fn push<T: Telemetry + ?Sized>(
        &self,
        stamp: Stamp<'_>,
        value: &T,
        allowance: impl Fn() -> Result<Allowance, DropReason>,
    ) -> Wake {
        const TIMES: usize = 16;
        for _ in 0..TIMES {
            if let Some(wake) = self.try_push(stamp, value, &allowance) {
                return wake;
            }
            thread::yield_now();
        }
        self.refused.fetch_add(1, Relaxed);
        Wake::No
    }

    /// Takes a signal that goes at intervals, which waits apart.
    #[cold]
    pub fn push_report<T: Telemetry + ?Sized>(
        &self,
        reports: &Reports,
        stamp: Stamp<'_>,
        value: &T,
        allowance: impl Fn() -> Result<Allowance, DropReason>,
    ) -> Wake {
        let lane = self.lanes.get(self.lanes.of(T::SIGNAL));
        lane.and_then(|lane| reports.push(lane, stamp, value, allowance)).unwrap_or_else(|| {
            self.refused.fetch_add(1, Relaxed);
            Wake::No
        })
    }

    /// `None` when all shards are held.
    #[inline]
    fn try_push<T: Telemetry + ?Sized>(
        &self,
        stamp: Stamp<'_>,
        value: &T,
        allowance: &impl Fn() -> Result<Allowance, DropReason>,
    ) -> Option<Wake> {
        let own = thread_number();
        let mut no_room = None;
        for position in own..own + self.shards.len() {
            let Some(mut shard) = self.free(position) else { continue };
            match shard.push(self, stamp, value, allowance()) {
                Ok(wake) => return no_room.max(Some(wake)),
                Err(wake) => no_room = no_room.max(Some(wake)),
            }
        }
        if no_room.is_some() {
            self.refused.fetch_add(1, Relaxed);
        }
        no_room
    }

    /// A shard, unless somebody holds it.
    #[inline]
    fn free(&self, position: usize) -> Option<MutexGuard<'_, Shard>> {
        match self.shards[position & (self.shards.len() - 1)].0.try_lock() {
            Ok(shard) => Some(shard),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Locks every shard in turn.
    pub fn each(&self) -> impl Iterator<Item = MutexGuard<'_, Shard>> {
        self.shards.iter().map(|shard| lock(&shard.0))
    }

    /// The place of every batch that there may be.
    pub fn places(&self) -> impl Iterator<Item = Place> + use<> {
        let lanes = self.lanes.len();
        (0..self.shards.len()).flat_map(move |shard| (0..lanes).map(move |lane| Place { shard, lane }))
    }

    /// Takes the place of the fullest batch out of `places`: to send it makes most room.
    pub fn fullest_of(&self, places: &mut Vec<Place>) -> Option<Place> {
        let bytes =
            |place: &Place| lock(&self.shards[place.shard].0).batch(place.lane).map_or(0, |batch| batch.committed);
        let (fullest, _) = places.iter().enumerate().max_by_key(|(_, place)| bytes(place))?;
        Some(places.swap_remove(fullest))
    }

    /// Swaps one shard's batch for `spare`, which is empty. Says how many signals it has; 0 means that nothing was
    /// done.
    pub fn take(&self, place: Place, spare: &mut Option<Batch>) -> u64 {
        lock(&self.shards[place.shard].0).take(place.lane, spare)
    }

    /// Most bytes of one request.
    pub fn most_bytes(&self) -> usize {
        self.batch_bytes
    }

    /// Signals that were emitted and dropped because they found no place.
    pub fn refused(&self) -> u64 {
        self.refused.load(Relaxed)
    }

    /// Drops everything that waits.
    pub fn discard(&self, reason: DropReason) {
        self.each().for_each(|mut shard| shard.discard(reason));
    }

    /// Returns true if no signal waits.
    pub fn is_empty(&self) -> bool {
        self.each().all(|shard| shard.waiting() == 0)
    }
}

/// The batches of some of the threads. A thread that panics while it records leaves half a signal behind the last whole
/// one, where nobody looks, and has counted nothing.
#[derive(Debug, Default)]
pub(crate) struct Shard {
    /// By lane; made when the first signal comes.
    batches: Vec<Option<Batch>>,
    /// Attributes on their way into a body.
    scratch: Option<Buffer>,
    ids: Rng,
    pub emitted: u64,
    pub drops: Drops,
    pub tally: [u64; 2],
    /// The values that did not pass, by key.
    pub stopped: Counts,
}

impl Shard {
    /// Returns the request for the sender when the signal was taken or dropped for good; the same as an error when
    /// another shard may have room for it.
    #[inline]
    fn push<T: Telemetry + ?Sized>(
        &mut self,
        queue: &Queue,
        stamp: Stamp<'_>,
        value: &T,
        allowance: Result<Allowance, DropReason>,
    ) -> Result<Wake, Wake> {
        let allowance = match allowance {
            Ok(allowance) => allowance,
            Err(reason) => return Ok(self.refuse(reason)),
        };
        let joined;
        let stamp = match stamp.trace {
            None => stamp,
            Some(trace) => {
                joined = trace.within(T::SIGNAL, &allowance);
                stamp.of(&joined)
            }
        };
        let Some(held) = allowance.held(T::SIGNAL) else { return Ok(self.refuse(DropReason::Consent)) };
        let number = queue.lanes.of(T::SIGNAL);
        if number >= self.batches.len() {
            self.batches.resize_with(queue.lanes.len(), || None);
        }
        let (Some(lane), Some(slot)) = (queue.lanes.get(number), self.batches.get_mut(number)) else {
            return Err(Wake::No); // no signal of the catalogue, which nothing allows
        };
        let batch = slot.get_or_insert_with(|| Batch::bounded(lane, queue.batch_bytes));
        let allowed = (allowance.consent(), held);
        let pushed = match &lane.form {
            LaneForm::Otlp(..) => {
                batch.push(0, |out| OtlpEncoder::signal(out, &mut self.ids, allowed.0, held, stamp, value))
            }
            LaneForm::Json(_, body, frame) => {
                let scratch = self.scratch.get_or_insert_with(|| Buffer::limited(queue.batch_bytes));
                batch.push(frame.behind.len(), |out| {
                    if out.len() > frame.before.len() {
                        out.push(frame.between);
                    }
                    put_body((out, scratch), body, &mut self.ids, allowed, stamp, value)
                })
            }
        };
        let Some(tally) = pushed else { return Err(batch.no_room()) };
        let wake = match batch.count {
            _ if batch.is_half_full() => batch.ask(),
            1 => Wake::First,
            _ => Wake::No,
        };
        self.emitted += 1;
        if tally != Tally::default() {
            self.tally[0] += u64::from(tally.dropped);
            self.tally[1] += u64::from(tally.truncated);
            if tally.dropped > 0 || tally.truncated > 0 {
                count_refusals(value, allowed.0, held, &mut self.stopped);
            }
        }
        Ok(wake)
    }

    /// Drops a signal that may not be sent.
    #[cold]
    fn refuse(&mut self, reason: DropReason) -> Wake {
        self.emitted += 1;
        self.drops.add(reason, 1);
        Wake::Refused(reason)
    }

    /// Returns the batch of a lane.
    fn batch(&self, lane: usize) -> Option<&Batch> {
        self.batches.get(lane)?.as_ref()
    }

    fn take(&mut self, lane: usize, spare: &mut Option<Batch>) -> u64 {
        let Some(slot) = self.batches.get_mut(lane) else { return 0 };
        let count = slot.as_ref().map_or(0, |batch| batch.count);
        if count > 0 {
            std::mem::swap(slot, spare);
        }
        count
    }

    /// Counts the signals that wait.
    pub fn waiting(&self) -> u64 {
        self.batches.iter().flatten().map(|batch| batch.count).sum()
    }

    /// Drops everything that waits.
    fn discard(&mut self, reason: DropReason) {
        self.drops.add(reason, self.waiting());
        self.batches.iter_mut().flatten().for_each(Batch::clear);
    }
}

/// Encoded signals of one lane, with room for what stands around them in a request.
#[derive(Debug)]
pub(crate) struct Batch {
    buffer: Buffer,
    header_room: usize,
    /// The length at which the batch is half full.
    half: usize,
    /// The end of the last whole signal.
    committed: usize,
    count: u64,
    /// The sender was asked to take this batch.
    asked: bool,
    /// A signal did not fit: it waits for the sender.
    sealed: bool,
}

impl Batch {
    /// `bytes` is all that it ever takes.
    fn bounded(lane: &Lane, bytes: usize) -> Self {
        let header_room = lane.room_before();
        let bytes = bytes.max(header_room + lane.behind().len());
        let half = header_room + (bytes - header_room) / 2;
        let buffer = Buffer::bounded(bytes);
        let mut batch = Batch { buffer, header_room, half, committed: 0, count: 0, asked: false, sealed: false };
        batch.clear();
        batch
    }

    /// Forgets everything, keeps the room.
    pub fn clear(&mut self) {
        self.buffer.rewind(0);
        self.buffer.space(self.header_room);
        self.committed = self.buffer.len();
        self.count = 0;
        self.asked = false;
        self.sealed = false;
    }

    /// Appends a signal; `None` when it does not fit with so many bytes behind it.
    #[inline]
    fn push(&mut self, behind: usize, write: impl FnOnce(&mut Buffer) -> Tally) -> Option<Tally> {
        if self.sealed {
            return None;
        }
        self.buffer.rewind(self.committed); // a thread that panicked may have left half a signal
        let tally = write(&mut self.buffer);
        if !self.buffer.has_room(behind) {
            self.buffer.rewind(self.committed);
            return None;
        }
        self.committed = self.buffer.len();
        self.count += 1;
        Some(tally)
    }

    fn is_half_full(&self) -> bool {
        self.committed >= self.half
    }

    /// Asks for the sender, once.
    #[inline]
    fn ask(&mut self) -> Wake {
        if std::mem::replace(&mut self.asked, true) { Wake::No } else { Wake::Full }
    }

    /// Asks for the sender because a signal did not fit. One that would hardly fit into an empty batch must not keep
    /// out the others.
    #[cold]
    fn no_room(&mut self) -> Wake {
        self.sealed = self.is_half_full();
        if self.count > 0 { self.ask() } else { Wake::No }
    }

    /// The whole request: in place, unless the attributes of the process take more room than when the batch was made, or
    /// stand in JSON.
    pub fn request(&mut self, lane: &Lane, process: &AllowedProcess<'_>) -> Cow<'_, [u8]> {
        let header = lane.header(process, self.committed - self.header_room);
        self.buffer.rewind(self.committed);
        self.buffer.put(lane.behind());
        let bytes = self.buffer.bytes_mut();
        let request = match self.header_room.checked_sub(header.len()) {
            Some(start) => {
                bytes[start..self.header_room].copy_from_slice(&header);
                Cow::Borrowed(&bytes[start..])
            }
            None => Cow::Owned([&header, &bytes[self.header_room..]].concat()),
        };
        lane.fill(process, request)
    }
}

/// A small number for this thread, so that threads spread over the shards.
fn thread_number() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static NUMBER: std::cell::Cell<usize> = const { std::cell::Cell::new(usize::MAX) };
    }
    // No destructor, so it can be read even while a thread ends.
    NUMBER.with(|number| {
        if number.get() == usize::MAX {
            number.set(NEXT.fetch_add(1, Relaxed));
        }
        number.get()
    })
}
