use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", attribute = "colour")]
enum Colour<const N: usize> {
    Red,
}

fn main() {}
