use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/demo.yaml", attribute = "colour")]
enum Colour {
    Red,
}

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/demo.yaml", span = "everything")]
struct Everything {
    flag: bool,
    colours: Vec<Colour>,
}

fn main() {}
