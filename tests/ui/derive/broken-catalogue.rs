use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/broken", span = "started")]
struct Started {
    runs: i64,
}

fn use_it(pipeline: &candor::Pipeline, value: &Started) {
    pipeline.emit(value);
}

fn main() {}
