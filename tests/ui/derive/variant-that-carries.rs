use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", attribute = "colour")]
enum Colour {
    Red(u8),
    Green,
}

fn main() {}
