use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", span = "everythin")]
struct Everything {
    flag: bool,
}

fn use_it(pipeline: &candor::Pipeline, value: &Everything) {
    pipeline.emit(value);
}

fn main() {}
