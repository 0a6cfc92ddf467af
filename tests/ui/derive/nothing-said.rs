use candor::Telemetry;

#[derive(Telemetry)]
struct Everything {
    flag: bool,
}

fn use_it(pipeline: &candor::Pipeline, value: &Everything) {
    pipeline.emit(value);
}

fn main() {}
