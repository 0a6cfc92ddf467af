use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(span = "everything")]
struct Everything {
    flag: bool,
}

fn main() {}
