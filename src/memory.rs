//! The memory of a pipeline from run to run: the user's choice, and the outcome of the last run. It remembers nothing
//! without the feature `stored`, or where the application names no store.

use std::sync::Arc;

use crate::allowance::Held;
use crate::consent::{OptOuts, Remembered, decide, variable};
use crate::interval::Claim;
use crate::opt_out::Switches;
use crate::{Catalogue, Consent, Decision, Destination, Signal, Stats, Stop};

#[cfg(feature = "stored")]
pub(crate) use with_store::Memory;

#[cfg(not(feature = "stored"))]
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// Nothing but what the application sets switches on.
    pub ask_first: bool,
    /// The states of flags, settings and commands, as the application said.
    pub switches: Switches,
    /// Nothing of the environment counts, and nothing is remembered: a test's.
    pub isolated: bool,
}

impl Memory {
    /// One that remembers nothing yet, of a program that asks first or not.
    pub fn asking(first: bool) -> Self {
        let mut memory = Memory::default();
        memory.ask_first = first;
        memory
    }
}

#[cfg(not(feature = "stored"))]
impl Memory {
    pub fn decide(&self, catalogue: &Catalogue, explicit: Option<Consent>) -> (Decision, Option<Arc<Held>>) {
        (decide_alone(catalogue, explicit, self.ask_first, (&self.switches, self.isolated)), None)
    }

    pub fn set(&self, _: &Decision) {}

    pub fn claim(&self, _: &Signal) -> Claim {
        if self.isolated { ALWAYS } else { no_store() }
    }

    pub fn note(&self, _: Destination<'_>, _: &[u8]) {}

    pub fn save(&self, _: &Stats, _: &[Stop]) {}
}

/// Nothing remembers when a signal was sent last.
fn no_store() -> Claim {
    Claim::Refused("it goes at intervals, and the program keeps no store that knows the last time".to_owned())
}

/// In a test, every time may be claimed.
const ALWAYS: Claim = Claim::Granted { next_unix_nano: 0 };

/// The decision where nothing is remembered.
fn decide_alone(
    catalogue: &Catalogue,
    explicit: Option<Consent>,
    ask_first: bool,
    (switches, isolated): (&Switches, bool),
) -> Decision {
    let environment = |name: &str| if isolated { None } else { variable(name) };
    decide(catalogue, explicit, (Remembered::NotKept, ask_first), OptOuts { promised: &[], switches }, environment)
}

#[cfg(feature = "stored")]
mod with_store {
    use std::io;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

    use super::{ALWAYS, decide, decide_alone, no_store, variable};
    use super::{
        Arc, Catalogue, Claim, Consent, Decision, Destination, Held, OptOuts, Remembered, Signal, Stats, Stop, Switches,
    };
    use crate::installation::Installed;
    use crate::stored::{Recording, Stored};
    use crate::sync::{Mutex, lock};
    use crate::{InstallationId, OptOut, Reason, Store};

    #[derive(Debug, Default)]
    pub(crate) struct Memory {
        store: Option<Store>,
        recording: Option<Recording>,
        /// A notice alone does not switch on.
        pub ask_first: bool,
        /// The states of flags, settings and commands, as the application said.
        pub switches: Switches,
        /// Nothing of the environment counts, and nothing is remembered: a test's.
        pub isolated: bool,
        /// The notice that was shown in this run.
        shown: OnceLock<Shown>,
        /// The user chose since.
        chosen: AtomicBool,
        /// The installation id as it was read last.
        installed: Mutex<Option<Installed>>,
    }

    /// A notice that was shown in this run. Until the next one, what was stored before it counts.
    #[derive(Debug)]
    struct Shown {
        before: Stored,
        /// The fingerprint of the store at that time, which tells if anything was stored since.
        fingerprint: Option<String>,
    }

    impl Memory {
        pub fn keep_in(&mut self, store: Store) {
            store.tidy();
            self.recording = Some(Recording::new(store.clone()));
            self.store = Some(store);
        }

        pub fn store(&self) -> Option<&Store> {
            self.store.as_ref()
        }

        pub fn decide(&self, catalogue: &Catalogue, explicit: Option<Consent>) -> (Decision, Option<Arc<Held>>) {
            let Some(store) = &self.store else {
                let alone = (&self.switches, self.isolated);
                return (decide_alone(catalogue, explicit, self.ask_first, alone), None);
            };
            let (decision, held, _) = self.weigh(&store.read(), catalogue, explicit);
            (decision, (!held.is_empty()).then(|| Arc::new(held)))
        }

        /// The names of what goes beyond what the user agreed to, where they have to be shown that; none of them when
        /// they have to be shown the notice for the first time.
        pub fn notice(&self, catalogue: &Catalogue, explicit: Option<Consent>) -> Option<Vec<String>> {
            let stored = self.store.as_ref()?.read();
            if self.shown_with(&stored).is_some() || stored.declined(catalogue) {
                return None;
            }
            let (decision, _, names) = self.weigh(&stored, catalogue, explicit);
            let first = matches!(decision.reason, Reason::NoticeDue | Reason::NotAsked);
            (first || !names.is_empty()).then_some(names)
        }

        pub fn notice_shown(&self) -> io::Result<()> {
            let Some(store) = &self.store else { return Ok(()) };
            let before = store.read();
            let written = store.notice_shown();
            self.shown.get_or_init(|| Shown { before, fingerprint: store.read().fingerprint });
            written
        }

        /// Remembers what the user chose. It counts in this run, whatever was shown.
        pub fn choose(&self, choice: Consent) -> io::Result<()> {
            let Some(store) = &self.store else { return Err(io::ErrorKind::Unsupported.into()) };
            store.choose(choice)?;
            self.chosen.store(true, SeqCst);
            Ok(())
        }

        /// The notice that was shown in this run, while nothing else was stored.
        fn shown_with(&self, stored: &Stored) -> Option<&Shown> {
            let shown = self.shown.get().filter(|_| !self.chosen.load(SeqCst))?;
            (stored.problem.is_none() && stored.fingerprint == shown.fingerprint).then_some(shown)
        }

        /// The decision, what of it is held back, and the names of that.
        fn weigh(
            &self,
            stored: &Stored,
            catalogue: &Catalogue,
            explicit: Option<Consent>,
        ) -> (Decision, Held, Vec<String>) {
            let shown = self.shown_with(stored);
            let stored = shown.map_or(stored, |shown| &shown.before);
            let remembered = match stored.remembered() {
                Remembered::NoticeDue if shown.is_some() => Remembered::NoticeInThisRun,
                remembered => remembered,
            };
            let promised = stored.promised(catalogue);
            let opt_outs = OptOuts { promised: &promised, switches: &self.switches };
            let decision = decide(catalogue, explicit, (remembered, self.ask_first), opt_outs, variable);
            // Whoever sets consent in the application asks in a way of their own.
            let remembered = matches!(decision.reason, Reason::Stored { .. } | Reason::Default);
            let (held, names) =
                if remembered { stored.beyond(catalogue, decision.consent) } else { Default::default() };
            (decision, held, names)
        }

        pub fn set(&self, decision: &Decision) {
            let explicit = decision.reason == Reason::Explicit;
            let for_good = explicit || matches!(decision.reason, Reason::Switch { switch: OptOut::Setting(_) });
            if let Some(store) = self.store.as_ref().filter(|_| for_good && decision.consent == Consent::Off) {
                store.forget_kept();
            }
            *lock(&self.installed) = None; // it may be another one by now
            self.recording.iter().for_each(|recording| recording.set(decision.consent, explicit));
        }

        pub fn claim(&self, signal: &Signal) -> Claim {
            let without = || if self.isolated { ALWAYS } else { no_store() };
            self.store.as_ref().map_or_else(without, |store| store.claim(signal))
        }

        /// The installation id. It is read again after each decision, and when its time is up.
        pub fn installation_id(&self) -> Result<InstallationId, String> {
            if self.isolated {
                return Ok(InstallationId::FIXED);
            }
            let store = self.store.as_ref().ok_or("the program keeps no store")?;
            let mut known = lock(&self.installed);
            if let Some(Installed { id, until }) = *known
                && until.is_none_or(|until| store.now() < until)
            {
                return Ok(id);
            }
            let installed = store.installation_id()?;
            *known = Some(installed);
            Ok(installed.id)
        }

        pub fn note(&self, to: Destination<'_>, body: &[u8]) {
            self.recording.iter().for_each(|recording| recording.add(to, body));
        }

        pub fn save(&self, stats: &Stats, stopped: &[Stop]) {
            self.recording.iter().for_each(|recording| recording.save(stats, stopped));
        }
    }
}
