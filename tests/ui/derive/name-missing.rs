use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", span)]
struct Everything {
    flag: bool,
}

fn main() {}
