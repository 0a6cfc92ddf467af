use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", span = "everything")]
#[telemetry(catalogue = "tests/fixtures/ui.yaml")]
struct Everything {
    flag: bool,
}

fn main() {}
