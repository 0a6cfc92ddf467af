//! Metrics on the page and in the schemas.

use std::path::Path;

use candor_codegen::docs::{plan, render};
use candor_codegen::json_schema::signal_schema;
use candor_schema::{Catalogue, Consent, load};

fn catalogue() -> Catalogue {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/metrics/telemetry.yaml");
    load(&path).catalogue.expect("a catalogue without findings")
}

#[test]
fn page() {
    insta::assert_snapshot!(render(&plan(&catalogue()))[0].text);
}

#[test]
fn schema_of_a_histogram() {
    let catalogue = catalogue();
    let latency = catalogue.signal("latency").expect("it is listed");
    let schema = signal_schema(&catalogue, latency, Consent::Default).expect("it is sent");
    insta::assert_snapshot!(format!("{:#}", schema["properties"]));
}
