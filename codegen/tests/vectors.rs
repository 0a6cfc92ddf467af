//! Vectors: what they reach, and what no catalogue can have.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use candor_codegen::vectors::{Domain, SignalVector, Value, Vector, format, json_text, plan, reference};

fn vectors(count: usize) -> Vec<Vector> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/core.yaml");
    let catalogue = candor_schema::load(&path).catalogue.expect("a sound catalogue");
    plan(&catalogue, 0).take(count).collect()
}

static VECTORS: LazyLock<Vec<SignalVector>> = LazyLock::new(|| {
    let signal = |vector| if let Vector::Signal(vector) = vector { Some(*vector) } else { None };
    vectors(200_000).into_iter().filter_map(signal).collect()
});

/// Every value of an attribute that the vectors give, as text.
fn given(key: &str) -> BTreeSet<String> {
    let members = VECTORS.iter().flat_map(|vector| &vector.members);
    members.filter(|(name, _)| name == key).map(|(_, value)| format::value(value).to_string()).collect()
}

#[track_caller]
fn check_reached(key: &str, expected: impl IntoIterator<Item = Value>) {
    let given = given(key);
    for value in expected {
        let value = format::value(&value).to_string();
        assert!(given.contains(&value), "`{key}` is never {value}");
    }
}

#[test]
fn bounds_of_numbers_are_reached() {
    check_reached("number", [-6, -5, 10, 11].map(Value::Int));
    const TWO_TO_53: i64 = 1 << 53;
    let edges = [TWO_TO_53 - 1, TWO_TO_53, TWO_TO_53 + 1, -TWO_TO_53, -TWO_TO_53 - 1, i64::MIN, i64::MAX];
    check_reached("whole", edges.map(Value::Int));
    let raw = ["9223372036854775808", "-9223372036854775809", "1e17", "3.0", "1e400", "123456789012345678901234567890"];
    check_reached("whole", raw.map(|text| Value::Raw(text.to_owned())));
    check_reached("ratio", [0.0_f64.next_down(), 1.0, 1.0_f64.next_up()].map(Value::Double));
    check_reached("real", [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 5e-324, f64::MAX].map(Value::Double));
}

#[test]
fn bounds_of_texts_are_reached() {
    let texts = ["aaaaa", "aaaaaa", "😀😀😀😀😀", "😀😀😀😀😀😀", ""];
    check_reached("word", texts.map(Value::text));
    check_reached("word", [Value::Text(vec![0xd83d]), Value::Null, Value::Boolean(true)]);
    check_reached("colour", ["RED", "red ", "ed", "red"].map(Value::text));
    assert!(given("hex").iter().any(|value| value.ends_with(",10]}")), "no newline at the end");
    let leap = ["2024-02-29T16:09:11Z", "2026-02-29T16:09:11Z", "2100-02-29T16:09:11Z", "2000-02-29T16:09:11Z"];
    check_reached("moment", leap.map(Value::text));
    check_reached("moment", ["2026-12-31T24:00:00Z", "2026-12-31T23:59:60Z"].map(Value::text));
}

#[test]
fn lists_objects_and_members_are_changed() {
    let vectors = &*VECTORS;
    let all = |test: &dyn Fn(&Value) -> bool| {
        vectors.iter().flat_map(|vector| &vector.members).filter(|(_, value)| value.any(test)).count()
    };
    assert!(all(&|value| matches!(value, Value::List(items) if items.contains(&Value::Null))) > 50);
    assert!(all(&|value| matches!(value, Value::List(items) if items.len() > 3)) > 50);
    assert!(all(&|value| matches!(value, Value::Object(members) if members.iter().any(|(key, _)| key == "else"))) > 20);
    let twice = |vector: &&SignalVector| {
        let keys: BTreeSet<_> = vector.members.iter().map(|(key, _)| key).collect();
        keys.len() < vector.members.len()
    };
    assert!(vectors.iter().filter(twice).count() > 500);
    let consents: BTreeSet<_> = vectors.iter().map(|vector| vector.consent.clone()).collect();
    assert_eq!(consents.len(), 3, "{consents:?}");
    let valid = vectors.iter().filter(|vector| vector.valid).count();
    assert!((vectors.len() / 6..vectors.len() / 2).contains(&valid), "{valid} of {}", vectors.len());
}

#[test]
fn a_pattern_that_does_not_compile_admits_nothing() {
    let domain = |pattern: &str| Domain::Text { max_length: None, pattern: Some(pattern.to_owned()) };
    assert!(reference::is_inside(&domain("^a*$"), &Value::text(""), &[]));
    for text in ["", "(", "a"] {
        assert!(!reference::is_inside(&domain("^($"), &Value::text(text), &[]));
    }
}

#[test]
fn json_text_is_json() {
    for text in
        ["null", " [1 , 2]\n", "{}", "{\"a\":[{\"b\":-0.5e-7}]}", "\"\\u00e4\\n\"", "[[],{}]", "0", "-0", "1E+2"]
    {
        assert!(json_text::parse(text).is_some() && serde_json::from_str::<serde_json::Value>(text).is_ok(), "{text}");
    }
    for text in
        ["", "nul", "[1,]", "{,}", "01", "1.", ".5", "+1", "1e", "\"\n\"", "\"\\x\"", "[] []", "{\"a\"}", "\u{a0}1"]
    {
        assert!(json_text::parse(text).is_none() && serde_json::from_str::<serde_json::Value>(text).is_err(), "{text}");
    }
    assert_eq!(json_text::parse("\"\\ud83d\""), Some(Value::Text(vec![0xd83d])));
    let text = r#"{"a":1,"a":[true,null,"ä\u0001"],"b":1e400}"#;
    assert_eq!(json_text::parse(text).and_then(|value| json_text::write(&value)).as_deref(), Some(text));
}
