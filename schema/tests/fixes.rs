//! Corrections: which are made without asking, that they touch nothing else, and that nothing gets worse by them.

use std::collections::BTreeMap;

use candor_schema::{Loaded, Severity, fix, load_str};
use proptest::prelude::*;
use proptest::sample::Index;

const SOUND: &str = "\
candor: 1
name: demo
title: Demo # people read this
version: 1.0.0
service: demo
consent: {opt_in: share}
rows:
  usage: {title: Usage, personal: none}
  details: {title: Details, personal: none}

# Everything that is sent.
attributes:
  runs:   {row: usage, collected: default, type: int, brief: runs}   # aligned
  goal:
    row: 'details'
    collected: \"opt_in\"
    type: string
    max_length: 64
    personal: possible
    brief: goal
spans:
  started:
    name: Started
    collected: default
    brief: started
    attributes:
      runs: required
      goal: optional
common: [runs]
";

/// Expects that `wrong` for the first `right` is corrected to `right` again, as often as it is there.
fn check_in(sound: &str, right: &str, wrong: &str) {
    assert!(sound.contains(right), "{right:?}");
    let loaded = load_str("catalogue.yaml", &sound.replacen(right, wrong, 1));
    let fixed = fix(&loaded).unwrap_or_else(|| panic!("no correction: {:#?}", loaded.findings));
    assert_eq!(fixed.loaded.sources.files()[0].text, sound);
    assert!(fixed.loaded.findings.is_empty(), "{:#?}", fixed.loaded.findings);
    assert_eq!(fixed.corrected, loaded.findings);
}

fn check(right: &str, wrong: &str) {
    check_in(SOUND, right, wrong);
    check_in(&SOUND.replace('\n', "\r\n"), &right.replace('\n', "\r\n"), &wrong.replace('\n', "\r\n"));
    check_in(&format!("\u{feff}{SOUND}"), right, wrong);
}

/// Expects that nothing is corrected.
fn check_nothing(right: &str, wrong: &str) {
    let loaded = load_str("catalogue.yaml", &SOUND.replacen(right, wrong, 1));
    assert!(loaded.errors() > 0, "{wrong}");
    assert!(fix(&loaded).is_none(), "{wrong}: {:#?}", loaded.findings);
}

#[test]
fn certain() {
    check("row: usage", "row: usgae");
    check("row: usage", "row: Usage");
    check("max_length: 64", "maxlength: 64");
    check("type: int", "type: integer");
    check("collected: default", "collected: defualt");
    check("      runs: required", "      runs: requird");
    check("      goal: optional", "      goal: required");
    check("      goal: optional", "      goel: optional");
    check("common: [runs]", "common: [rnus]");
    check("personal: possible", "personl: possible");
}

/// One mistake in several places is one finding, and one correction.
#[test]
fn everywhere_or_nowhere() {
    let sound = SOUND
        .replace("  runs:   {", "  attempts:   {")
        .replace("      runs:", "      attempts:")
        .replace("[runs]", "[attempts]");
    let wrong = sound.replace("      attempts:", "      atempts:").replace("[attempts]", "[atempts]");
    check_in(&sound, &sound, &wrong);
}

#[test]
fn uncertain() {
    check_nothing("row: usage", "row: nowhere");
    check_nothing(
        "  details: {title: Details, personal: none}\n",
        "  usace: {title: Usage, personal: none}\n  details: {title: Details, personal: none}\n"
            .replace("usace", "usake")
            .as_str(),
    );
    check_nothing("type: int", "type: number");
    check_nothing("type: int", "type: enum");
    check_nothing("collected: default", "collected: always");
    check_nothing("version: 1.0.0", "version: 1");
    check_nothing("  runs:   {", "  Runs:   {");
}

/// Two names are equally near, so either may have been meant.
#[test]
fn ambiguous() {
    let text = SOUND.replace(
        "  usage: {title: Usage, personal: none}",
        "  usage: {title: Usage, personal: none}\n  usace: {title: Other, allow: {W0302: two}, personal: none}",
    );
    let text =
        text.replace("row: 'details'", "row: usare").replace("  details: {title: Details, personal: none}\n", "");
    assert!(fix(&load_str("catalogue.yaml", &text)).is_none());
}

/// An alias stands for a value elsewhere, and a block of text is more than a word.
#[test]
fn not_in_so_many_words() {
    check_nothing("row: usage", "row: >-\n      usgae");
    let text = SOUND.replace("title: Usage", "title: &usgae usgae").replace("row: usage", "row: *usgae");
    assert!(fix(&load_str("catalogue.yaml", &text)).is_none());
    let text = SOUND.replace("title: Demo #", "title: &title Demo #").replace("row: usage", "row: &row usgae");
    let fixed = fix(&load_str("catalogue.yaml", &text)).map(|fixed| fixed.loaded.sources.files()[0].text.clone());
    assert_eq!(fixed.as_deref(), Some(&*text.replace("usgae", "usage")));
}

/// A correction that brings an error to light is left to a person, and the others are made.
#[test]
fn nothing_gets_worse() {
    let text = SOUND.replace("row: 'details'", "row: usgae").replace("max_length: 64", "max_lenght: 64");
    let loaded = load_str("catalogue.yaml", &text);
    let fixed = fix(&loaded).expect("a correction");
    let codes: Vec<_> = fixed.corrected.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["E0003"]);
    assert_eq!(fixed.loaded.sources.files()[0].text, text.replace("max_lenght", "max_length"));
}

fn errors(loaded: &Loaded) -> BTreeMap<(&str, &str), usize> {
    let mut errors = BTreeMap::new();
    for finding in loaded.findings.iter().filter(|finding| finding.severity == Severity::Error) {
        *errors.entry((finding.code, &*finding.message)).or_default() += 1;
    }
    errors
}

/// Makes a slip of the fingers in a text.
fn slip(text: &mut String, at: Index, kind: u8) {
    let letters: Vec<usize> =
        text.char_indices().filter(|(_, char)| char.is_ascii_alphanumeric()).map(|(at, _)| at).collect();
    let at = *at.get(&letters);
    match kind {
        0 => drop(text.remove(at)),
        1 => text.insert(at, 'x'),
        2 => text.replace_range(at..=at, "q"),
        _ => text.replace_range(at..=at, &text[at..=at].to_uppercase().repeat(2)),
    }
}

proptest! {
    #[test]
    fn after_any_slips(slips in prop::collection::vec((any::<Index>(), 0u8..4), 1..6)) {
        let mut text = SOUND.to_owned();
        for (at, kind) in slips {
            slip(&mut text, at, kind);
        }
        let loaded = load_str("catalogue.yaml", &text);
        let Some(fixed) = fix(&loaded) else { return Ok(()) };
        let (before, after) = (errors(&loaded), errors(&fixed.loaded));
        for (error, count) in &after {
            prop_assert!(before.get(error).is_some_and(|before| count <= before), "{error:?} is new in\n{text}");
        }
        prop_assert_eq!(before.values().sum::<usize>() - fixed.corrected.len(), after.values().sum::<usize>());
        let again = load_str("catalogue.yaml", &fixed.loaded.sources.files()[0].text);
        prop_assert_eq!(again.findings, fixed.loaded.findings);
    }
}
