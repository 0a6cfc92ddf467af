//! All mistakes at once: twenty of them in one file make twenty findings, each on its line.

use std::path::Path;

use candor_schema::load;

#[test]
fn twenty_mistakes_make_twenty_findings() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/twenty-mistakes.yaml");
    let loaded = load(&path);
    let text = &loaded.sources.files()[0].text;
    let marked: Vec<_> =
        (1..).zip(text.lines()).filter(|(_, line)| line.ends_with("# mistake")).map(|(n, _)| n).collect();
    let found: Vec<_> = loaded.findings.iter().map(|finding| finding.place.line).collect();
    assert_eq!(marked.len(), 20);
    assert_eq!(found, marked, "{:#?}", loaded.findings);
    assert!(loaded.catalogue.is_none());

    let mut codes: Vec<_> = loaded.findings.iter().map(|finding| finding.code).collect();
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), 20, "each mistake is of another kind");
}
