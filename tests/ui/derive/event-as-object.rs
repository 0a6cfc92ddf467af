use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", object = "noted")]
struct Noted {
    flag: bool,
}

fn main() {}
