//! Findings, counts and captures.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::{gzip, post};
use crate::{Ended, Listener, good, opt_in, spans};

const JSON: &str = "content-type: application/json\r\n";

/// Sends these requests, and returns the findings.
fn found(arguments: &str, requests: &[String]) -> Ended {
    let listener = Listener::start(arguments);
    let mut client = listener.connect();
    for request in requests {
        assert_eq!(client.traces(request).status, 200);
    }
    listener.stop()
}

#[test]
fn nothing_to_find() {
    let ended = found("", &[good(), good()]);
    assert_eq!((ended.code, ended.findings().len()), (0, 0));
    let signals = &ended.summary()["coverage"]["signals"];
    assert_eq!((&signals[0], &signals[1]), (&json!(["Everything", 2]), &json!(["Hidden", 0])));
}

#[test]
fn a_finding_is_told_when_it_is_new_and_then_counted() {
    let mut listener = Listener::start("");
    let mut client = listener.connect();
    client.traces(opt_in());
    let told = listener.line()["finding"].clone();
    let expected = json!({
        "signal": "Everything", "place": "/attributes/secret", "rule": "not_allowed", "count": 1,
        "message": "`secret` (Details) is collected only after opt-in",
        "first": "request 1: /resourceSpans/0/scopeSpans/0/spans/0",
    });
    assert_eq!(told, expected);
    client.traces(opt_in());
    client.traces(spans("Everything", json!({"flag": "no"})).to_string());
    assert_eq!(listener.line()["finding"]["rule"], "wrong_type");
    let ended = listener.stop();
    assert_eq!((ended.code, ended.lines.len()), (1, 1));
    assert_eq!(ended.findings(), ["1 wrong_type Everything", "2 not_allowed Everything"]);
}

#[test]
fn values_that_differ_are_one_finding() {
    let word = |word: &str| spans("Everything", json!({"flag": true, "word": word})).to_string();
    assert_eq!(found("", &[word("sixsix"), word("seventy")]).findings(), ["2 too_long Everything"]);
}

#[test]
fn values_that_should_not_be_there_are_found_whatever_their_attribute() {
    let word = |text: &str| spans("Everything", json!({"flag": true, "cut_word": text})).to_string();
    let key = format!("sk-proj-{}", "Ab3dEf6hIj9lMn2p".repeat(2));
    let mut listener = Listener::start("");
    listener.connect().traces(word(&key));
    let told: Vec<Value> = (0..2).map(|_| listener.line()["finding"].clone()).collect();
    let secret = told.iter().find(|finding| finding["rule"] == "secret").expect("a secret");
    assert!(!secret.to_string().contains(&key[8..]), "{secret}");
    listener.connect().traces(word(&key));
    let ended = listener.stop();
    assert_eq!(
        (ended.code, ended.findings()),
        (1, ["2 too_long Everything", "2 secret Everything"].map(str::to_owned).into())
    );
}

#[test]
fn consent_says_what_is_allowed() {
    let hidden = spans("Hidden", json!({"flag": true, "secret": ""})).to_string();
    let found = |consent| found(consent, &[good(), opt_in(), hidden.clone()]).findings();
    assert_eq!(found("--consent opted-in"), [""; 0]);
    assert_eq!(found("--consent default"), ["1 not_allowed Everything", "1 not_allowed Hidden"]);
    assert_eq!(found("--consent off"), ["2 not_allowed Everything", "1 not_allowed Hidden"]);
}

#[test]
fn metrics_are_a_finding() {
    let listener = Listener::start("");
    listener.connect().send(post("/v1/metrics", JSON, b"{}"));
    let ended = listener.stop();
    assert_eq!((ended.code, ended.findings()), (1, vec!["1 unknown_signal request".to_owned()]));
    assert_eq!(ended.summary()["metrics_requests"], 1);
}

#[test]
fn rows_are_covered_by_what_came() {
    let ended = found("", &[good(), opt_in()]);
    let rows = &ended.summary()["coverage"]["rows"];
    assert_eq!((&rows[0]["title"], &rows[0]["attributes_seen"]), (&json!("Usage"), &json!(1)));
    assert_eq!(rows[1], json!({"title": "Details", "attributes_seen": 1, "attributes": 3}));
}

#[test]
fn text_for_people_shows_no_value() {
    let folder = TempDir::new().expect("a folder");
    let catalogue = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/demo.yaml");
    let mut child = Command::new(env!("CARGO_BIN_EXE_candor"));
    child.arg("listen").arg(catalogue).args(["--port", "0"]).current_dir(folder.path()).stdout(Stdio::piped());
    let mut child = child.spawn().expect("the command");
    let mut output = std::io::BufReader::new(child.stdout.take().expect("a pipe"));
    let mut text = String::new();
    std::io::BufRead::read_line(&mut output, &mut text).expect("a line");
    let port = text.split([':', ' ']).find_map(|word| word.parse().ok()).expect("a port");
    let mut client = crate::client::Client::connect(port);
    client.traces(opt_in());
    client.traces(spans("CANARY \u{1b}[2J", json!({"CANARY": "CANARY"})).to_string());
    Command::new("kill").arg(child.id().to_string()).status().expect("kill");
    std::io::Read::read_to_string(&mut output, &mut text).expect("UTF-8");
    assert_eq!(child.wait().expect("an end").code(), Some(1));
    for expected in [
        "listening on http://127.0.0.1:",
        " for demo, consent default\n",
        "not_allowed    Everything: `secret` (Details) is collected only after opt-in\n",
        "unknown_signal CANARY \\u{1b}[2J: ",
        "\n2 requests: 2 spans\n",
        "signals: Everything 1, not in the catalogue 1\nnever seen: Hidden, ",
        "attributes seen, by row: Usage 1 of ",
        ", Details 1 of 3\n",
        "\n        1  not_allowed    Everything: `secret`",
    ] {
        assert!(text.contains(expected), "{expected:?} is not in\n{text}");
    }
    assert!(!text.contains('\u{1b}'), "{text}");
}

// Captures.

#[test]
fn captures_are_whole_requests_that_validate_reads() {
    let folder = TempDir::new().expect("a folder");
    let captures = folder.path().join("below/captures");
    let arguments = format!("--capture {}", captures.display());
    let listener = Listener::start(&arguments);
    let mut client = listener.connect();
    client.send(post("/v1/traces", &format!("{JSON}content-encoding: gzip\r\n"), gzip(opt_in())));
    client.traces("nonsense");
    client.traces("{}");
    let points = json!([{"asInt": "1", "attributes": [{"key": "who", "value": {"stringValue": "alice@example.com"}}]}]);
    let metrics =
        json!({"resourceMetrics": [{"scopeMetrics": [{"metrics": [{"name": "m", "sum": {"dataPoints": points}}]}]}]});
    client.send(post("/v1/metrics", JSON, metrics.to_string()));
    let record = json!({"eventName": "demo.noted", "attributes": [{"key": "flag", "value": {"boolValue": true}}]});
    let logs = json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}).to_string();
    client.send(post("/v1/logs", JSON, &logs));
    drop(listener.stop());
    // A second run goes on where the first one stopped.
    let listener = Listener::start(&arguments);
    listener.connect().traces(good());
    drop(listener.stop());

    let mut files: Vec<_> =
        fs::read_dir(&captures).expect("a folder").map(|file| file.expect("a file").path()).collect();
    files.sort();
    let read = |path: &Path| {
        (
            path.file_name().expect("a name").to_str().expect("UTF-8").to_owned(),
            fs::read_to_string(path).expect("a text"),
        )
    };
    let expected = [
        ("000001.traces", opt_in()),
        ("000002.metrics", metrics.to_string()),
        ("000003.logs", logs),
        ("000004.traces", good()),
    ]
    .map(|(name, text)| (format!("{name}.otlp.json"), text));
    assert_eq!(files.iter().map(|path| read(path)).collect::<Vec<_>>(), expected);

    let catalogue = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/demo.yaml");
    let mut validate = Command::new(env!("CARGO_BIN_EXE_candor"));
    let output = validate.arg("validate").arg("--catalogue").arg(catalogue).args(&files).output().expect("an end");
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(said.contains("4 signals: 2 fine, 2 refused\nby rule: "), "{said}");
}

#[test]
fn what_cannot_be_captured_is_said() {
    let folder = TempDir::new().expect("a folder");
    let captures = folder.path().join("captures");
    let listener = Listener::start(&format!("--capture {}", captures.display()));
    fs::remove_dir(&captures).expect("removed");
    assert_eq!(listener.connect().traces(good()).status, 200);
    let ended = listener.stop();
    assert_eq!((ended.code, &ended.summary()["spans"]), (2, &Value::from(1)));
}

/// A client's texts are shown, and do nothing to their reader.
#[test]
fn no_name_commands_a_terminal_or_a_ci() {
    let nasty = "\n::error::x\u{1b}]0;y\u{7}\u{202e}\u{9b}\u{2028}##[group]z\u{200b}\r";
    for (format, arguments) in
        [("text", "--port 0 --format text --max-findings 50"), ("json", "--port 0 --format json")]
    {
        let mut child = crate::command(arguments).spawn().expect("the command");
        let mut output = std::io::BufReader::new(child.stdout.take().expect("a pipe"));
        let mut printed = String::new();
        std::io::BufRead::read_line(&mut output, &mut printed).expect("a line");
        let digits: String =
            printed.split("127.0.0.1:").nth(1).expect("a port").chars().take_while(char::is_ascii_digit).collect();
        let mut client = crate::client::Client::connect(digits.parse().expect("a port"));
        assert_eq!(client.traces(spans(nasty, json!({nasty: "AKIAIOSFODNN7EXAMPLE"})).to_string()).status, 200);
        assert_eq!(client.traces(json!({ nasty: 1 }).to_string()).status, 400);
        let kill = std::process::Command::new("kill").arg(child.id().to_string()).status();
        assert!(kill.expect("kill").success());
        std::io::Read::read_to_string(&mut output, &mut printed).expect("UTF-8");
        child.wait().expect("an end");
        let is_hidden = |character: char| {
            character.is_control() && character != '\n' || matches!(character, '\u{202e}' | '\u{2028}' | '\u{200b}')
        };
        assert!(!printed.contains(is_hidden), "{format}: {printed:?}");
        assert!(
            !printed.contains("##[") && !printed.lines().any(|line| line.trim_start().starts_with("::")),
            "{printed}"
        );
        assert!(printed.contains("error::x"), "it is shown: {printed}");
    }
}
