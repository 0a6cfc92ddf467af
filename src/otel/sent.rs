//! An exporter, and the resource that it was given last.
//!
//! A provider gives an exporter its resource once. Consent may change later, so the exporter is given another one then,
//! between two exports: an exporter exports one batch at a time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use opentelemetry::KeyValue;
use opentelemetry_sdk::Resource;

#[derive(Debug)]
pub(super) struct Sent<E>(Mutex<State<E>>);

#[derive(Debug)]
struct State<E> {
    exporter: Arc<E>,
    /// The provider's own resource.
    given: Option<Resource>,
    /// The attributes that the exporter gets.
    kept: Vec<KeyValue>,
}

impl<E> Sent<E> {
    pub fn new(exporter: E) -> Self {
        Sent(Mutex::new(State { exporter: Arc::new(exporter), given: None, kept: Vec::new() }))
    }

    pub fn exporter(&self) -> Arc<E> {
        self.lock().exporter.clone()
    }

    /// Takes the provider's resource, and gives the exporter what is kept of it.
    pub fn begin(&self, given: &Resource, kept: Vec<KeyValue>, set: impl FnOnce(&mut E, &Resource)) {
        let mut state = self.lock();
        state.given = Some(given.clone());
        state.keep(kept, set);
    }

    /// The exporter with what may be said of the process now; `None` while it exports with another resource.
    pub fn ready(
        &self,
        keep: impl FnOnce(&Resource) -> Vec<KeyValue>,
        set: impl FnOnce(&mut E, &Resource),
    ) -> Option<Arc<E>> {
        let mut state = self.lock();
        if let Some(given) = &state.given {
            let kept = keep(given);
            if kept != state.kept && !state.keep(kept, set) {
                return None;
            }
        }
        Some(state.exporter.clone())
    }

    fn lock(&self) -> MutexGuard<'_, State<E>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<E> State<E> {
    /// Gives the exporter another resource, unless it exports. Says whether it has it.
    fn keep(&mut self, kept: Vec<KeyValue>, set: impl FnOnce(&mut E, &Resource)) -> bool {
        let Some(exporter) = Arc::get_mut(&mut self.exporter) else { return false };
        set(exporter, &Resource::builder_empty().with_attributes(kept.clone()).build());
        self.kept = kept;
        true
    }
}
