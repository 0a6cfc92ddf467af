//! `candor vectors`: lines of the published format, the same for the same seed.

use serde_json::Value;

use crate::{check, empty, folder, run};

fn lines(arguments: &str) -> Vec<Value> {
    let run = run(folder().path(), arguments);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    run.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn every_line_is_of_the_published_format() {
    let schema = run(empty().path(), "schema vectors");
    let schema: Value = serde_json::from_str(&schema.stdout).expect("a schema");
    jsonschema::meta::validate(&schema).expect("a sound schema");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let lines = lines("vectors telemetry --count 2000");
    assert_eq!(lines.len(), 2000);
    for line in &lines {
        assert!(schema.is_valid(line), "{line}");
    }
    for kind in ["signal", "attribute", "old"] {
        assert!(lines.iter().filter(|line| line.get(kind).is_some()).count() > 100, "{kind}");
    }
}

#[test]
fn the_seed_decides() {
    let first = lines("vectors telemetry --seed 7 --count 50");
    assert_eq!(first, lines("vectors --seed 7 --count 60")[..50]);
    assert_ne!(first, lines("vectors telemetry --seed 8 --count 50"));
}

#[test]
fn what_cannot_be_read_gives_none() {
    check(empty().path(), "vectors missing", 2, &["there is no catalogue at `missing`"]);
    check(empty().path(), "vectors --count many", 2, &["invalid value 'many'"]);
}
