//! `candor listen`: an OTLP/HTTP receiver on loopback, for the live audit of any program in any language.
//!
//! ```text
//! connection ─server→ HTTP request ─receive→ Sent ─intake→ Ledger, CaptureFolder, Passed ─forward→ ─answer→ response
//! ```

mod answer;
mod capture;
mod coverage;
mod forward;
mod inspect;
mod intake;
mod ledger;
mod live;
mod printer;
mod receive;
mod server;
mod show;

use std::error::Error;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use candor_schema::{Catalogue, Consent};
use candor_validate::Allow;
use clap::ValueEnum;
use tokio::runtime::Builder;

use crate::Outcome;
use crate::config::{self, Config};
use capture::CaptureFolder;
use forward::Forwarder;
use inspect::Inspector;
use intake::Intake;
use ledger::Ledger;
use live::Live;
use receive::Limits;
use server::{Service, Turns};
use show::Show;

#[derive(clap::Args)]
pub struct Arguments {
    /// The catalogue: a folder or a file
    catalogue: Option<PathBuf>,
    /// The port on 127.0.0.1; 0 for one that is free
    #[arg(long, default_value_t = 4318)]
    port: u16,
    /// What the user whose programs send had allowed
    #[arg(long, value_enum, default_value_t = ConsentArgument::Default)]
    consent: ConsentArgument,
    /// Write every request into this folder, as a file that `validate` reads
    #[arg(long, value_name = "FOLDER")]
    capture: Option<PathBuf>,
    /// Send on what catalogue and consent allow, and nothing else, to this OTLP/HTTP endpoint
    #[arg(long, value_name = "URL")]
    forward: Option<String>,
    /// How to say what was found
    #[arg(long, value_enum, default_value_t = Show::Text)]
    format: Show,
    /// Tell no more than this many different findings apart
    #[arg(long, value_name = "NUMBER", default_value_t = 1000)]
    max_findings: usize,
    /// Most bytes of a request, as sent and when inflated
    #[arg(long, value_name = "BYTES", default_value_t = 4 << 20)]
    max_body: u32,
    /// Most connections at the same time
    #[arg(long, value_name = "NUMBER", default_value_t = 256, value_parser = clap::value_parser!(u16).range(1..))]
    max_connections: u16,
    /// How long a client may be quiet, and a body or the forward target may take
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    timeout: u32,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum ConsentArgument {
    /// What is collected by default
    Default,
    /// That, and what the user opted in to
    OptedIn,
    /// Nothing
    Off,
}

impl ConsentArgument {
    fn consent(self) -> Option<Consent> {
        match self {
            ConsentArgument::Default => Some(Consent::Default),
            ConsentArgument::OptedIn => Some(Consent::OptedIn),
            ConsentArgument::Off => None,
        }
    }
}

pub fn run(arguments: &Arguments) -> Outcome {
    let path = Config::find()?.catalogue(arguments.catalogue.as_deref())?;
    let Some(catalogue) = config::open_for_report(&path) else { return Ok(false) };
    // It is needed as long as the process lives.
    let catalogue: &'static Catalogue = Box::leak(Box::new(catalogue));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port))
        .map_err(|error| format!("port {} of 127.0.0.1: {error}", arguments.port))?;
    let service = Arc::new(service(arguments, catalogue, listener.local_addr()?.port())?);
    let runtime = Builder::new_current_thread().enable_all().max_blocking_threads(looks() + FORWARDS).build()?;
    runtime.block_on(listen(arguments, catalogue, listener, service.clone()))?;
    runtime.shutdown_background();
    Ok(service.intake.ledger().finish(catalogue, arguments.forward.is_some(), service.intake.live.all())?)
}

/// How many requests are looked at at the same time.
fn looks() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// How many requests are sent on at the same time.
const FORWARDS: usize = 8;

fn service(arguments: &Arguments, catalogue: &'static Catalogue, port: u16) -> Result<Service, Box<dyn Error>> {
    let time = Duration::from_secs(arguments.timeout.into());
    let most_bytes = usize::try_from(arguments.max_body)?;
    let consent = arguments.consent.consent();
    let forwarder = arguments.forward.as_deref().map(|endpoint| Forwarder::new(endpoint, port, time)).transpose()?;
    let capture = arguments
        .capture
        .as_deref()
        .map(|folder| CaptureFolder::open(folder).map_err(|error| format!("{}: {error}", folder.display())));
    let intake = Intake {
        catalogue,
        inspector: Inspector::new(catalogue, consent),
        live: Live::new(catalogue, consent),
        allow: consent.filter(|_| forwarder.is_some()).map(|consent| Allow::new(catalogue, consent)),
        capture: capture.transpose()?,
        most_bytes,
        ledger: Mutex::new(Ledger::new(catalogue, arguments.format, arguments.max_findings)),
    };
    Ok(Service {
        intake: Arc::new(intake),
        forwarder,
        limits: Limits::new(most_bytes, time),
        looks: Turns::new(looks(), time),
        forwards: Turns::new(FORWARDS, time),
    })
}

async fn listen(
    arguments: &Arguments,
    catalogue: &Catalogue,
    listener: TcpListener,
    service: Arc<Service>,
) -> std::io::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let end = end()?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    let consent = arguments.consent.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned());
    service.intake.ledger().listening(&endpoint, catalogue.head().service(), &consent);
    server::serve(listener, arguments.max_connections.into(), service, end).await;
    Ok(())
}

/// Done when somebody wants the command to end.
#[cfg(unix)]
fn end() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut signals = [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?];
    Ok(async move {
        let [interrupt, terminate] = &mut signals;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn end() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await; // without signals, nothing but its end ends it
    })
}
