use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", span = "everything")]
struct Everything {
    flag: bool,
    #[telemetry(skp)]
    path: String,
    #[telemetry(rename = "number")]
    count: i64,
}

fn main() {}
