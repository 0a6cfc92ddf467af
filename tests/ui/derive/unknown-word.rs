use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalog = "tests/fixtures/demo.yaml", span = "everything")]
struct Everything {
    flag: bool,
}

fn main() {}
