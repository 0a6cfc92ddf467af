//! What waits to be sent: batches of encoded signals, bounded, in shards so that threads do not wait for each other.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Instant;

use fastrand::Rng;

use crate::encode::{Buffer, Envelope, OtlpEncoder, Stamp};
use crate::filter::Tally;
use crate::{Catalogue, SignalKind, Telemetry};

/// Encoded signals of one kind, with room for the request's header before them.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    buffer: Buffer,
    header_room: usize,
    /// Where the last whole signal ends.
    committed: usize,
    pub count: u64,
}

impl Batch {
    fn with_room(envelope: &Envelope, bytes: usize) -> Self {
        let header_room = envelope.room();
        let mut batch = Batch { buffer: Buffer::bounded(header_room + bytes), header_room, committed: 0, count: 0 };
        batch.clear();
        batch
    }

    /// Forgets everything, keeps the room.
    pub fn clear(&mut self) {
        self.buffer.rewind(0);
        self.buffer.space(self.header_room);
        self.committed = self.buffer.len();
        self.count = 0;
    }

    /// How many bytes of signals there are.
    fn len(&self) -> usize {
        self.committed - self.header_room
    }

    /// Appends a signal; `None` when it does not fit.
    #[inline]
    fn push<T: Telemetry + ?Sized>(&mut self, ids: &mut Rng, opted_in: bool, stamp: Stamp, value: &T) -> Option<Tally> {
        self.buffer.rewind(self.committed); // a thread that panicked may have left half a signal
        let tally = OtlpEncoder::signal(&mut self.buffer, ids, opted_in, stamp, value);
        if self.buffer.is_full() {
            self.buffer.rewind(self.committed);
            return None;
        }
        self.committed = self.buffer.len();
        self.count += 1;
        Some(tally)
    }

    /// The whole request, in place.
    pub fn request(&mut self, envelope: &Envelope) -> &[u8] {
        let header = envelope.header(self.len());
        let start = self.header_room - header.len();
        let bytes = self.buffer.bytes_mut();
        bytes[start..self.header_room].copy_from_slice(&header);
        &bytes[start..self.committed]
    }
}

/// The batches of some of the threads.
#[derive(Debug, Default)]
pub(crate) struct Shard {
    /// Made when the first signal of their kind comes.
    spans: Option<Batch>,
    events: Option<Batch>,
    /// When the oldest waiting signal came.
    pub oldest: Option<Instant>,
    full: bool,
    ids: Rng,
    pub emitted: u64,
    pub dropped: u64,
    pub tally: [u64; 2],
}

impl Shard {
    /// Swaps a batch that has signals for `spare`, which is empty.
    fn take(&mut self, kind: SignalKind, spare: &mut Option<Batch>) -> bool {
        let slot = match kind {
            SignalKind::Span => &mut self.spans,
            SignalKind::Event => &mut self.events,
        };
        let found = slot.as_ref().is_some_and(|batch| batch.count > 0);
        if found {
            std::mem::swap(slot, spare);
            let waits = |batch: &Option<Batch>| batch.as_ref().is_some_and(|batch| batch.count > 0);
            if !waits(&self.spans) && !waits(&self.events) {
                self.oldest = None;
            }
            self.full = false;
        }
        found
    }

    /// Drops everything that waits; says how many signals that were.
    pub fn discard(&mut self) -> u64 {
        let mut count = 0;
        for batch in [&mut self.spans, &mut self.events].into_iter().flatten() {
            count += batch.count;
            batch.clear();
        }
        self.oldest = None;
        self.full = false;
        self.dropped += count;
        count
    }
}

/// What a push asks of the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wake {
    /// Nothing.
    No,
    /// Something waits now, where nothing did.
    First,
    /// Enough waits to be sent at once.
    Full,
}

/// All shards.
#[derive(Debug)]
pub(crate) struct Queue {
    shards: Box<[Mutex<Shard>]>,
    pub envelope: Envelope,
    /// Bytes of one batch.
    batch_bytes: usize,
    /// Signals that met only locked shards.
    contended: AtomicUsize,
}

impl Queue {
    /// A queue that never takes more than about `capacity` bytes: half for what waits, half for what is being sent.
    pub fn new(catalogue: &Catalogue, capacity: usize) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let shards = threads.clamp(1, 8).min((capacity / 16_384).max(1));
        Queue {
            shards: (0..shards).map(|_| Mutex::default()).collect(),
            envelope: Envelope::new(catalogue),
            batch_bytes: capacity / shards / 2,
            contended: AtomicUsize::new(0),
        }
    }

    /// Locks every shard in turn.
    pub fn each(&self) -> impl Iterator<Item = MutexGuard<'_, Shard>> {
        self.shards.iter().map(|shard| shard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many shards there are.
    pub fn shards(&self) -> usize {
        self.shards.len()
    }

    /// Swaps one shard's batch for `spare`, when it has signals.
    pub fn take(&self, shard: usize, kind: SignalKind, spare: &mut Option<Batch>) -> bool {
        self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner).take(kind, spare)
    }

    /// A shard that nobody holds, this thread's own first. Never waits.
    fn free_shard(&self) -> Option<MutexGuard<'_, Shard>> {
        let own = thread_number();
        (0..self.shards.len()).find_map(|offset| match self.shards[(own + offset) % self.shards.len()].try_lock() {
            Ok(shard) => Some(shard),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        })
    }

    /// Encodes a signal into a batch, or drops it: when there is no room, when every shard is in use, or when `open`
    /// says, with the shard in hand, that nothing is taken any more.
    #[inline]
    pub fn push<T: Telemetry + ?Sized>(
        &self,
        opted_in: bool,
        stamp: Stamp,
        value: &T,
        open: impl FnOnce() -> bool,
    ) -> Wake {
        let Some(mut guard) = self.free_shard() else {
            self.contended.fetch_add(1, Relaxed);
            return Wake::No;
        };
        let shard = &mut *guard;
        shard.emitted += 1;
        if !open() {
            shard.dropped += 1;
            return Wake::No;
        }
        let slot = match T::SIGNAL.kind {
            SignalKind::Span => &mut shard.spans,
            SignalKind::Event => &mut shard.events,
        };
        let batch = slot.get_or_insert_with(|| Batch::with_room(&self.envelope, self.batch_bytes));
        let Some(tally) = batch.push(&mut shard.ids, opted_in, stamp, value) else {
            shard.dropped += 1;
            return self.full(shard);
        };
        let much = batch.len() >= self.batch_bytes / 2;
        if tally != Tally::default() {
            shard.tally[0] += u64::from(tally.dropped);
            shard.tally[1] += u64::from(tally.truncated);
        }
        if much {
            return self.full(shard);
        }
        if shard.oldest.is_none() {
            shard.oldest = Some(Instant::now());
            return Wake::First;
        }
        Wake::No
    }

    /// Asks for the sender once per batch.
    fn full(&self, shard: &mut Shard) -> Wake {
        shard.oldest.get_or_insert_with(Instant::now);
        if std::mem::replace(&mut shard.full, true) { Wake::No } else { Wake::Full }
    }

    /// Signals that were emitted and dropped because every shard was in use.
    pub fn contended(&self) -> u64 {
        self.contended.load(Relaxed) as u64
    }

    /// Drops everything that waits.
    pub fn discard(&self) -> u64 {
        self.each().map(|mut shard| shard.discard()).sum()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.each().all(|shard| shard.oldest.is_none())
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
