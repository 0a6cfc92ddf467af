use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", span = "everything")]
struct Everything {
    flag: Option<bool>,
    numbr: i64,
    word: u8,
    #[telemetry(skp)]
    path: String,
}

fn use_it(pipeline: &candor::Pipeline, value: &Everything) {
    pipeline.emit(value);
}

fn main() {}
