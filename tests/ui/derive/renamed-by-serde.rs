use candor::Telemetry;
use serde::Serialize;

#[derive(Serialize, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", span = "everything")]
struct Everything {
    flag: bool,
    #[serde(default, rename = "number")]
    count: i64,
}

fn main() {}
