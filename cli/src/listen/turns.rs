//! So much at once, and how much is left to do.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use hyper::StatusCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;

use super::refusal::Refusal;

/// Work of which only so much is done at once.
pub struct Turns {
    left: Arc<Semaphore>,
    /// The longest time that work may wait for its turn.
    patience: Duration,
}

impl Turns {
    pub fn new(most: usize, patience: Duration) -> Self {
        Turns { left: Arc::new(Semaphore::new(most)), patience }
    }

    /// Lasts until it is dropped.
    pub async fn turn(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        acquire(&self.left, 1, self.patience).await
    }
}

/// Memory for what bodies become when they are looked at.
pub struct Memory {
    most: usize,
    /// In units of [`Memory::UNIT`].
    left: Arc<Semaphore>,
    patience: Duration,
}

impl Memory {
    const UNIT: usize = 4096;

    pub fn new(most: usize, patience: Duration) -> Self {
        Memory { most, left: Arc::new(Semaphore::new(most / Self::UNIT)), patience }
    }

    /// Waits until there is so much. It counts as taken until what this gives is dropped.
    pub async fn take(&self, bytes: usize) -> Result<OwnedSemaphorePermit, Refusal> {
        let units = u32::try_from(bytes.div_ceil(Self::UNIT)).ok().filter(|_| bytes <= self.most);
        let Some(units) = units else {
            let mebibytes = self.most >> 20;
            let why = format!("looking at the request may take more than {mebibytes} MiB; --max-memory sets the limit");
            return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, why));
        };
        acquire(&self.left, units, self.patience).await
    }
}

async fn acquire(left: &Arc<Semaphore>, units: u32, patience: Duration) -> Result<OwnedSemaphorePermit, Refusal> {
    match timeout(patience, left.clone().acquire_many_owned(units)).await {
        Ok(Ok(permit)) => Ok(permit),
        _ => Err(Refusal::busy()),
    }
}

/// Requests that were received whole and are to be judged.
#[derive(Clone)]
pub struct Pending {
    count: watch::Sender<usize>,
    lost: Arc<AtomicUsize>,
}

/// One of them, until it is dropped.
pub struct OnePending(Pending);

impl Pending {
    pub fn new() -> Self {
        Pending { count: watch::Sender::new(0), lost: Arc::default() }
    }

    pub fn begin(&self) -> OnePending {
        self.count.send_modify(|count| *count += 1);
        OnePending(self.clone())
    }

    /// One of them will never be judged.
    pub fn lose(&self) {
        self.lost.fetch_add(1, Relaxed);
    }

    /// Done when there is none.
    pub async fn none(&self) {
        let _ = self.count.subscribe().wait_for(|count| *count == 0).await; // this sender keeps the channel open
    }

    /// Counts the requests that are not judged.
    pub fn not_judged(&self) -> usize {
        *self.count.borrow() + self.lost.load(Relaxed)
    }
}

impl Drop for OnePending {
    fn drop(&mut self) {
        self.0.count.send_modify(|count| *count -= 1);
    }
}
