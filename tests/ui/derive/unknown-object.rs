use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", object = "prt")]
struct Part {
    name: String,
}

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", span = "everything")]
struct Everything {
    flag: bool,
    part_one: Part,
}

fn main() {}
