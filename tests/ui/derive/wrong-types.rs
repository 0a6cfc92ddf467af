use candor::Telemetry;

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/ui.yaml", span = "everything")]
struct Everything<'a> {
    flag: u8,
    number: f64,
    ratio: Option<i32>,
    word: bool,
    moment: u64,
    colour: &'a str,
    words: Option<&'a [u8]>,
    part_one: Vec<String>,
}

fn main() {}
