//! The generated validator of CrewAI's catalogue beside the two that are built at run time, from the catalogue's YAML and
//! from the constants in the emitters. `validate/tests/differential.rs` holds the first of these against the JSON Schemas.

#[path = "../validate/tests/differential/bytes.rs"]
mod bytes;
mod crewai;
#[path = "../validate/tests/differential/node.rs"]
mod node;
#[path = "../validate/tests/differential/payloads.rs"]
mod payloads;

use std::path::Path;

use candor::Consent;
use candor::validate::validator;
use candor_schema::Catalogue;
use candor_validate::{Rule, Validator};
use fastrand::Rng;

const LEVELS: [Consent; 2] = [Consent::Default, Consent::OptedIn];

fn catalogue() -> Catalogue {
    candor_schema::load(Path::new("schema/crewai")).catalogue.expect("no findings")
}

#[test]
fn the_same_verdicts_generated_and_built_at_run_time() {
    let catalogue = catalogue();
    let mut accepted = 0;
    const CASES: usize = 50_000;
    for consent in LEVELS {
        let from_yaml = Validator::new(&catalogue, consent);
        let from_constants = validator(&candor_crewai::CATALOGUE, consent);
        let mut random = Rng::with_seed(0);
        for _ in 0..CASES / 2 {
            let mut payload = payloads::random(&catalogue, consent == Consent::OptedIn, &mut random);
            payloads::change(&catalogue, &mut payload, &mut random);
            let mut bytes = bytes::write(&payload, &mut random);
            bytes::change(&mut bytes, &mut random);
            let generated = candor_crewai::validate::is_valid(consent, &bytes);
            let shown = || String::from_utf8_lossy(&bytes).into_owned();
            assert_eq!(generated, from_yaml.is_valid(&bytes), "generated (left), built (right): {}", shown());
            assert_eq!(generated, from_constants.is_valid(&bytes), "generated (left), built (right): {}", shown());
            accepted += usize::from(generated);
            let places = |found: &candor_validate::Violation| (found.pointer.clone(), found.rule);
            let generated: Vec<_> = candor_crewai::validate::check(consent, &bytes).iter().map(places).collect();
            assert_eq!(generated, from_yaml.check(&bytes).iter().map(places).collect::<Vec<(String, Rule)>>());
        }
    }
    assert!((CASES / 4..CASES * 3 / 4).contains(&accepted), "{accepted} of {CASES}");
}

#[test]
fn what_the_emitters_send_is_fine_and_costs_no_allocation() {
    let catalogue = catalogue();
    for consent in LEVELS {
        let built = Validator::new(&catalogue, consent);
        for payload in crewai::payloads(consent) {
            let payload = payload.as_bytes();
            let check = || assert!(candor_crewai::validate::is_valid(consent, payload) && built.is_valid(payload));
            check(); // what is made once is made now
            assert_eq!(allocation_counter::measure(check).count_total, 0, "{}", String::from_utf8_lossy(payload));
        }
    }
}
