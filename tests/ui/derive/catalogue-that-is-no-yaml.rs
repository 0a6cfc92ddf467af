use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/no-yaml.yaml", span = "started")]
struct Started {
    runs: i64,
}

fn main() {}
