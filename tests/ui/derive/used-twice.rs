use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", span = "everything")]
struct Everything {
    flag: bool,
    #[telemetry(attribute = "flag")]
    banner: bool,
}

fn main() {}
