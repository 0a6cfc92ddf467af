//! `import captures`: a draft of what was sent admits what was sent, and asks for everything else.

use crate::import::answered;
use crate::import_semconv::real;
use crate::*;

/// Twelve spans and an event, with values of every kind.
fn sent() -> String {
    let span = |number: u64| {
        let id = format!("{number:08x}-1111-2222-3333-444444444444");
        let agents =
            format!(r#"[{{\"role\": \"r{number}\", \"rate\": {number}.5, \"old\": null}}, {{\"role\": \"x\"}}]"#);
        let mode = if number.is_multiple_of(2) { "fast" } else { "slow" };
        let seldom = if number == 3 { r#", {"key": "seldom", "value": {"boolValue": true}}"# } else { "" };
        format!(
            r#"{{"name": "Run", "attributes": [
                {{"key": "run.id", "value": {{"stringValue": "{id}"}}}},
                {{"key": "mode", "value": {{"stringValue": "{mode}"}}}},
                {{"key": "count", "value": {{"intValue": "{number}7"}}}},
                {{"key": "who", "value": {{"stringValue": "user{number}@example.com"}}}},
                {{"key": "at", "value": {{"stringValue": "2026-01-{:02}T00:00:00Z"}}}},
                {{"key": "tags", "value": {{"arrayValue": {{"values": [{{"stringValue": "a b"}}]}}}}}},
                {{"key": "agents", "value": {{"stringValue": "{agents}"}}}}{seldom}]}}"#,
            number + 1
        )
    };
    let spans: Vec<_> = (0..12).map(span).collect();
    let resource = r#"{"attributes": [{"key": "service.name", "value": {"stringValue": "my-tool"}}]}"#;
    let log = r#"{"eventName": "opened", "timeUnixNano": "1", "attributes": [{"key": "mode", "value": {"stringValue": "fast"}}]}"#;
    format!(
        r#"{{"resourceSpans": [{{"resource": {resource}, "scopeSpans": [{{"spans": [{}]}}]}}],
            "resourceLogs": [{{"resource": {resource}, "scopeLogs": [{{"logRecords": [{log}]}}]}}]}}"#,
        spans.join(",")
    )
}

/// Drafts from a file, and holds the file against the draft.
#[track_caller]
fn round(folder: &Path, file: &str) -> String {
    let drafted = run(folder, &format!("import captures {file}"));
    assert_eq!(drafted.code, 0, "{file}: {}", drafted.stderr);
    fs::write(folder.join("catalogue.yaml"), answered(&drafted.stdout)).expect("written");
    check(folder, "check catalogue.yaml", 0, &["fine"]);
    check(folder, &format!("validate --catalogue catalogue.yaml --consent opted-in {file}"), 0, &[" 0 refused"]);
    drafted.stdout
}

#[test]
fn what_was_sent_passes_and_is_kept_to_itself() {
    let folder = empty();
    fs::write(folder.path().join("sent.json"), sent()).expect("written");
    let draft = round(folder.path(), "sent.json");
    for expected in [
        "service: \"my-tool\"\n",
        "name: \"run.id\"\n    type: string\n    pattern: \"^[0-9a-fA-F]{8}-",
        "    type: {enum: [\"fast\", \"slow\"]}\n",
        "    type: int\n    minimum: 0\n    maximum: 1000\n",
        "    type: timestamp\n",
        "    type: [string]\n    max_items: 10\n    max_length: 16\n",
        "    type: [agents]\n    max_items: 10\n    encoding: json\n",
        "      \"rate\": {attribute: agents_rate, requirement: optional}\n      \"role\": agents_role\n",
        "    type: double\n    minimum: 0.0\n    maximum: 100.0\n",
        "    type: string\n    max_length: 32\n    # brief: what is it?\n    brief: \"who\"\n",
        "      count: required\n",
        "      seldom: optional\n",
        "  opened:\n    name: \"opened\"\n",
        "    title: \"In several signals\"\n",
    ] {
        assert!(draft.contains(expected), "{expected}\n{draft}");
    }
    assert!(!draft.contains("collected: default\n") && !draft.contains("example.com"), "{draft}");
    let again = run(folder.path(), "import captures sent.json");
    assert_eq!(again.stdout, draft);
}

#[test]
fn a_draft_asks_for_the_spans_that_signals_belonged_to() {
    let folder = empty();
    let lines = r#"{"kind":"span","name":"Query","startTimeUnixNano":"1","endTimeUnixNano":"2","parentSpanId":"b7ad6b7169203331","attributes":{"rows":1}}
{"kind":"span","name":"Request","startTimeUnixNano":"1","endTimeUnixNano":"2","spanId":"b7ad6b7169203331","attributes":{"size":1}}
{"kind":"event","name":"Slow","timeUnixNano":"1","spanId":"b7ad6b7169203331","attributes":{"time":1}}
"#;
    fs::write(folder.path().join("sent.ndjson"), lines).expect("written");
    let draft = run(folder.path(), "import captures sent.ndjson").stdout;
    for (key, asks) in [("query", true), ("request", false), ("slow", true)] {
        let (_, signal) = draft.split_once(&format!("\n  {key}:\n    name: ")).expect("it is there");
        let signal = signal.split("\n  ").skip(1).take_while(|line| line.starts_with(' ')).collect::<String>();
        assert_eq!(signal.contains("# parents: which spans may it belong to"), asks, "{key}\n{draft}");
    }
}

#[test]
fn what_has_no_place_is_listed() {
    let folder = empty();
    let lines = r#"{"resourceSpans": [{"resource": {"attributes": [{"key": "os.type", "value": {"stringValue": "linux"}}]}, "scopeSpans": [{"spans": [{"name": "a", "attributes": [{"key": "x", "value": {"intValue": "1"}}]}]}]}]}
{"resourceMetrics": [{"scopeMetrics": [{"metrics": [{"name": "m", "sum": {}}]}]}]}
{"resourceSpans": [{"scopeSpans": [{"spans": [{"name": "a", "attributes": [{"key": "x", "value": {"stringValue": "y"}}, {"key": "empty", "value": {"kvlistValue": {}}}]}, 5]}]}]}
"#;
    fs::write(folder.path().join("sent.ndjson"), lines).expect("written");
    let expected = [
        "sent.ndjson:2:1: metric `m`",
        "sent.ndjson:3:1: a span is not an object",
        "1 values of `x` are of another type than most",
        "`empty`, an object without members",
    ];
    check(folder.path(), "import captures sent.ndjson", 0, &expected);
    let of_process = ["  os_type:\n    row: the_process\n", "resource:\n  os_type: optional\n"];
    let run = run(folder.path(), "import captures sent.ndjson");
    assert!(of_process.iter().all(|expected| run.stdout.contains(expected)), "{}", run.stdout);
    fs::write(folder.path().join("bad.json"), "nothing").expect("written");
    let expected = ["bad.json:1:1: ", "nowhere.json:1:1: "];
    check(folder.path(), "import captures bad.json nowhere.json", 1, &expected);
    fs::write(folder.path().join("none.json"), r#"{"resourceSpans": []}"#).expect("written");
    check(folder.path(), "import captures none.json", 1, &["none.json:1:1: no span and no event was sent"]);
}

/// Captures of real programs, where `CANDOR_REAL` names a folder with them.
#[test]
fn real_captures() {
    let Some(captures) = real("otlp") else { return };
    let folder = empty();
    for name in ["py-console.json", "py-console2.json", "py-console.ndjson"] {
        fs::copy(captures.join(name), folder.path().join(name)).expect("a capture");
        round(folder.path(), name);
    }
}
