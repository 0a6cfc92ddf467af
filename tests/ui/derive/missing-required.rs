use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", span = "hidden")]
struct Hidden {
    flag: bool,
}

fn main() {}
