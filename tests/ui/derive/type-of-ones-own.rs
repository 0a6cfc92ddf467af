use candor::Telemetry;

struct Meters(f64);

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", span = "everything")]
struct Everything {
    flag: bool,
    ratio: Meters,
}

fn main() {}
