use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", object = "part")]
struct Part {
    name: String,
    #[telemetry(attribute = "sise")]
    length: i64,
}

fn main() {}
