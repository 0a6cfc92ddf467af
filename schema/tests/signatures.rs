//! Widenings have to be signed for, and signatures have to be for widenings.

use candor_schema::{Catalogue, diff, judge, load_str};

const SIGNED: &str = "who: the privacy team, when: 2026-11-20, link: https://example.com/12";

/// A catalogue of this version, with the entries of `reviews` as `version: subjects` and a bound for its attribute.
#[track_caller]
fn catalogue(version: &str, reviews: &[(&str, &str)], maximum: u32) -> Catalogue {
    let loaded = load_str("telemetry.yaml", &text(version, reviews, maximum));
    loaded.catalogue.unwrap_or_else(|| panic!("{:#?}", loaded.findings))
}

const SAME: &str = "  same: {row: usage, collected: default, type: int, brief: same}\n";

fn text(version: &str, reviews: &[(&str, &str)], maximum: u32) -> String {
    let reviews: String = reviews
        .iter()
        .map(|(version, subjects)| format!("  - {{version: {version}, {SIGNED}, widens: [{subjects}]}}\n"))
        .collect();
    let reviews = if reviews.is_empty() { "reviews: []\n".to_owned() } else { format!("reviews:\n{reviews}") };
    format!(
        "candor: 1
name: demo
title: Demo
version: {version}
service: demo
{reviews}rows: {{usage: {{title: Usage, personal: none}}}}
attributes:
  runs: {{row: usage, collected: default, type: int, maximum: {maximum}, brief: runs}}
{SAME}spans:
  started:
    name: Started
    collected: default
    brief: it started
    attributes: {{runs: {}, same: required}}
",
        if maximum == 30 { "optional" } else { "required" }
    )
}

/// The findings between two catalogues: their codes and lines.
#[track_caller]
fn check(old: &Catalogue, new: &Catalogue, expected: &[(&str, u32)]) {
    let findings = judge(&diff(old, new), old, new);
    let found: Vec<_> = findings.iter().map(|finding| (finding.code, finding.place.line)).collect();
    assert_eq!(found, expected, "{findings:#?}");
    assert!(findings.iter().all(|finding| finding.help.is_some()));
}

#[test]
fn nothing_to_sign() {
    check(&catalogue("1.0.0", &[], 10), &catalogue("1.0.0", &[], 10), &[]);
    check(&catalogue("1.0.0", &[], 10), &catalogue("1.0.1", &[], 9), &[]);
}

/// A change beside the words, in either direction, is not the same version.
#[test]
fn only_wording_may_keep_the_version() {
    let changed = |from: &str, to: &str| {
        let text = text("1.0.0", &[], 10);
        let edited = text.replace(from, to);
        assert_ne!(edited, text, "{from}");
        let loaded = load_str("telemetry.yaml", &edited);
        loaded.catalogue.unwrap_or_else(|| panic!("{:#?}", loaded.findings))
    };
    let old = catalogue("1.0.0", &[], 10);
    let narrower =
        [("maximum: 10", "maximum: 9"), ("service: demo\n", "service: demo\nconsent: {opt_out: [NO_DEMO]}\n")];
    let other_form = [("name: Started", "name: Begun"), ("name: demo", "name: demonstration")];
    for (from, to) in narrower.into_iter().chain(other_form) {
        let new = changed(from, to);
        let findings = judge(&diff(&old, &new), &old, &new);
        assert!(findings.iter().any(|finding| finding.code == "E0503"), "{to}: {findings:#?}");
    }
    for (from, to) in [("brief: runs", "brief: number of runs"), ("title: Demo", "title: The Demo")] {
        check(&old, &changed(from, to), &[]);
    }
    let new = changed("maximum: 10", "maximum: 9");
    let findings = judge(&diff(&old, &new), &old, &new);
    assert_eq!(findings[0].message, "less can leave, and the version is still 1.0.0");
}

#[test]
fn signed() {
    let old = catalogue("1.0.0", &[], 10);
    check(&old, &catalogue("2.0.0", &[("2.0.0", "attributes.runs")], 20), &[]);
    check(&old, &catalogue("1.0.1", &[("1.0.1", "attributes.runs")], 20), &[]);
}

#[test]
fn signed_by_a_version_in_between() {
    let reviews = [("1.1.0", "attributes.runs"), ("1.1.0", "service")];
    check(&catalogue("1.0.0", &[], 10), &catalogue("1.2.0", &reviews, 20), &[]);
}

#[test]
fn unsigned() {
    check(&catalogue("1.0.0", &[], 10), &catalogue("2.0.0", &[], 20), &[("E0502", 9)]);
}

#[test]
fn version_not_raised() {
    let old = catalogue("1.0.0", &[], 10);
    check(&old, &catalogue("1.0.0", &[("1.0.0", "attributes.runs")], 20), &[("E0503", 4)]);
    check(&old, &catalogue("1.0.0", &[], 20), &[("E0503", 4), ("E0502", 9)]);
    check(&old, &catalogue("0.9.0", &[("0.9.0", "attributes.runs")], 20), &[("E0503", 4)]);
}

#[test]
fn an_old_signature_does_not_sign_again() {
    let reviews = [("1.0.0", "attributes.runs")];
    check(&catalogue("1.0.0", &reviews, 10), &catalogue("2.0.0", &reviews, 20), &[("E0502", 10)]);
    let renewed = [("1.0.0", "attributes.runs"), ("2.0.0", "attributes.runs")];
    check(&catalogue("1.0.0", &reviews, 10), &catalogue("2.0.0", &renewed, 20), &[]);
}

#[test]
fn stale_signatures() {
    let old = catalogue("1.0.0", &[], 10);
    check(&old, &catalogue("2.0.0", &[("2.0.0", "attributes.runs")], 10), &[("E0504", 7)]);
    check(&old, &catalogue("2.0.0", &[("2.0.0", "attributes.runs, attributes.same")], 20), &[("E0504", 7)]);
    check(&old, &catalogue("2.0.0", &[("1.0.0", "attributes.runs")], 20), &[("E0504", 7), ("E0502", 10)]);
}

#[test]
fn too_broad_signatures() {
    // With this bound the span no longer requires the attribute.
    let new = catalogue("2.0.0", &[("2.0.0", "attributes.runs, spans.started")], 30);
    check(&catalogue("1.0.0", &[], 10), &new, &[("E0505", 7), ("E0502", 13)]);
    let new = catalogue("2.0.0", &[("2.0.0", "attributes.runs, spans.started.attributes.runs")], 30);
    check(&catalogue("1.0.0", &[], 10), &new, &[]);
}

/// A removed entry is only in the old catalogue, so whether its name is right shows here.
#[test]
fn what_is_gone_is_signed_for_by_its_name() {
    let old = catalogue("1.0.0", &[], 10);
    let without = |reviews: &[(&str, &str)]| {
        let text =
            load_str("telemetry.yaml", &text("2.0.0", reviews, 10).replace("same: required", "").replace(SAME, ""));
        text.catalogue.unwrap_or_else(|| panic!("{:#?}", text.findings))
    };
    check(&old, &without(&[]), &[("E0502", 4)]);
    check(&old, &without(&[("2.0.0", "attributes.same")]), &[]);
    let new = without(&[("2.0.0", "attributes.sane")]);
    check(&old, &new, &[("E0502", 4), ("E0504", 7)]);
    let findings = judge(&diff(&old, &new), &old, &new);
    assert_eq!(
        findings[1].help.as_deref(),
        Some("did you mean `attributes.same`? If not, remove `attributes.sane` from this entry")
    );
}

/// The faults of one entry of `reviews`, by `check`.
#[test]
fn entries_that_sign_nothing() {
    let findings = |entry: &str| {
        let text = format!(
            "candor: 1
name: demo
title: Demo
version: 1.1.0
service: demo
reviews: [{entry}]
rows: {{usage: {{title: Usage, personal: none}}}}
attributes: {{runs: {{row: usage, collected: default, type: int, brief: runs}}}}
spans: {{started: {{name: Started, collected: default, brief: it started, attributes: {{runs: required}}}}}}
"
        );
        let findings = load_str("telemetry.yaml", &text).findings;
        findings.into_iter().map(|finding| format!("{} {}", finding.code, finding.message)).collect::<Vec<_>>()
    };
    let subjects = |subjects: &str| findings(&format!("{{version: 1.1.0, {SIGNED}, widens: [{subjects}]}}"));
    for fine in [
        "attributes.runs",
        "attributes.gone",
        "common.runs",
        "rows.usage",
        "spans.started",
        "spans.started.attributes.runs",
        "service, endpoint, consent.opt_in, consent.opt_out.DEMO_OFF",
    ] {
        assert_eq!(subjects(fine), [""; 0], "{fine}");
    }
    for (wrong, message) in [
        ("'*'", "E0501 `*` is more than one change"),
        ("attributes.*", "E0501 `attributes.*` is more than one change"),
        ("attributes", "E0501 `attributes` is no path of one change"),
        ("runs", "E0501 `runs` is no path of one change"),
        ("rows.use", "E0501 there is no row `use`"),
        ("events.started", "E0501 there is no event `started`"),
        ("spans.started.attributes.rusn", "E0501 there is no attribute `rusn`"),
        ("objects.step.fields.id", "E0501 there is no object `step`"),
    ] {
        assert_eq!(subjects(wrong), [message], "{wrong}");
    }
    for (when, fine) in
        [("2024-02-29", true), ("2023-02-29", false), ("2023-04-31", false), ("2023-4-30", false), ("20230430", false)]
    {
        let entry = format!("{{version: 1.0.0, who: x, when: '{when}', link: https://example.com, widens: [service]}}");
        assert_eq!(findings(&entry).is_empty(), fine, "{when}");
    }
    assert_eq!(
        findings("{version: 1.0.0, who: x, when: 2026-11-20, link: https://example.com}"),
        ["E0005 a review has no `widens`"]
    );
}
