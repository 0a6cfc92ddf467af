//! `validate --lines` and `sift`: lines in, lines out, as they come.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::{folder, run_with};

const FINE: &str = r#"{"kind":"span","name":"Tool Usage","startTimeUnixNano":"1","endTimeUnixNano":"2","attributes":{"crewai_version":"1.15.30","tool_name":"word_counter","attempts":1}}"#;

fn with(attribute: &str) -> String {
    FINE.replace("\"attempts\":1", &format!("\"attempts\":1,{attribute}"))
}

#[test]
fn each_line_has_one_answer_in_order() {
    let input = format!("{FINE}\n\n{{\n{}\r\n{FINE}", with(r#""unlisted":"CANARY""#));
    let run = run_with(folder().path(), "validate --lines -", input.as_bytes());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let answers: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let said: Vec<_> = answers.iter().map(|answer| (answer["signals"].as_u64(), answer["rules"].to_string())).collect();
    let fine = || (Some(1), "[]".to_owned());
    let unreadable = (Some(0), r#"["unreadable"]"#.to_owned());
    let unknown = (Some(1), r#"["unknown_key"]"#.to_owned());
    assert_eq!(said, [fine(), (Some(0), "[]".to_owned()), unreadable, unknown, fine()]);
    assert!(!run.stdout.contains("CANARY"));
}

#[test]
fn counts_are_those_of_the_report() {
    let lines = [FINE.to_owned(), with(r#""unlisted":1,"tool_name":5"#), "[".to_owned(), with(r#""a":1,"b":2"#)];
    let input = lines.join("\n");
    let answers = run_with(folder().path(), "validate --lines -", input.as_bytes()).stdout;
    let mut by_rule = std::collections::BTreeMap::new();
    for answer in answers.lines() {
        let answer: Value = serde_json::from_str(answer).expect("JSON");
        for finding in answer["findings"].as_array().expect("a list") {
            *by_rule.entry(finding["rule"].as_str().expect("a text").to_owned()).or_insert(0_u64) += 1;
        }
    }
    let report = run_with(folder().path(), "validate --format json -", input.as_bytes());
    let report: Value = serde_json::from_str(&report.stdout).expect("JSON");
    assert_eq!(serde_json::to_value(by_rule).expect("JSON"), report["counts"]["by_rule"], "{report}");
}

#[test]
fn answers_come_while_the_input_stays_open() {
    let folder = folder();
    let mut child = Command::new(env!("CARGO_BIN_EXE_candor"))
        .args(["validate", "--lines", "-"])
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the command");
    let (mut input, output) = (child.stdin.take().expect("a pipe"), child.stdout.take().expect("a pipe"));
    let mut output = BufReader::new(output).lines();
    for _ in 0..3 {
        writeln!(input, "{FINE}").expect("written");
        let answer = output.next().expect("an answer").expect("read");
        assert!(answer.starts_with(r#"{"valid":true"#), "{answer}");
    }
    drop(input);
    assert!(output.next().is_none());
    assert!(child.wait().expect("its end").success());
}

#[test]
fn a_line_that_is_too_long_costs_itself() {
    let mut input = vec![b'x'; (16 << 20) + 5];
    input.extend_from_slice(format!("\n{FINE}\n").as_bytes());
    let run = run_with(folder().path(), "validate --lines -", &input);
    let answers: Vec<_> = run.stdout.lines().collect();
    assert_eq!(answers.len(), 2);
    assert!(answers[0].contains("unreadable") && answers[1].starts_with(r#"{"valid":true"#), "{answers:?}");
}

#[test]
fn sifting_keeps_what_may_be_kept_and_counts_the_rest() {
    let opted = with(r#""crew_inputs":"CANARY""#);
    let unknown = FINE.replace("Tool Usage", "Tea Break");
    let input = format!("{FINE}\n{opted}\n\nnothing\n{unknown}\n {FINE}\n");
    let folder = folder();
    let run = run_with(folder.path(), "sift --consent default", input.as_bytes());
    let kept: Vec<_> = run.stdout.lines().collect();
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.starts_with("5 lines: 2 kept, 1 cut, 1 stopped, 1 unreadable\n"), "{}", run.stderr);
    assert!(run.stderr.contains("unknown    1 span `Tea Break`"), "{}", run.stderr);
    assert_eq!((kept.len(), kept[0], kept[2]), (3, FINE, FINE));
    assert!(!run.stdout.contains("CANARY"));
    let again = run_with(folder.path(), "sift --consent default -", run.stdout.as_bytes());
    assert_eq!(again.stdout, run.stdout);
    assert!(again.stderr.starts_with("3 lines: 3 kept, 0 cut"), "{}", again.stderr);
    let none = run_with(folder.path(), "sift --consent off", run.stdout.as_bytes());
    assert_eq!(none.stdout, "");
}

#[test]
fn what_lines_have_no_place_for_is_said() {
    for (arguments, expected) in [
        ("validate --lines --format json -", "cannot be used with"),
        ("sift --consent nobody -", "no channel `nobody`"),
        ("sift missing", "missing: "),
    ] {
        let run = run_with(folder().path(), arguments, b"");
        assert_eq!(run.code, 2, "{arguments}");
        assert!(run.stderr.contains(expected), "{}", run.stderr);
    }
}
