use candor::{Granted, Recorder, Signal, Telemetry};
use candor_crewai::{attributes, signals};

struct Confused;

impl Telemetry for Confused {
    type Catalogue = ();

    const SIGNAL: &'static Signal = &signals::CREW_CREATED;

    fn record<R: Recorder>(&self, recorder: &mut R) {
        let granted: Option<Granted<7>> = recorder.granted();
        if let Some(seven) = granted {
            recorder.optional_in(seven, &attributes::CREW_INPUTS, "everything that the user typed");
        }
    }
}

fn main() {}
