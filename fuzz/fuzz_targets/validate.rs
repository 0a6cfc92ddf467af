//! The validator beside serde_json and `jsonschema`, on whatever bytes the fuzzer makes.
#![no_main]

#[path = "../../validate/tests/differential/oracle.rs"]
mod oracle;

use std::path::Path;
use std::sync::LazyLock;

use candor_codegen::json_schema::payload_schema;
use candor_schema::{Catalogue, Consent};
use candor_validate::Validator;
use libfuzzer_sys::fuzz_target;
use oracle::Oracle;

static CATALOGUES: LazyLock<[Catalogue; 2]> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    ["schema/crewai", "tests/fixtures/demo.yaml"]
        .map(|path| candor_schema::load(&root.join(path)).catalogue.expect("no findings"))
});

static SIDES: LazyLock<Vec<(Validator<'static>, Oracle)>> = LazyLock::new(|| {
    let levels = |catalogue| [Consent::Default, Consent::OptedIn].map(|level| (catalogue, level));
    let side = |(catalogue, level)| (Validator::new(catalogue, level), Oracle::new(&payload_schema(catalogue, level)));
    CATALOGUES.iter().flat_map(levels).map(side).collect()
});

fuzz_target!(|payload: &[u8]| {
    for (validator, oracle) in SIDES.iter() {
        let expected = oracle.verdict(payload).0;
        assert_eq!(validator.is_valid(payload), expected);
        assert_eq!(validator.check(payload).is_empty(), expected);
    }
});
