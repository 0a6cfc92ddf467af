use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", resource)]
struct Process {
    os_type: String,
}

fn main() {}
