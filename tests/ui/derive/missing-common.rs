use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/resource.yaml", span = "started")]
struct Started {
    runs: i64,
}

fn main() {}
