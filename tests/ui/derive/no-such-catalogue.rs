use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "no/such/catalogue", span = "everything")]
struct Everything {
    flag: bool,
}

fn main() {}
