use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/broken", span = "started")]
struct Started {
    runs: i64,
}

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/broken", span = "started")]
struct StartedAgain {
    runs: i64,
}

fn use_them(pipeline: &candor::Pipeline, one: &Started, other: &StartedAgain) {
    pipeline.emit(one);
    pipeline.emit(other);
}

fn main() {
    candor::catalogue!("tests/fixtures/broken");
}
