use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", span = "noted")]
struct Noted {
    flag: bool,
}

fn main() {}
