use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", attribute = "color")]
enum Colour {
    Red,
}

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", span = "everything")]
struct Everything {
    flag: bool,
    colour: Colour,
}

fn main() {}
