//! `candor listen`: an OTLP/HTTP receiver on loopback, for the live audit of any program in any language.
//!
//! ```text
//! connection ─server→ HTTP request ─receive→ Sent ─intake.open→ Opened (weighed) ─turns→ intake.take
//!                                                     Request ─┬─items→ Inspector, Live → Ledger
//!                                                              ├────────→ CaptureFolder
//!                                                              └─Allow──→ Forwarder ─answer→ response
//! ```
//!
//! `hyper` runs on one thread for connections, and a pool does the work. `door` admits hosts and origins, `receive`
//! reads a request within the limits, and `server` decides how connections end. A request that panics is answered 500
//! and lost alone.
//!
//! Reading OTLP takes many times the memory of its bytes. So a body is inflated and weighed before it is read, and
//! waits until there is as much memory as it weighs; one that weighs more than there is at all is refused. Bodies that
//! arrive have a bound of their own (`bodies`).
//!
//! `Inspector` is the validator. `Live` is the audit, which adds what values look like and what only shows in the light
//! of earlier signals: secrets, personal data, copies and hashes of opt-in texts.
//!
//! `Allow` of `candor-validate` rebuilds a request member by member, keeping only what may be forwarded, by the same
//! sieve as the runtime's filters. `tests/allow.rs` holds it against the schemas with random requests: what it keeps is
//! accepted, what is accepted it keeps unchanged, and no canary passes. `cli/tests/listen/forward.rs` looks at the
//! bytes that reach a socket.
//!
//! A request is forwarded before its client is answered, so nothing has to wait in this process: the client has it, and
//! OTLP tells it when to try again. Findings do not depend on the target. A body that was put off is known again by its
//! hash and not counted twice.

mod answer;
mod bodies;
mod capture;
mod coverage;
mod door;
mod forward;
mod inspect;
mod intake;
mod ledger;
mod live;
mod preface;
mod printer;
mod receive;
mod refusal;
mod server;
mod show;
mod turns;

use std::error::Error;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use candor_schema::Catalogue;
use candor_validate::Allow;
use tokio::runtime::{Builder, Handle};

use crate::Outcome;
use crate::config::{self, Config};
use crate::consent::ChannelSet;
use crate::import::captures::{self, empty_catalogue};
use bodies::Bodies;
use capture::CaptureFolder;
use door::Door;
use forward::Forwarder;
use inspect::Inspector;
use intake::Intake;
use ledger::Ledger;
use live::Live;
use receive::Limits;
use server::Service;
use show::Show;
use turns::{Memory, Pending, Turns};

#[derive(clap::Args)]
pub struct Arguments {
    /// The catalogue: a folder or a file
    catalogue: Option<PathBuf>,
    /// Judge nothing: draft a catalogue from what arrives, and write it to this new file at the end. Needs no catalogue
    #[arg(long, value_name = "FILE", conflicts_with = "forward")]
    learn: Option<PathBuf>,
    /// The port on 127.0.0.1; 0 for one that is free
    #[arg(long, default_value_t = 4318)]
    port: u16,
    /// Consent of the user whose programs send: `off`, `default`, `opted-in`, or the names of channels, as in
    /// `--consent default,crash_reports`
    #[arg(long, value_name = "CHANNELS", default_value_t)]
    consent: ChannelSet,
    /// Write every request into this folder, as a file that `validate` reads
    #[arg(long, value_name = "FOLDER")]
    capture: Option<PathBuf>,
    /// Send on what catalogue and consent allow, and nothing else, to this OTLP/HTTP endpoint. JSON of the program's own
    /// goes to the same host, on the path of its endpoint
    #[arg(long, value_name = "URL")]
    forward: Option<String>,
    /// Form of the findings
    #[arg(long, value_enum, default_value_t = Show::Text)]
    format: Show,
    /// Tell no more than this many different findings apart
    #[arg(long, value_name = "NUMBER", default_value_t = 1000)]
    max_findings: usize,
    /// The name of another host that requests may be for, such as host.docker.internal. Loopback addresses and
    /// localhost always are
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    /// The origin of pages that may send, such as http://localhost:3000. Without it, browsers are refused
    #[arg(long, value_name = "ORIGIN")]
    allow_origin: Vec<String>,
    /// Most bytes of a request, as sent and when inflated
    #[arg(long, value_name = "BYTES", default_value_t = 4 << 20)]
    max_body: u32,
    /// Most bytes of memory in all. What does not fit waits, or is refused. By default 256 MiB, or what the other
    /// limits need
    #[arg(long, value_name = "BYTES")]
    max_memory: Option<usize>,
    /// Most connections at the same time
    #[arg(long, value_name = "NUMBER", default_value_t = 256, value_parser = clap::value_parser!(u16).range(1..))]
    max_connections: u16,
    /// Longest silence of a client, and longest time for a body or the forward target
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    timeout: u32,
}

pub fn run(arguments: &Arguments) -> Outcome {
    let catalogue = match &arguments.learn {
        Some(file) if file.exists() => return Err(format!("{}: is there already", file.display()).into()),
        Some(_) if arguments.catalogue.is_none() => empty_catalogue(),
        _ => {
            let path = Config::find()?.catalogue(arguments.catalogue.as_deref())?;
            let Some(catalogue) = config::open_for_report(&path) else { return Ok(false) };
            catalogue
        }
    };
    // It is needed as long as the process lives.
    let catalogue: &'static Catalogue = Box::leak(Box::new(catalogue));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port))
        .map_err(|error| format!("port {} of 127.0.0.1: {error}", arguments.port))?;
    // Only for its threads, which nothing but waiting is done on.
    let forwards = Builder::new_current_thread().max_blocking_threads(FORWARDS).build()?;
    let port = listener.local_addr()?.port();
    let service = Arc::new(service(arguments, catalogue, port, forwards.handle().clone())?);
    let runtime = Builder::new_current_thread().enable_all().max_blocking_threads(looks()).build()?;
    runtime.block_on(listen(arguments, catalogue, listener, service.clone()))?;
    let (intake, not_judged) = (&service.intake, service.pending.not_judged());
    runtime.shutdown_background();
    forwards.shutdown_background();
    let audited = intake.live.all();
    if let (Some(file), Some(learner)) = (&arguments.learn, &intake.learner) {
        let heard = intake.ledger().finish(catalogue, false, not_judged, audited)?;
        let learner = learner.lock().unwrap_or_else(PoisonError::into_inner);
        return Ok(captures::write(&learner, file)? && heard);
    }
    Ok(intake.ledger().finish(catalogue, arguments.forward.is_some(), not_judged, audited)?)
}

/// Returns the number of requests that are inspected at the same time: few, as an allocator keeps what a thread gave
/// back for this thread.
fn looks() -> usize {
    const MOST: usize = 2;
    std::thread::available_parallelism().map_or(1, usize::from).min(MOST)
}

/// The number of requests that are forwarded at the same time.
const FORWARDS: usize = 8;

fn service(
    arguments: &Arguments,
    catalogue: &'static Catalogue,
    port: u16,
    forward_threads: Handle,
) -> Result<Service, Box<dyn Error>> {
    let time = Duration::from_secs(arguments.timeout.into());
    let most_bytes = usize::try_from(arguments.max_body)?;
    let own_json = catalogue.head().endpoints().iter().any(|endpoint| endpoint.form.body().is_some());
    let shares = Shares::of(arguments)?;
    let consent = Some(arguments.consent.consent(catalogue)?).filter(|consent| !consent.is_off());
    let forwarder = arguments.forward.as_deref().map(|endpoint| Forwarder::new(endpoint, port, time)).transpose()?;
    let capture = arguments
        .capture
        .as_deref()
        .map(|folder| CaptureFolder::open(folder).map_err(|error| format!("{}: {error}", folder.display())));
    let intake = Intake {
        catalogue,
        inspector: Inspector::new(catalogue, consent),
        live: Live::new(catalogue, consent),
        learner: arguments.learn.is_some().then(Mutex::default),
        allow: consent.filter(|_| forwarder.is_some()).map(|consent| Allow::new(catalogue, consent)),
        capture: capture.transpose()?,
        most_bytes,
        most_findings: arguments.max_findings,
        ledger: Mutex::new(Ledger::new(catalogue, arguments.format, arguments.max_findings)),
    };
    Ok(Service {
        intake: Arc::new(intake),
        forwarder,
        door: Door::new(&arguments.allow_host, &arguments.allow_origin)?,
        limits: Limits { body: most_bytes, time, bodies: Bodies::new(shares.bodies, most_bytes), own_json },
        looks: Turns::new(looks(), time),
        memory: Memory::new(shares.looks, time),
        forwards: Turns::new(FORWARDS, time),
        forward_threads,
        pending: Pending::new(),
    })
}

/// The shares of the memory.
struct Shares {
    /// Bodies that arrive, or wait.
    bodies: usize,
    /// The share for bodies that are being inspected.
    looks: usize,
}

impl Shares {
    fn of(arguments: &Arguments) -> Result<Shares, String> {
        /// The command itself, the catalogue, and what is remembered of requests.
        const FIXED: usize = 40 << 20;
        const DEFAULT: usize = 256 << 20;
        let body = arguments.max_body as usize;
        let connections = usize::from(arguments.max_connections) * server::CONNECTION_BYTES;
        let inflated = looks() * body;
        let needed = FIXED + connections + inflated + 10 * body;
        let most = arguments.max_memory.unwrap_or(DEFAULT.max(2 * needed));
        if most < needed {
            return Err(format!("--max-memory: the other limits need at least {needed} bytes"));
        }
        let rest = most - FIXED - connections - inflated;
        let bodies = (rest / 4).max(2 * body);
        Ok(Shares { bodies, looks: rest - bodies })
    }
}

async fn listen(
    arguments: &Arguments,
    catalogue: &Catalogue,
    listener: TcpListener,
    service: Arc<Service>,
) -> std::io::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let end = End::new()?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    let consent = arguments.consent.to_string();
    service.intake.ledger().listening(&endpoint, catalogue.head().service(), &consent);
    server::serve(listener, arguments.max_connections.into(), service, end).await;
    Ok(())
}

/// Knows when somebody wants the command to end.
#[cfg(unix)]
struct End([tokio::signal::unix::Signal; 2]);

#[cfg(unix)]
impl End {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(End([signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?]))
    }

    /// Done each time that it is wanted.
    async fn wanted(&mut self) {
        let [interrupt, terminate] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct End;

#[cfg(not(unix))]
impl End {
    fn new() -> std::io::Result<Self> {
        Ok(End)
    }

    async fn wanted(&mut self) {
        let _ = tokio::signal::ctrl_c().await; // without signals, nothing but its end ends it
    }
}
