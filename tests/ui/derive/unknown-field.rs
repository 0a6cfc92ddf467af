use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/demo.yaml", span = "everything")]
struct Everything {
    flag: bool,
    numbr: i64,
}

fn main() {}
