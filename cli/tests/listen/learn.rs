//! `listen --learn`: a catalogue drafted from what arrives.

use std::fs;

use serde_json::json;

use crate::{Listener, command, spans};

#[test]
fn what_arrives_becomes_a_draft() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("draft.yaml");
    let listener = Listener::start(&format!("--learn {}", file.display()));
    let mut client = listener.connect();
    for number in 0..3 {
        let sent = spans("Nobody lists this", json!({"count": number, "who": "somebody@example.com"}));
        assert_eq!(client.traces(sent.to_string()).status, 200);
    }
    let ended = listener.stop();
    assert_eq!(ended.code, 0, "{:?}", ended.lines);
    assert!(ended.findings().is_empty(), "{:?}", ended.findings());
    let draft = fs::read_to_string(&file).expect("a draft");
    assert!(draft.contains("name: \"Nobody lists this\"") && draft.contains("      count: required\n"), "{draft}");
    assert!(!draft.contains("somebody"), "{draft}");
    let again = command(&format!("--port 0 --learn {}", file.display())).output().expect("its end");
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("is there already"));
    assert_eq!(fs::read_to_string(&file).expect("a draft"), draft);
}
