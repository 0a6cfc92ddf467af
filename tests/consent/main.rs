//! Consent that is stored: choices, notices, what a catalogue collects since, and the matrix of all that decides.

#[cfg(unix)]
mod ask;
mod catalogues;
mod doubt;
#[cfg(unix)]
mod files;
mod form;
mod growth;
mod less;
mod matrix;
mod notice;
#[cfg(unix)]
mod off;
mod process;
mod promises;
#[path = "../../examples/tour/receiver.rs"]
mod receiver;
mod store;

use std::process::Command;
use std::sync::{Arc, Mutex};

use candor::{Builder, Catalogue, Delivery, Pipeline, SignalKind, Store, Telemetry, Transport, TransportError};
use tempfile::TempDir;

fn agreed() -> &'static Catalogue {
    candor::catalogue!("tests/fixtures/consent/agreed.yaml")
}

fn grown() -> &'static Catalogue {
    candor::catalogue!("tests/fixtures/consent/grown.yaml")
}

/// The catalogue of version 1, with the resource of the process.
fn process() -> &'static Catalogue {
    candor::catalogue!("tests/fixtures/consent/process.yaml")
}

/// Another program's.
fn scrapbook() -> &'static Catalogue {
    candor::catalogue!("tests/fixtures/consent/scrapbook.yaml")
}

/// A catalogue in which everything is opt-in.
fn quiet() -> &'static Catalogue {
    candor::catalogue!("tests/fixtures/consent/quiet.yaml")
}

/// The span as version 1 knows it.
#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/consent/agreed.yaml", span = "exported")]
struct Exported {
    same: bool,
    longer: &'static str,
    title: Option<&'static str>,
}

const EXPORTED: Exported = Exported { same: true, longer: "long", title: Some("Taxes") };

/// The requests that were handed over to be sent.
type Sent = Arc<Mutex<Vec<(SignalKind, Vec<u8>)>>>;

/// A folder for a store, and what a pipeline with it sends.
struct Fixture {
    folder: TempDir,
    sent: Sent,
}

struct Keep(Sent);

impl Transport for Keep {
    fn send(&mut self, kind: SignalKind, body: &[u8]) -> Result<Delivery, TransportError> {
        self.0.lock().expect("what was sent").push((kind, body.to_owned()));
        Ok(Delivery::default())
    }
}

impl Fixture {
    fn new() -> Self {
        Fixture { folder: tempfile::tempdir().expect("a folder"), sent: Arc::default() }
    }

    fn store(&self, catalogue: &'static Catalogue) -> Store {
        Store::at(catalogue, self.folder.path().join("notebook"))
    }

    fn builder(&self, catalogue: &'static Catalogue) -> Builder {
        Pipeline::builder(catalogue).store(self.store(catalogue)).transport(Keep(self.sent.clone()))
    }

    /// The attributes of every signal that was sent.
    fn payloads(&self, catalogue: &'static Catalogue) -> Vec<String> {
        let sent = self.sent.lock().expect("what was sent");
        let payloads = sent.iter().flat_map(|(kind, body)| candor::decode(catalogue, *kind, body));
        payloads
            .map(|payload| payload[payload.find("\"attributes\":").expect("attributes") + 13..].to_owned())
            .collect()
    }
}

/// Runs the test of this name again, without the variables that tell continuous integration, where there are any: a
/// first run is what it is about. Says whether it did.
fn ran_elsewhere(test: &str) -> bool {
    if candor::CONTINUOUS_INTEGRATION.iter().all(|name| std::env::var_os(name).is_none()) {
        return false;
    }
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    for name in candor::CONTINUOUS_INTEGRATION {
        command.env_remove(name);
    }
    assert!(command.args(["--exact", test]).status().expect("a child").success(), "{test} failed in a child");
    true
}
