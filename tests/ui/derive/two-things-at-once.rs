use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", span = "everything", event = "noted")]
struct Everything {
    flag: bool,
}

fn main() {}
