//! Spans that last.

use std::time::SystemTime;

use crate::encode::Stamp;
use crate::{Pipeline, Telemetry};

/// A span under way. It ends with [`end`](Running::end) or [`fail`](Running::fail), or with what it has when dropped.
///
/// Its attributes may be set while it runs: `span.with(|span| span.task_output = Some(output))` does nothing when
/// consent was missing at the start.
#[derive(Debug)]
pub struct Running<T: Telemetry> {
    pipeline: Pipeline,
    start: SystemTime,
    value: Option<T>,
    failed: bool,
}

impl Pipeline {
    /// Starts a span that lasts. It ends with [`Running::end`], or when it is dropped.
    pub fn start<T: Telemetry>(&self, build: impl FnOnce() -> T) -> Running<T> {
        let value = self.consent().includes(T::SIGNAL.needs).then(|| {
            self.look(); // a forked process looks before it starts spans of its own
            build()
        });
        Running { pipeline: self.clone(), start: SystemTime::now(), value, failed: false }
    }
}

impl<T: Telemetry> Running<T> {
    /// Sets attributes, when the span is recorded at all.
    pub fn with(&mut self, set: impl FnOnce(&mut T)) {
        if let Some(value) = &mut self.value {
            set(value);
        }
    }

    /// Ends the span now.
    pub fn end(self) {}

    /// Ends the span now, with the status *error*.
    pub fn fail(mut self) {
        self.failed = true;
    }
}

impl<T: Telemetry> Drop for Running<T> {
    fn drop(&mut self) {
        if let Some(value) = self.value.take() {
            self.pipeline.end(Stamp::now(Some(self.start), self.failed), &value);
        }
    }
}
