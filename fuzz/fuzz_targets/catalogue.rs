//! The loader, on whatever text the fuzzer makes: it ends, its places are inside the text, and what it suggests as a
//! correction can be loaded, too. A catalogue that it gives can be explained.
#![no_main]

use candor_codegen::docs;
use candor_schema::{Loaded, fix, load_str};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let loaded = load_str("catalogue.yaml", &text);
    check(&loaded);
    if let Some(fixed) = fix(&loaded) {
        check(&fixed.loaded);
    }
});

fn check(loaded: &Loaded) {
    assert_eq!(loaded.catalogue.is_none(), loaded.errors() > 0, "{:#?}", loaded.findings);
    for finding in &loaded.findings {
        let places = finding.labels.iter().map(|label| label.place).chain(finding.fixes.iter().map(|fix| fix.place));
        for place in places.chain([finding.place]) {
            let text = &loaded.sources.get(place).expect("a file that was read").text;
            assert!(text.get(place.start as usize..place.end as usize).is_some(), "{finding:#?}");
        }
        assert!(finding.message.len() < 2000, "{finding:#?}");
    }
    if let Some(catalogue) = &loaded.catalogue {
        docs::render(&docs::plan(catalogue));
    }
}
