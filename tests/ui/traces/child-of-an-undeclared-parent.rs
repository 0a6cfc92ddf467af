use candor::{Pipeline, Telemetry};

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/traces.yaml", span = "request")]
struct Request {
    runs: i64,
}

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/traces.yaml", span = "lone")]
struct Lone {
    runs: i64,
}

fn main() {
    let (telemetry, _) = Pipeline::builder(candor::catalogue!("tests/fixtures/traces.yaml")).build();
    let request = telemetry.start(|| Request { runs: 1 });
    request.start(|| Lone { runs: 1 });
}
