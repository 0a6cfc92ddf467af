//! Builds a pipeline.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use super::Pipeline;
use super::shared::{HOLDS, Losses, NOT_SET, OnError, Shared};
#[cfg(feature = "spool")]
use crate::connect::connect_spooled;
use crate::connect::{Connect, connect_once};
use crate::consent::Channels;
use crate::filter::is_signal_of;
use crate::memory::Memory;
use crate::payload::request_of;
use crate::per_process::PerProcess;
use crate::process::Process;
use crate::sync::{AtomicBool, AtomicU32, AtomicU64};
use crate::transport::Target;
use crate::{Allowance, Catalogue, Consent, Decision, Endpoint, Reason, Resource, Telemetry, Transport, UnknownSwitch};

/// Builds a [`Pipeline`].
pub struct Builder {
    pub(super) catalogue: &'static Catalogue,
    consent: Option<Consent>,
    channels: Channels,
    endpoint: Option<String>,
    /// Addresses in place of the catalogue's, by the keys of its endpoints.
    endpoints: Vec<(String, String)>,
    pub(super) transport: Option<Box<dyn Transport>>,
    #[cfg(feature = "http")]
    pub(super) http: crate::http::Options,
    pub(super) on_error: Option<Box<OnError>>,
    capacity: usize,
    max_age: Duration,
    losses: Option<Box<Losses>>,
    process: Option<Process>,
    pub(super) memory: Memory,
    #[cfg(feature = "stored")]
    pub(super) command: Option<String>,
    #[cfg(feature = "spool")]
    spool: Option<std::path::PathBuf>,
    #[cfg(feature = "spool")]
    spool_limits: crate::SpoolLimits,
}

impl Pipeline {
    /// Starts building a pipeline for a catalogue.
    pub fn builder(catalogue: &'static Catalogue) -> Builder {
        Builder {
            catalogue,
            consent: None,
            endpoint: None,
            endpoints: Vec::new(),
            transport: None,
            capacity: 1 << 20,
            max_age: Duration::from_secs(5),
            #[cfg(feature = "http")]
            http: crate::http::Options::default(),
            on_error: None,
            losses: None,
            process: None,
            memory: Memory::asking(catalogue.ask.is_some()),
            channels: Channels::default(),
            #[cfg(feature = "stored")]
            command: crate::host::default_command(catalogue),
            #[cfg(feature = "spool")]
            spool: None,
            #[cfg(feature = "spool")]
            spool_limits: crate::SpoolLimits::default(),
        }
    }
}

impl Builder {
    /// Nothing of the environment counts, and nothing is remembered: for [`testing`](crate::testing).
    pub(crate) fn isolated(mut self) -> Self {
        self.memory.isolated = true;
        self
    }

    /// Sets the application's own decision; the user's environment still comes first.
    pub fn consent(mut self, consent: Consent) -> Self {
        self.consent = Some(consent);
        self
    }

    /// Sets one channel, by its number, for the application: it is on or off, whatever the user
    /// chose for it. It switches on nothing while everything is off.
    ///
    /// Generated code has the numbers: `candor_notes::CRASH_REPORTS`.
    pub fn channel(mut self, channel: u8, on: bool) -> Self {
        self.channels.set(self.catalogue, channel, on);
        self
    }

    /// The state of a flag that the catalogue lists in `consent.opt_out`: given, it switches everything off.
    ///
    /// ```
    /// # let catalogue = candor::catalogue!("tests/fixtures/switches.yaml");
    /// use candor::{Consent, Pipeline};
    ///
    /// let arguments = ["--no-telemetry"];
    /// let given = arguments.contains(&"--no-telemetry");
    /// let builder = Pipeline::builder(catalogue).consent(Consent::OptedIn).flag("--no-telemetry", given)?;
    /// let (_, decision) = builder.build();
    /// assert_eq!(decision.consent, Consent::Off);
    /// assert_eq!(decision.reason.to_string(), "the flag --no-telemetry was given");
    /// # Ok::<(), candor::UnknownSwitch>(())
    /// ```
    ///
    /// # Errors
    /// The catalogue lists no such flag, so the page does not tell users of it.
    pub fn flag(self, name: &str, given: bool) -> Result<Self, UnknownSwitch> {
        self.switch("flag", name, given)
    }

    /// The state of a setting that the catalogue lists in `consent.opt_out`: where it does not allow telemetry, everything
    /// is off.
    ///
    /// # Errors
    /// The catalogue lists no such setting.
    pub fn setting(self, name: &str, allows: bool) -> Result<Self, UnknownSwitch> {
        self.switch("setting", name, !allows)
    }

    /// The state of a command that the catalogue lists in `consent.opt_out`: once it was run, everything is off. A choice
    /// that a store remembers need not be handed over.
    ///
    /// # Errors
    /// The catalogue lists no such command.
    pub fn command(self, name: &str, was_run: bool) -> Result<Self, UnknownSwitch> {
        self.switch("command", name, was_run)
    }

    fn switch(mut self, kind: &'static str, name: &str, off: bool) -> Result<Self, UnknownSwitch> {
        self.memory.switches.set(self.catalogue.opt_out, kind, name, off)?;
        Ok(self)
    }

    /// The address of the first endpoint, in place of the catalogue's.
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// The address of the endpoint with this key, in place of the catalogue's. A key that the catalogue does not have is
    /// ignored.
    pub fn endpoint_of(mut self, name: impl Into<String>, endpoint: impl Into<String>) -> Self {
        self.endpoints.push((name.into(), endpoint.into()));
        self
    }

    /// The endpoints with their addresses, as far as they have one.
    pub(super) fn targets(&self) -> Vec<Target> {
        let named =
            |name: &str| self.endpoints.iter().rev().find(|(known, _)| known == name).map(|(_, url)| url.clone());
        let of = |(position, endpoint): (usize, &'static Endpoint)| {
            let first = self.endpoint.clone().filter(|_| position == 0);
            (&*endpoint.name, named(&endpoint.name).or(first).unwrap_or_else(|| endpoint.url.to_string()))
        };
        let unnamed = || named("default").or(self.endpoint.clone()).map(|url| ("default", url));
        match self.catalogue.endpoints {
            [] => unnamed().into_iter().collect(),
            endpoints => endpoints.iter().enumerate().map(of).collect(),
        }
    }

    /// Something else than OTLP/HTTP to send with.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Box::new(transport));
        self
    }

    /// Most bytes that signals take, those that wait and those that are being sent. 1 MiB unless set.
    ///
    /// In a catalogue with both spans and events, each has half. Beside that, the sender needs a compressed copy of one
    /// batch, and what its HTTP client takes.
    pub fn capacity(mut self, bytes: usize) -> Self {
        self.capacity = bytes;
        self
    }

    /// Sets how long a signal may wait for others to go with. 5 seconds unless set.
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = age;
        self
    }

    /// Tells the collector how many signals were dropped, by a signal that the catalogue lists for it.
    ///
    /// It is made when a collector takes requests again, with the number dropped since the last one. What was dropped
    /// because consent was withdrawn does not count.
    ///
    /// ```
    /// # use candor::{Pipeline, Telemetry};
    /// #[derive(Telemetry)]
    /// #[telemetry(catalogue = "tests/fixtures/demo.yaml", event = "losses")]
    /// struct Losses {
    ///     lost_signals: u64,
    /// }
    ///
    /// let catalogue = candor::catalogue!("tests/fixtures/demo.yaml");
    /// let builder = Pipeline::builder(catalogue).report_losses(|lost_signals| Losses { lost_signals });
    /// ```
    pub fn report_losses<T: Telemetry>(mut self, report: impl Fn(u64) -> T + Send + Sync + 'static) -> Self {
        let catalogue = self.catalogue;
        self.losses = Some(Box::new(move |lost, allowance, process| {
            let own = is_signal_of(T::SIGNAL, catalogue);
            let request = own.then(|| request_of(catalogue, process, allowance, &report(lost))).flatten()?;
            Some((T::SIGNAL, request))
        }));
        self
    }

    /// The attributes of the process, which go once with each request, as far as they are allowed then.
    ///
    /// If they are of another catalogue, nothing of them is sent.
    ///
    /// ```
    /// # use candor::{Pipeline, Telemetry};
    /// #[derive(Telemetry)]
    /// #[telemetry(catalogue = "tests/fixtures/resource.yaml", resource)]
    /// struct Process {
    ///     os_type: OsType,
    /// }
    ///
    /// #[derive(Telemetry)]
    /// #[telemetry(catalogue = "tests/fixtures/resource.yaml", attribute = "os_type")]
    /// enum OsType {
    ///     Linux,
    ///     Macos,
    ///     Windows,
    /// }
    ///
    /// let catalogue = candor::catalogue!("tests/fixtures/resource.yaml");
    /// let builder = Pipeline::builder(catalogue).resource(Process { os_type: OsType::Linux });
    /// ```
    pub fn resource<R: Resource + Send + Sync + 'static>(mut self, resource: R) -> Self {
        self.process = Some(Process::of(self.catalogue, resource));
        self
    }

    /// Reports nothing until the user has chosen, as a catalogue with `ask` has it unless this says otherwise, and whatever
    /// the catalogue collects by default: a notice alone does not
    /// switch on. Without a store, nothing is reported until [`set_consent`](Pipeline::set_consent).
    pub fn ask_first(mut self, ask: bool) -> Self {
        self.memory.ask_first = ask;
        self
    }

    /// Keeps what cannot be sent in files in this folder, and sends it later. See [`Spool`](crate::Spool).
    ///
    /// The folder belongs to this catalogue alone; processes may share it. With [`Consent::Off`], already when the
    /// pipeline is built, the records in it are deleted.
    #[cfg(feature = "spool")]
    pub fn spool(mut self, folder: impl Into<std::path::PathBuf>) -> Self {
        self.spool = Some(folder.into());
        self
    }

    /// Sets how much the spool's folder may hold, and for how long.
    #[cfg(feature = "spool")]
    pub fn spool_limits(mut self, limits: crate::SpoolLimits) -> Self {
        self.spool_limits = limits;
        self
    }

    /// The pipeline, and the decision about consent that it starts with.
    ///
    /// Without a transport and without any endpoint there is nowhere to send to, and consent is off. So it is where no
    /// request could ever be sent, which [`try_build`](Builder::try_build) makes an error.
    pub fn build(mut self) -> (Pipeline, Decision) {
        let (decision, held) = self.memory.decide(self.catalogue, self.consent);
        let decision = self.channels.apply(self.catalogue, decision);
        if let Some(transport) = self.transport.as_mut().filter(|_| decision.consent == Consent::Off) {
            transport.withdraw();
        }
        let mut targets = self.targets();
        let connect = self.connect(&targets);
        let mistake = connect.as_ref().err().cloned();
        if mistake.is_some() {
            targets.clear(); // nothing goes there, and what cannot be right may hold a secret
        }
        let decision = mistake.iter().fold(decision, Decision::without_endpoint);
        self.memory.set(&decision);
        #[cfg(feature = "spool")]
        let spool = self.spool.map(|folder| crate::spool::Permission::new(folder, decision.consent, held.clone()));
        #[cfg(feature = "spool")]
        let connect = connect_spooled(connect, spool.clone(), self.catalogue, self.spool_limits);
        let process = self.process.unwrap_or_else(|| Process::unknown(self.catalogue));
        let allowance = held.clone().map_or(decision.consent.into(), |held| Allowance::holding(decision.consent, held));
        let process_room = process.allowing(allowance).otlp().len();
        let shared = Shared {
            catalogue: self.catalogue,
            consent: AtomicU32::new(decision.consent.bits() | if held.is_some() { HOLDS } else { 0 }),
            held: RwLock::new(held),
            channels: self.channels,
            explicit: AtomicU32::new(self.consent.map_or(NOT_SET, Consent::bits)),
            turns: AtomicU64::new(0),
            closed: AtomicBool::new(false),
            connect,
            targets,
            memory: self.memory,
            #[cfg(feature = "stored")]
            command: self.command,
            capacity: self.capacity,
            max_age: self.max_age,
            losses: self.losses,
            on_error: self.on_error,
            process,
            process_room,
            first: PerProcess::new(self.catalogue, self.capacity, process_room),
            #[cfg(feature = "spool")]
            spool,
        };
        if let Some(Reason::Misconfigured { why }) = mistake {
            shared.tell(&shared.first, why);
        }
        (Pipeline::of(Arc::new(shared)), decision)
    }

    /// The source of the transport, or the reason why there is none.
    fn connect(&mut self, targets: &[Target]) -> Result<Box<dyn Connect>, Reason> {
        if let Some(why) = self.mistake(targets) {
            return Err(Reason::Misconfigured { why });
        }
        match self.transport.take() {
            Some(transport) => Ok(connect_once(transport)),
            #[cfg(feature = "http")]
            None if !targets.is_empty() => Ok(crate::connect::connect_http(targets.to_vec(), self.http.clone())),
            None => Err(Reason::NoEndpoint),
        }
    }
}
