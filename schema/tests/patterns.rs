//! Patterns: which are refused, and what for.

use candor_schema::load_str;

/// Expects that a pattern is fine, or that the finding about it has these words.
fn check(pattern: &str, expected: Option<&str>) {
    let text = format!(
        "
candor: 1
name: demo
title: Demo
version: 1.0.0
service: demo
rows:
  usage: {{title: Usage, personal: none}}
attributes:
  tool: {{row: usage, collected: default, type: string, brief: tool, pattern: '{}', examples: [x]}}
spans:
  started: {{name: Started, collected: default, brief: started, attributes: {{tool: optional}}}}
",
        pattern.replace('\'', "''")
    );
    let loaded = load_str("catalogue.yaml", &text);
    let found: Vec<_> = loaded.findings.iter().filter(|finding| finding.code != "E0205").collect();
    match (found.as_slice(), expected) {
        ([], None) => {}
        ([finding], Some(words)) if finding.code == "E0210" && finding.message.contains(words) => {}
        (found, _) => panic!("{pattern}: expected {expected:?}, found {found:#?}"),
    }
    assert!(expected.is_none() || loaded.findings.len() == 1, "an example cannot be held against {pattern}");
}

#[test]
fn portable() {
    check("^$", None);
    check("^a$", None);
    check("^[0-9a-f]{32}$", None);
    check("^(?:a|b)$", None);
    check("^(a|b)+$", None);
    check(r#"^\.\*\+\?\^\$\(\)\[\]\{\}\|\/\\$"#, None);
    check(r#"^[^\n]*$"#, None);
    check(r#"^[a-z\-_\]\[.*+?^$]+$"#, None);
    check("^a{2}b{2,}c{2,3}$", None);
    check("^a*?b+?c??$", None);
    check("^[-a]$", None);
    check("^[a-]$", None);
    check("^é$", None);
    check("^a-b$", None);
    check("^()$", None);
    check(r#"^[\t\r\n ]+$"#, None);
    check("^a b$", None);
    check("^(?:(?:a|b)|c)$", None);
}

#[test]
fn not_anchored() {
    check("", Some("not anchored"));
    check("a", Some("not anchored"));
    check("^a", Some("not anchored"));
    check("a$", Some("not anchored"));
    check(r#"^a\$"#, Some("not anchored"));
    check("[a-z]+", Some("not anchored"));
    check("(^a$)", Some("not anchored"));
}

#[test]
fn alternatives_outside_a_group() {
    check("^a|b$", Some("alternative"));
    check("^a$|^b$", Some("alternative"));
    check("^(a)|b$", Some("alternative"));
}

#[test]
fn classes_of_other_meaning() {
    check(r#"^\d+$"#, Some("same everywhere"));
    check(r#"^\D$"#, Some("same everywhere"));
    check(r#"^\w$"#, Some("same everywhere"));
    check(r#"^\W$"#, Some("same everywhere"));
    check(r#"^\s$"#, Some("same everywhere"));
    check(r#"^\S$"#, Some("same everywhere"));
    check(r#"^\bword\b$"#, Some("same everywhere"));
    check(r#"^\B$"#, Some("same everywhere"));
    check(r#"^\pL$"#, Some("same everywhere"));
    check(r#"^\p{L}+$"#, Some("same everywhere"));
    check(r#"^[\d]$"#, Some("same everywhere"));
    check(r#"^[\w-]$"#, Some("same everywhere"));
}

#[test]
fn escapes_of_other_meaning() {
    check(r#"\Aa\z"#, Some("same everywhere"));
    check(r#"^a\z"#, Some("same everywhere"));
    check(r#"^\x41$"#, Some("same everywhere"));
    check(r#"^\u0041$"#, Some("same everywhere"));
    check(r#"^\a$"#, Some("same everywhere"));
    check(r#"^\_$"#, Some("same everywhere"));
    check(r#"^\-$"#, Some("same everywhere"));
    check(r#"^(a)\1$"#, Some("same everywhere"));
    check(r#"^\k<a>$"#, Some("same everywhere"));
    check(r#"^\Qa\E$"#, Some("same everywhere"));
    check(r#"^[\^\b]$"#, Some("same everywhere"));
    check(r#"^a\"#, Some("same everywhere"));
}

#[test]
fn dots() {
    check("^.$", Some("`.`"));
    check("^a.*$", Some("`.`"));
    check(r#"^\.$"#, None);
    check("^[.]$", None);
}

#[test]
fn groups_that_not_all_have() {
    check("^(?=a)a$", Some("lookahead"));
    check("^(?!a)b$", Some("lookahead"));
    check("^(?<=a)b$", Some("lookbehind"));
    check("^(?<!a)b$", Some("lookbehind"));
    check("^(?P<n>a)$", Some("named group"));
    check("^(?<n>a)$", Some("named group"));
    check("^(?i)a$", Some("flag"));
    check("^(?i:a)$", Some("flag"));
    check("^(?>a)$", Some("flag"));
}

#[test]
fn class_syntax_that_not_all_have() {
    check("^[[:alpha:]]$", Some("same everywhere"));
    check("^[a[b]]$", Some("same everywhere"));
    check("^[a&&b]$", Some("same everywhere"));
    check("^[a--b]$", Some("same everywhere"));
    check("^[a~~b]$", Some("same everywhere"));
    check("^[]a]$", Some("same everywhere"));
    check("^[^]a]$", Some("same everywhere"));
}

#[test]
fn quantifiers() {
    check("^*$", Some("repeats nothing"));
    check("^a**$", Some("repeats nothing"));
    check("^a+*$", Some("repeats nothing"));
    check("^a{2}{3}$", Some("repeats nothing"));
    check("^a{,3}$", Some("repeats nothing"));
    check("^a{x}$", Some("repeats nothing"));
    check("^a{$", Some("repeats nothing"));
    check("^(*a)$", Some("repeats nothing"));
    check("^(a|*)$", Some("repeats nothing"));
    check("^a{2}+$", Some("repeats nothing"));
    check("^a*??$", Some("repeats nothing"));
    check("^$*$", Some("repeats nothing"));
    check("^a{3,2}$", Some("no regular expression"));
}

#[test]
fn unbalanced() {
    check("^(a$", Some("never closed"));
    check("^a)$", Some("closes nothing"));
    check("^[a$", Some("never closed"));
    check("^a}$", Some("closes nothing"));
    check("^a]$", Some("closes nothing"));
    check("^[z-a]$", Some("no regular expression"));
}

#[test]
fn too_long() {
    check(&format!("^{}$", "a".repeat(510)), None);
    check(&format!("^{}$", "a".repeat(511)), Some("512"));
}

#[test]
fn too_large() {
    check("^(?:(?:a{1000}){1000}){1000}$", Some("no regular expression"));
}
