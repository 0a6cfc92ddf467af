use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", span = "everything")]
struct Everything {
    #[telemetry(skip, attribute = "flag")]
    banner: bool,
    #[telemetry(attribute = "flag")]
    #[telemetry(skip)]
    flag: bool,
    #[telemetry(skip, skip)]
    path: String,
}

fn main() {}
