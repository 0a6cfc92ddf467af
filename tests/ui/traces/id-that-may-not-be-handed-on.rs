use candor::{Pipeline, Telemetry};

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/traces.yaml", span = "lone")]
struct Lone {
    runs: i64,
}

fn main() {
    let (telemetry, _) = Pipeline::builder(candor::catalogue!("tests/fixtures/traces.yaml")).build();
    telemetry.start(|| Lone { runs: 1 }).traceparent();
}
