use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", span = "hidden")]
struct Hidden {
    flag: String,
}

fn main() {}
