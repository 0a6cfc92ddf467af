use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/demo.yaml", span = "noted")]
struct Noted {
    flag: bool,
}

fn main() {}
