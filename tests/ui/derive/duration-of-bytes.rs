use candor::Telemetry;
use std::time::Duration;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", span = "everything")]
struct Everything {
    flag: bool,
    ratio: Option<Duration>,
    any_number: Option<Duration>,
}

fn main() {}
