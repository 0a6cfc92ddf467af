use candor::Telemetry;
use std::path::PathBuf;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", span = "everything")]
struct Everything {
    flag: bool,
    word: Option<PathBuf>,
}

fn main() {}
