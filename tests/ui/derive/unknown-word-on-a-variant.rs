use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", attribute = "colour")]
enum Colour {
    #[telemetry(skip)]
    Red,
}

fn main() {}
