//! Random input: whatever a file holds, loading it ends, with places inside the text, and twice in the same way.

use candor_schema::{Loaded, fix, load, load_str};
use proptest::prelude::*;
use proptest::sample::{Index, select};

const CREWAI: &str = include_str!("../crewai/agent.yaml");

fn check(loaded: &Loaded) {
    assert_eq!(loaded.catalogue.is_none(), loaded.errors() > 0, "{:#?}", loaded.findings);
    for finding in &loaded.findings {
        let places = finding.labels.iter().map(|label| label.place).chain(finding.fixes.iter().map(|fix| fix.place));
        for place in places.chain([finding.place]) {
            let text = &loaded.sources.get(place).expect("a file that was read").text;
            assert!(text.get(place.start as usize..place.end as usize).is_some(), "{finding:#?}");
            assert!(place.line > 0 && place.column > 0, "{finding:#?}");
        }
        assert!(finding.help.is_some() && finding.message.len() < 2000, "{finding:#?}");
    }
}

fn check_text(text: &str) {
    let loaded = load_str("catalogue.yaml", text);
    check(&loaded);
    assert_eq!(loaded.findings, load_str("catalogue.yaml", text).findings);
    fix(&loaded).iter().for_each(|fixed| check(&fixed.loaded));
}

/// Pieces that catalogues are made of, and pieces that only look so.
fn pieces() -> impl Strategy<Value = Vec<&'static str>> {
    let pieces = vec![
        "candor: 1\n",
        "name: demo\n",
        "title: Demo\n",
        "version: 1.0.0\n",
        "service: demo\n",
        "rows:\n",
        "attributes:\n",
        "objects:\n",
        "spans:\n",
        "events:\n",
        "common: ",
        "consent: ",
        "allow: ",
        "  usage: ",
        "  runs: ",
        "  started: ",
        "    row: usage\n",
        "    collected: default\n",
        "    collected: opt_in\n",
        "    type: string\n",
        "    type: [part]\n",
        "    type: {enum: [a, b]}\n",
        "    brief: runs\n",
        "    name: Started\n",
        "    title: Usage\n",
        "    fields: ",
        "    attributes: ",
        "    pattern: '^([a-z]+)*$'\n",
        "    max_length: 5\n",
        "    derived_from: [runs]\n",
        "    deprecated: {reason: renamed}\n",
        "{",
        "}",
        "[",
        "]",
        ", ",
        "runs: required",
        "W0304: why",
        "\n",
        "  ",
        "    ",
        "- ",
        "? ",
        ": ",
        "&a ",
        "*a",
        "!!str ",
        "|\n",
        ">-\n",
        "\"",
        "'",
        "# ",
        "---\n",
        "...\n",
        "\t",
        "\0",
        "\u{feff}",
        "\r\n",
        "é",
        "0x10",
        ".nan",
        "~",
        "<<: *a\n",
        "18446744073709551616",
        "%YAML 1.2\n",
    ];
    prop::collection::vec(select(pieces), 0..60)
}

proptest! {
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("catalogue.yaml"), bytes).expect("written");
        check(&load(folder.path()));
    }

    #[test]
    fn any_text(text in "\\PC{0,200}") {
        check_text(&text);
    }

    #[test]
    fn any_pieces(pieces in pieces()) {
        check_text(&pieces.concat());
    }

    #[test]
    fn any_lines_of_a_catalogue(lines in prop::collection::vec((any::<Index>(), 0usize..12), 0..80)) {
        let all: Vec<&str> = CREWAI.lines().collect();
        let text: String = lines.iter().map(|(line, cut)| {
            let line = *line.get(&all);
            let end = if *cut < 9 { line.len() } else { line.char_indices().nth(4 * cut).map_or(line.len(), |(at, _)| at) };
            format!("{}\n", &line[..end])
        }).collect();
        check_text(&text);
    }

    #[test]
    fn any_pattern(pattern in "\\^[\\[\\](){}|*+?^$a-c0-3,.\\\\:-]{0,40}\\$") {
        check_text(&format!("
candor: 1
name: demo
title: Demo
version: 1.0.0
service: demo
rows: {{usage: {{title: Usage, personal: none}}}}
attributes: {{tool: {{row: usage, collected: default, type: string, pattern: '{pattern}', examples: [a, ''], brief: tool}}}}
spans: {{started: {{name: Started, collected: default, brief: started, attributes: {{tool: optional}}}}}}
"));
    }
}
