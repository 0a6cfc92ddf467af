use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", span = 5)]
struct Everything {
    flag: bool,
}

fn main() {}
