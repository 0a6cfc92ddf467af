//! The hand-written vectors: each line of the table of meanings, with expectations that a person wrote. Every voice runs
//! them with all the others; here the reference is held against them.

use std::fs;
use std::path::Path;

use candor_codegen::vectors::{self, SignalVector, Vector, format};

use crate::heard::members_in_order;
use crate::lines;
use crate::subjects::core;

/// A vector, and where it stands.
pub struct Written {
    pub place: String,
    pub vector: SignalVector,
}

/// All of them, with the skips of the voices. Lines that start with `#` say what the next ones are about.
pub fn written() -> Vec<Written> {
    let plan = vectors::plan(&core().catalogue, 0);
    let mut files: Vec<_> = fs::read_dir(Path::new("tests/vectors/core")).expect("a folder").flatten().collect();
    files.sort_by_key(|file| file.path());
    let mut written = Vec::new();
    for file in files {
        let text = fs::read_to_string(file.path()).expect("a text");
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            let place = format!("{}:{}", file.path().display(), number + 1);
            let mut vector = lines::read(line).unwrap_or_else(|why| panic!("{place}: {why}"));
            let judged = plan.judge(&vector.signal, &vector.consent, &vector.members);
            vector.skip = judged.unwrap_or_else(|| panic!("{place}: no such signal")).skip;
            written.push(Written { place, vector });
        }
    }
    written
}

#[test]
fn the_reference_is_what_people_wrote() {
    let plan = vectors::plan(&core().catalogue, 0);
    let written = written();
    let mut differences = Vec::new();
    for Written { place, vector } in &written {
        let mut judged = plan.judge(&vector.signal, &vector.consent, &vector.members).expect("a signal");
        let mut expected = vector.clone();
        for side in [&mut judged, &mut expected] {
            side.filtered.payload = side.filtered.payload.as_deref().map(members_in_order);
            side.filtered.reasons.sort();
        }
        let [judged, expected] = [judged, expected].map(|vector| format::write(&Vector::Signal(vector.into())));
        if judged != expected {
            differences.push(format!("{place}\n  written   {expected}\n  reference {judged}"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(written.len() > 60, "{} hand-written vectors", written.len());
}
