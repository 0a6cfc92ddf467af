//! What a pipeline remembers from run to run: what the user chose, and what became of the last run. It remembers nothing
//! without the feature `stored`, or where the application names no store.

use std::sync::Arc;

use crate::allowance::Held;
use crate::{Catalogue, Consent, Decision, SignalKind, Stats};

#[cfg(feature = "stored")]
pub(crate) use with_store::Memory;

#[cfg(not(feature = "stored"))]
#[derive(Debug, Default)]
pub(crate) struct Memory {}

#[cfg(not(feature = "stored"))]
impl Memory {
    pub fn decide(&self, catalogue: &Catalogue, explicit: Option<Consent>) -> (Decision, Option<Arc<Held>>) {
        (crate::resolve(catalogue, explicit), None)
    }

    pub fn set(&self, _: Consent) {}

    pub fn note(&self, _: SignalKind, _: &[u8]) {}

    pub fn save(&self, _: Stats, _: Option<String>) {}
}

#[cfg(feature = "stored")]
mod with_store {
    use std::io;
    use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

    use super::{Arc, Catalogue, Consent, Decision, Held, SignalKind, Stats};
    use crate::stored::{Recording, Stored};
    use crate::{Notice, Reason, Store, resolve};

    #[derive(Debug, Default)]
    pub(crate) struct Memory {
        store: Option<Store>,
        recording: Option<Recording>,
        /// The notice was shown in this process, whether that could be written down or not.
        shown: AtomicBool,
    }

    impl Memory {
        pub fn of(store: Store) -> Self {
            let recording = Some(Recording::new(store.clone()));
            Memory { store: Some(store), recording, shown: AtomicBool::new(false) }
        }

        pub fn store(&self) -> Option<&Store> {
            self.store.as_ref()
        }

        pub fn decide(&self, catalogue: &Catalogue, explicit: Option<Consent>) -> (Decision, Option<Arc<Held>>) {
            let Some(store) = &self.store else { return (resolve(catalogue, explicit), None) };
            let (decision, held, _) = self.weigh(&store.read(), catalogue, explicit);
            (decision, (!held.is_empty()).then(|| Arc::new(held)))
        }

        /// What has to be shown before anything, or more than before, is sent.
        pub fn notice(&self, catalogue: &Catalogue, explicit: Option<Consent>) -> Option<Notice> {
            let (decision, _, names) = self.weigh(&self.store.as_ref()?.read(), catalogue, explicit);
            let due = decision.reason == Reason::NoticeDue || !names.is_empty();
            due.then(|| Notice::new(catalogue, names))
        }

        pub fn notice_shown(&self) -> io::Result<()> {
            self.shown.store(true, SeqCst);
            self.store.as_ref().map_or(Ok(()), Store::notice_shown)
        }

        /// The decision, what of it is held back, and the names of that.
        fn weigh(
            &self,
            stored: &Stored,
            catalogue: &Catalogue,
            explicit: Option<Consent>,
        ) -> (Decision, Held, Vec<String>) {
            let shown = self.shown.load(SeqCst);
            let decision = stored.decide(catalogue, explicit, shown);
            // Whoever sets consent in the application asks in a way of their own.
            let agreed = shown || !matches!(decision.reason, Reason::Stored { .. } | Reason::Default);
            let (held, names) = if agreed { Default::default() } else { stored.beyond(catalogue, decision.consent) };
            (decision, held, names)
        }

        pub fn set(&self, consent: Consent) {
            self.recording.iter().for_each(|recording| recording.set(consent));
        }

        pub fn note(&self, kind: SignalKind, body: &[u8]) {
            self.recording.iter().for_each(|recording| recording.add(kind, body));
        }

        pub fn save(&self, stats: Stats, failure: Option<String>) {
            self.recording.iter().for_each(|recording| recording.save(stats, failure.clone()));
        }
    }
}
