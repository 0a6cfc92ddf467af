use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/demo.yaml", span = "everything")]
struct Everything {
    flag: bool,
    api_key: String,
}

fn main() {}
