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

impl<T: Telemetry> Running<T> {
    pub(crate) fn new(pipeline: Pipeline, value: Option<T>) -> Self {
        Running { pipeline, start: SystemTime::now(), value, failed: false }
    }

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
