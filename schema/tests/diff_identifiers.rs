//! Identifiers and intervals that change: a longer life, a wider scope and a shorter interval widen.

use candor_schema::{Catalogue, Class, Diff, diff, load_str};

use Class::{Narrows, Widens, Wording};

const BASE: &str = r#"
candor: 1
name: demo
title: Demo
version: 1.2.3
service: demo
consent:
  opt_out: [DEMO_OFF, DO_NOT_TRACK]
rows:
  usage: {title: Usage, reason: How it is used., personal: none}
attributes:
  word: {row: usage, collected: default, type: string, max_length: 8, brief: word}
  id: {row: usage, collected: default, type: string, max_length: 36, brief: key, identifier: content_hash}
events:
  failed: {name: demo.failed, collected: default, brief: it failed, attributes: {word: optional, id: optional}}
"#;

#[track_caller]
fn catalogue(text: &str) -> Catalogue {
    let loaded = load_str("telemetry.yaml", text);
    loaded.catalogue.unwrap_or_else(|| panic!("{:#?}", loaded.findings))
}

#[track_caller]
fn edited(edits: &[(&str, &str)]) -> Catalogue {
    let mut text = BASE.to_owned();
    for (from, to) in edits {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    catalogue(&text)
}

/// An identifier of this kind becomes another one.
#[track_caller]
fn check_identifier(from: &str, to: &str, there: Class, back: Class) {
    let id = |identifier: &str| ("identifier: content_hash".to_owned(), format!("identifier: {{{identifier}}}"));
    let [(hash, from), (_, to)] = [id(from), id(to)];
    let (old, new) = (edited(&[(&hash, &from)]), edited(&[(&hash, &to)]));
    let classes =
        |diff: Diff| diff.changes.into_iter().map(|change| (change.subject, change.classes)).collect::<Vec<_>>();
    let one = |class| vec![("attributes.id".to_owned(), vec![class])];
    assert_eq!((classes(diff(&old, &new)), classes(diff(&new, &old))), (one(there), one(back)), "{from} => {to}");
}

#[test]
fn identifiers() {
    let scope = |scope: &str| format!("source: random, scope: {scope}");
    check_identifier(&scope("signal"), &scope("run"), Widens, Narrows);
    check_identifier(&scope("run"), &scope("installation"), Widens, Narrows);
    check_identifier(&scope("installation"), &scope("machine"), Widens, Narrows);
    let rotates = |length: &str| format!("source: random, scope: installation, rotates: {length}");
    check_identifier(&rotates("30d"), &rotates("90d"), Widens, Narrows);
    check_identifier(&rotates("30d"), &scope("installation"), Widens, Narrows);
    check_identifier(&rotates("14d"), &rotates("2w"), Wording, Wording);
    check_identifier(&scope("machine"), &rotates("1d"), Narrows, Widens);
    let hash = "source: hash, scope: installation, of: [name]";
    check_identifier(&scope("installation"), &format!("{hash}, salted: true"), Widens, Narrows);
    check_identifier(&format!("{hash}, salted: true"), hash, Widens, Narrows);
    check_identifier("source: hash, of: [name]", "source: hash, of: [name, word]", Widens, Narrows);
    check_identifier("source: hash, of: [name]", "source: hardware, scope: machine, of: [name]", Widens, Narrows);
    check_identifier("source: hash, of: [name]", "source: hash, of: [other]", Widens, Widens);
}

#[test]
fn sentences_of_identifiers_and_intervals() {
    let sentence = |from: &str, to: &str| diff(&catalogue(BASE), &edited(&[(from, to)])).changes[0].sentence.clone();
    assert_eq!(
        sentence("identifier: content_hash", "identifier: {source: random, scope: installation, rotates: 30d}"),
        "`id` was a hash of content and is a random identifier that stays with the installation, new every 30 days"
    );
    assert_eq!(
        sentence("name: demo.failed, ", "name: demo.failed, every: 1d, "),
        "event `failed` is sent once every day at most"
    );
    assert_eq!(
        sentence("[DEMO_OFF, ", "[DEMO_OFF, {flag: --no-telemetry}, "),
        "the flag `--no-telemetry` is listed as an opt-out"
    );
}
