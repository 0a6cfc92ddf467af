use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/demo.yaml", attribute = "colour")]
enum Colour {
    Red,
    Gren,
}

fn main() {}
