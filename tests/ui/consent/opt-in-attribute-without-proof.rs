use candor::{Recorder, Signal, Telemetry};
use candor_crewai::{attributes, signals};

struct Careless;

impl Telemetry for Careless {
    type Catalogue = ();

    const SIGNAL: &'static Signal = &signals::CREW_CREATED;

    fn record<R: Recorder>(&self, recorder: &mut R) {
        recorder.optional(&attributes::CREW_INPUTS, "everything that the user typed");
        if recorder.opted_in().is_some() {
            recorder.required(&attributes::PLATFORM, "asked, and did not take the proof");
        }
    }
}

fn main() {}
