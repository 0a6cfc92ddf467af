use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", event = "notd")]
struct Noted {
    flag: bool,
}

fn main() {}
