use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/iu.yaml", span = "everything")]
struct Everything {
    flag: bool,
}

fn main() {
    candor::catalogue!("no/such/catalogue");
}
