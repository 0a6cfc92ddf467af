use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", span = "everything")]
union Everything {
    flag: bool,
}

fn main() {}
