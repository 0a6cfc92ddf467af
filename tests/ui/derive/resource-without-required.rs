use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/resource.yaml", resource)]
struct Process {
    cores: Option<i64>,
}

fn main() {}
