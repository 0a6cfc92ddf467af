//! The consent under which captures were taken.

use std::path::Path;
use std::str::FromStr;

use candor_schema::Catalogue;
use candor_validate::audit::Granted;

use crate::consent::ChannelSet;

/// A level, for captures whose names match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureConsent {
    granted: ChannelSet,
    /// `*` and `?` stand for any text and any character. Without it, the level is for all.
    names: Option<String>,
}

impl FromStr for CaptureConsent {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (level, names) = match text.split_once('=') {
            Some((level, names)) => (level, Some(names.to_owned())),
            None => (text, None),
        };
        let granted = level.parse().map_err(|why: String| format!("{why}, and `=NAMES` if it is not for all"))?;
        Ok(CaptureConsent { granted, names })
    }
}

/// Returns the consent for a capture: that of the first rule that matches its name; else the one for all; else the
/// default.
///
/// # Errors
/// The catalogue has no channel of a name.
pub fn granted(rules: &[CaptureConsent], path: &Path, catalogue: &Catalogue) -> Result<Granted, String> {
    let name = super::name_of(path);
    let matching = rules.iter().find(|rule| rule.names.as_deref().is_some_and(|names| matches(names, &name)));
    let for_all = rules.iter().find(|rule| rule.names.is_none());
    let rule = matching.or(for_all);
    rule.map_or(Ok(Granted::Default), |rule| rule.granted.consent(catalogue).map(Granted::of))
}

/// Returns true if a name matches a pattern.
fn matches(pattern: &str, name: &str) -> bool {
    let (mut pattern, mut rest) = (pattern.chars(), name.chars());
    match pattern.next() {
        None => name.is_empty(),
        Some('*') => {
            let ends = name.char_indices().map(|(at, _)| at).chain([name.len()]);
            ends.into_iter().any(|at| matches(pattern.as_str(), &name[at..]))
        }
        Some(expected) => {
            rest.next().is_some_and(|own| expected == '?' || expected == own)
                && matches(pattern.as_str(), rest.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (pattern, name, expected) in [
            ("*_share*", "seq_share.otlp.json", true),
            ("*_share*", "seq_default.otlp.json", false),
            ("flow.?.json", "flow.1.json", true),
            ("flow.?.json", "flow..json", false),
            ("*", "", true),
            ("", "a", false),
            ("*é", "café", true),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn the_first_that_matches_counts() {
        let rules: Vec<CaptureConsent> =
            ["off", "opted-in=*_share*", "default=*"].map(|text| text.parse().expect("a rule")).into();
        let catalogue = candor_schema::load(Path::new("../schema/crewai")).catalogue.expect("a sound catalogue");
        let granted = |rules: &[CaptureConsent], path: &str| granted(rules, Path::new(path), &catalogue);
        assert_eq!(granted(&rules, "a/seq_share.json"), Ok(Granted::OptedIn));
        assert_eq!(granted(&rules, "a_share/seq.json"), Ok(Granted::Default));
        assert_eq!(granted(&rules[..1], "x"), Ok(Granted::Off));
        assert_eq!(granted(&[], "x"), Ok(Granted::Default));
        assert!(granted(&["crashes".parse().expect("a rule")], "x").is_err());
        assert!("all".parse::<CaptureConsent>().is_err());
    }
}
