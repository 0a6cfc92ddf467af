use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalog = "tests/fixtures/ui.yaml", span = "everything")]
struct Everything {
    flag: bool,
}

fn main() {}
