//! Every check has its cases in `tests/cases`, and its cases prove it: the bad one gives that code and no other, the good
//! one gives nothing.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use candor_schema::checks::{CHECKS, by_code};
use candor_schema::{Loaded, load};

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cases")
}

/// The case of this name: a file, or a folder where it takes more than one file.
fn load_case(code: &str, name: &str) -> Loaded {
    let folder = cases().join(code);
    let file = folder.join(format!("{name}.yaml"));
    let case = if file.exists() { file } else { folder.join(name) };
    assert!(case.exists(), "{code} has no case `{name}` in {}", folder.display());
    load(&case)
}

#[test]
fn every_bad_case_gives_its_code_and_no_other() {
    for (check, _) in CHECKS {
        let loaded = load_case(check.code, "bad");
        assert!(!loaded.findings.is_empty(), "{} is not found", check.code);
        for finding in &loaded.findings {
            assert_eq!(finding.code, check.code, "{finding:#?}");
            assert_eq!(finding.severity, check.severity, "{}", check.code);
        }
        assert_eq!(loaded.catalogue.is_none(), loaded.errors() > 0, "{}", check.code);
    }
}

#[test]
fn every_good_case_gives_nothing() {
    for (check, _) in CHECKS {
        let loaded = load_case(check.code, "good");
        assert!(loaded.findings.is_empty(), "{}: {:#?}", check.code, loaded.findings);
        assert!(loaded.catalogue.is_some(), "{}", check.code);
    }
}

#[test]
fn every_finding_says_where_and_the_way_out() {
    for (check, _) in CHECKS {
        let loaded = load_case(check.code, "bad");
        for finding in &loaded.findings {
            let places = finding.labels.iter().map(|label| label.place).chain([finding.place]);
            for place in places {
                let source = loaded.sources.get(place).expect("a file that was read");
                let marked = source.text.get(place.start as usize..place.end as usize);
                assert!(marked.is_some(), "{}: {place:?} is not in the file", check.code);
                let before = &source.text[..place.start as usize];
                assert_eq!(place.line as usize, before.matches('\n').count() + 1, "{}", check.code);
                let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
                assert_eq!(place.column as usize, before[line_start..].chars().count() + 1, "{}", check.code);
            }
            assert!(!finding.message.is_empty(), "{}", check.code);
            assert!(finding.help.as_ref().is_some_and(|help| !help.is_empty()), "{} gives no help", check.code);
        }
    }
}

#[test]
fn no_case_is_of_an_unknown_code() {
    for entry in fs::read_dir(cases()).expect("the folder of cases").flatten() {
        let code = entry.file_name().into_string().expect("a code");
        assert!(by_code(&code).is_some_and(|check| check.code == code), "there is no check {code}");
    }
}

#[test]
fn codes_are_unique_sorted_and_documented() {
    let codes: Vec<_> = CHECKS.iter().map(|(check, _)| check.code).collect();
    let sorted: Vec<_> = codes.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    assert_eq!(codes, sorted);
    for (check, _) in CHECKS {
        for text in [check.title, check.what, check.why, check.wrong, check.right] {
            assert!(!text.trim().is_empty(), "{}", check.code);
        }
        assert_ne!(check.wrong, check.right, "{}", check.code);
        assert!(check.wrong.ends_with('\n') && check.right.ends_with('\n'), "{}", check.code);
        let letter = if check.severity == candor_schema::Severity::Error { 'E' } else { 'W' };
        assert!(check.code.starts_with(letter) && check.code.len() == 5, "{}", check.code);
    }
}
