use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", attribute = "colour")]
struct Colour {
    red: bool,
}

fn main() {}
