//! A pipeline's knowledge of its user: their choice, the notices they saw, and those they must see.

use super::Pipeline;
use super::builder::Builder;
use crate::{Consent, InstallationId, Notice, Store};

impl Pipeline {
    /// Returns the notice that the user must see before anything is sent, or before more is sent than they agreed to.
    /// Until then, the rest is held back.
    ///
    /// `None` when there is nothing to show, and without [`Builder::store`].
    pub fn notice_due(&self) -> Option<Notice> {
        let shared = &self.shared;
        let names =
            shared.connect.as_ref().ok().and_then(|_| shared.memory.notice(shared.catalogue, shared.explicit()))?;
        Some(Notice::new(shared.catalogue, &self.addresses(), self.settings_command(), names))
    }

    /// The user has seen the notice: what it tells of may be sent from the next run on. In this run it is held back; an
    /// application that asks, and is told yes, calls [`choose`](Pipeline::choose).
    ///
    /// # Errors
    /// Fails if the store cannot be written; the notice is due again in the next run.
    pub fn notice_shown(&self) -> std::io::Result<()> {
        let written = self.shared.memory.notice_shown();
        self.reload();
        written
    }

    /// Remembers what the user chose, having seen what is collected, and lets it count at once.
    ///
    /// [`Consent::Off`] deletes everything that waits, is spooled, or was kept of the last run.
    ///
    /// # Errors
    /// There is no store, the choice could not be written, or something could not be deleted.
    pub fn choose(&self, choice: Consent) -> std::io::Result<()> {
        let written = self.shared.memory.choose(choice);
        self.reload();
        #[cfg(feature = "spool")]
        if let Some(spool) = self.shared.spool.as_ref().filter(|_| choice == Consent::Off) {
            return written.and(spool.erase());
        }
        written
    }

    /// The user was asked to agree to more than before, and did not. What they agreed to before stays.
    pub(crate) fn decline(&self) -> std::io::Result<()> {
        let written = self.store().map_or(Ok(()), Store::decline);
        self.reload();
        written
    }

    /// Returns true if nothing but the user's choice switches on: see [`Builder::ask_first`].
    pub fn asks_first(&self) -> bool {
        self.shared.memory.ask_first
    }

    /// Returns the command by which users reach `on`, `off` and `share`: see [`Builder::settings_command`].
    pub fn settings_command(&self) -> Option<&str> {
        self.shared.command.as_deref()
    }

    /// The number that tells this installation from others, for an attribute with `identifier: {source: random, scope:
    /// installation}`.
    ///
    /// It is drawn at random when the user first allows it, is kept in the store, and is another one after the catalogue's
    /// `rotates`. [`Consent::Off`] removes it. `None` while nothing that carries it may leave, where there is no store, and
    /// where it cannot be read: it is never drawn anew because of that, but counted
    /// ([`Stats::ids_missing`](crate::Stats::ids_missing)).
    ///
    /// ```
    /// use candor::{Consent, InstallationId, Pipeline, Store, Telemetry};
    ///
    /// #[derive(Telemetry)]
    /// #[telemetry(catalogue = "tests/fixtures/installed.yaml", event = "alive")]
    /// struct Alive {
    ///     copy: Option<InstallationId>,
    ///     word: Option<String>,
    /// }
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let folder = folder.path();
    /// let catalogue = candor::catalogue!("tests/fixtures/installed.yaml");
    /// let builder = Pipeline::builder(catalogue).store(Store::at(catalogue, folder));
    /// # let builder = builder.endpoint("http://127.0.0.1:4318");
    /// let (pipeline, _) = builder.build();
    /// assert_eq!(pipeline.installation_id(), None);
    /// pipeline.choose(Consent::Default)?;
    /// pipeline.emit_with(|| Alive { copy: pipeline.installation_id(), word: None });
    /// # assert!(pipeline.installation_id().is_some());
    /// # pipeline.choose(Consent::Off)?;
    /// # assert_eq!(pipeline.installation_id(), None);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn installation_id(&self) -> Option<InstallationId> {
        let policy = self.catalogue().installation_id?;
        if !policy.is_allowed(self.catalogue().signals, &self.allowance()) {
            return None;
        }
        let id = self.shared.memory.installation_id();
        id.inspect_err(|why| self.shared.here().note_missing_id(why)).ok()
    }

    /// Returns the store of the user's choice, if there is one.
    pub fn store(&self) -> Option<&Store> {
        self.shared.memory.store()
    }
}

impl Builder {
    /// Asks this store for what the user chose. Without a choice nothing is sent until the run after
    /// [`notice_shown`](Pipeline::notice_shown), and then what that notice told of. A choice that cannot be read or trusted
    /// means off.
    ///
    /// The requests of the run are kept there as well, up to 256 KiB, for the user to look at. With [`Consent::Off`],
    /// already when the pipeline is built, they are deleted.
    pub fn store(mut self, store: Store) -> Self {
        self.memory.keep_in(store);
        self
    }

    /// The command by which users of this program reach `on`, `off` and `share`, such as `notes telemetry`. The notice
    /// names it. With the feature `cli` it is the program's name and `telemetry` unless set; an empty one says that there
    /// is none.
    pub fn settings_command(mut self, command: impl Into<String>) -> Self {
        self.command = Some(command.into()).filter(|command| !command.is_empty());
        self
    }
}
