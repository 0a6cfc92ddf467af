use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", attribute = "colour")]
enum Colour {
    #[telemetry(member = "lightblue")]
    Blue,
    #[telemetry(member = "mauve")]
    Mauve,
}

fn main() {}
