use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/demo.yaml", span = "hidden")]
struct Hidden {
    flag: bool,
}

fn main() {}
