//! The sieve over JSON: what passes, what does not and why, and what is forgotten with an object.

use candor_domain::{
    AttributeInfo, Consent, Domain, Encoding, JsonEncoder, JsonValue, Member, Nothing, OPT_IN, ObjectInfo, OnViolation,
    Pattern, Refusals, Shared, Sieve,
};

fn attribute(name: &'static str, needs: Consent, domain: Domain) -> AttributeInfo {
    AttributeInfo {
        id: name.into(),
        name: name.into(),
        row: "Usage".into(),
        needs,
        domain,
        encoding: Encoding::Map,
        on_violation: OnViolation::Drop,
    }
}

fn member(attribute: AttributeInfo, required: bool) -> Member {
    Member { rename: None, attribute: attribute.into(), required, body: false }
}

/// `runs` must be there; `note` is opt-in; `part` has a name of one or two letters and an opt-in `secret`.
fn members() -> Vec<Member> {
    let opt_in = Consent::of(OPT_IN);
    let text = |max_length| Domain::String { max_length, pattern: None };
    let letters = Domain::String { max_length: 9, pattern: Some(Pattern::new("^[a-z]{1,2}$").into()) };
    let fields = vec![
        member(attribute("name", Consent::Default, letters), true),
        member(attribute("secret", opt_in, text(9)), false),
        member(attribute("size", Consent::Default, Domain::Int { minimum: 0, maximum: 9 }), false),
    ];
    let part = Domain::Object(ObjectInfo::new("demo".into(), "part".into(), fields.into()).into());
    let cut = AttributeInfo {
        on_violation: OnViolation::Truncate,
        ..attribute("cut", Consent::Default, Domain::List { item: text(2).into(), max_items: 2 })
    };
    vec![
        member(attribute("runs", Consent::Default, Domain::Int { minimum: 0, maximum: 9 }), true),
        member(attribute("note", opt_in, text(9)), false),
        member(attribute("part", Consent::Default, part.clone()), false),
        member(attribute("parts", Consent::Default, Domain::List { item: Shared::from(part), max_items: 2 }), false),
        member(cut, false),
    ]
}

#[track_caller]
fn check(consent: Consent, given: &str, passed: &str, notes: &[&str]) {
    let JsonValue::Object(given) = JsonValue::parse(given).expect("JSON") else { panic!("an object") };
    let (mut out, mut refusals) = (b"{".to_vec(), Refusals::default());
    let mut encoder = JsonEncoder { out: &mut out };
    Sieve { encoder: &mut encoder, consent, held: Nothing, notes: &mut refusals }
        .attributes(&members(), given.iter().map(|(key, value)| (&**key, value)));
    let noted: Vec<_> = refusals.iter().map(|(why, path)| format!("{} {path}", why.name())).collect();
    assert_eq!(
        (format!("{}}}", String::from_utf8_lossy(&out)), noted),
        (passed.to_owned(), notes.to_vec().iter().map(ToString::to_string).collect())
    );
    let dropped = refusals.iter().filter(|(why, _)| why.is_dropped()).count();
    assert_eq!(refusals.dropped() as usize, dropped);
}

#[test]
fn what_consent_keeps_back_leaves_no_trace() {
    let given = r#"{"runs":1,"note":"a","part":{"name":"a","secret":"b"}}"#;
    check(Consent::OptedIn, given, given, &[]);
    let passed = r#"{"runs":1,"part":{"name":"a"}}"#;
    check(Consent::Default, given, passed, &["consent note", "consent part.secret"]);
    check(Consent::Off, r#"{"runs":1}"#, "{}", &["consent runs"]);
}

#[test]
fn of_equal_keys_the_last_counts_even_if_it_is_refused() {
    check(Consent::Default, r#"{"runs":1,"runs":2}"#, r#"{"runs":2}"#, &["duplicate runs"]);
    check(Consent::Default, r#"{"runs":1,"runs":99}"#, "{}", &["duplicate runs", "value runs"]);
    check(Consent::Default, r#"{"runs":1,"runs":null}"#, r#"{"runs":1}"#, &[]);
    check(Consent::Default, r#"{"runs":1,"x":1,"x":null}"#, r#"{"runs":1}"#, &["unknown x"]);
}

#[test]
fn what_must_be_there_and_is_not_is_missing() {
    check(Consent::Default, "{}", "{}", &["missing runs"]);
    check(Consent::Default, r#"{"runs":null}"#, "{}", &["missing runs"]);
    check(Consent::Default, r#"{"runs":"1"}"#, "{}", &["value runs"]);
}

#[test]
fn an_object_that_is_dropped_counts_once() {
    let inside = r#""secret":"b","size":99,"x":1"#;
    let given = format!(r#"{{"runs":1,"part":{{"name":"abc",{inside}}}}}"#);
    check(Consent::Default, &given, r#"{"runs":1}"#, &["value part"]);
    let given = format!(r#"{{"runs":1,"part":{{{inside}}}}}"#);
    check(Consent::Default, &given, r#"{"runs":1}"#, &["value part"]);
    let given = format!(r#"{{"runs":1,"part":{{"name":"a",{inside}}}}}"#);
    let notes = ["consent part.secret", "value part.size", "unknown part.x"];
    check(Consent::Default, &given, r#"{"runs":1,"part":{"name":"a"}}"#, &notes);
}

#[test]
fn lists_keep_what_passes_and_end_early() {
    let given = r#"{"runs":1,"parts":[null,{"name":"a"},7,{"name":"abc","size":1},{"name":"b"},null,{"name":"c"},{"name":"d"}]}"#;
    let passed = r#"{"runs":1,"parts":[{"name":"a"},{"name":"b"}]}"#;
    check(Consent::Default, given, passed, &["value parts", "value parts", "value parts"]);
    check(Consent::Default, r#"{"runs":1,"cut":["abc","d",null]}"#, r#"{"runs":1,"cut":["ab","d"]}"#, &["cut cut"]);
}

#[test]
fn objects_may_be_json_text_but_not_inside_of_objects() {
    let given = r#"{"runs":1,"part":"{\"name\":\"a\",\"size\":3.0}","parts":["{\"name\":\"a\"}"]}"#;
    check(Consent::Default, given, r#"{"runs":1,"part":{"name":"a","size":3},"parts":[]}"#, &["value parts"]);
    check(Consent::Default, r#"{"runs":1,"part":" null "}"#, r#"{"runs":1}"#, &[]);
    check(Consent::Default, r#"{"runs":1,"part":"{"}"#, r#"{"runs":1}"#, &["value part"]);
}
