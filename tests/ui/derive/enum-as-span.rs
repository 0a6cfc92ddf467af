use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/demo.yaml", span = "everything")]
enum Everything {
    Flag,
}

fn main() {}
