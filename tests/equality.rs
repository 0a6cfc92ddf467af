//! Schema = filter, both ways: the JSON Schema of a consent level accepts exactly what the filter lets through at it.
//! The verdicts are the validator's, which `validate/tests/differential.rs` holds against the schemas.
//!
//! Values are random, in and out of their domains. What once failed is kept in `equality.proptest-regressions`.

mod demo;

use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, SystemTime};

use candor::{Consent, Delivery, Pipeline, SignalKind, Telemetry};
use candor_schema::Catalogue;
use candor_validate::{Item, Payload, Validator, read};
use demo::{Colour, Everything, Hidden, Noted, Paint, Part};
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use serde_json::{Map, Value, json};

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    candor_schema::load(Path::new("tests/fixtures/demo.yaml")).catalogue.expect("a catalogue without findings")
});

/// Returns the validator of a level of consent.
fn validator(consent: Consent) -> &'static Validator<'static> {
    static VALIDATORS: LazyLock<[Validator<'static>; 2]> =
        LazyLock::new(|| [Consent::Default, Consent::OptedIn].map(|level| Validator::new(&CATALOGUE, level)));
    &VALIDATORS[usize::from(consent == Consent::OptedIn)]
}

fn config() -> ProptestConfig {
    let seeds = FileFailurePersistence::Direct("tests/equality.proptest-regressions");
    ProptestConfig { cases: 500, failure_persistence: Some(Box::new(seeds)), ..ProptestConfig::default() }
}

const LEVELS: [Consent; 2] = [Consent::Default, Consent::OptedIn];

/// Reads the output of `candor::preview`, as anybody would.
fn preview<T: Telemetry>(consent: Consent, value: &T) -> Option<Payload> {
    let text = candor::preview(demo::catalogue(), consent, value)?;
    Some(only(text.as_bytes()))
}

fn only(bytes: &[u8]) -> Payload {
    let mut items = read(&CATALOGUE, bytes).expect("telemetry");
    match (items.pop(), items.pop()) {
        (Some(Item::Payload(payload)), None) => payload,
        other => panic!("one payload, not {other:?}"),
    }
}

/// Checks that what the filter lets through is accepted, and what is sent by default also after the opt-in.
fn check_accepted<T: Telemetry + std::fmt::Debug>(value: &T) -> Result<(), TestCaseError> {
    for consent in LEVELS {
        let Some(payload) = preview(consent, value) else { continue };
        for level in LEVELS.into_iter().filter(|level| level.includes(consent)) {
            let violations = validator(level).check_payload(&payload);
            prop_assert!(violations.is_empty(), "{consent} at {level}: {violations:?} in {}", payload.value);
        }
    }
    Ok(())
}

/// A payload with values as they are is accepted exactly when the filter would not change it.
fn check_raw<T: Telemetry>(
    consent: Consent,
    (kind, name): (&str, &str),
    value: &T,
    raw: Value,
) -> Result<(), TestCaseError> {
    let filtered = preview(consent, value).map(|payload| payload.value["attributes"].clone());
    let unchanged = filtered.as_ref() == Some(&raw);
    let mut payload = json!({"kind": kind, "name": name, "attributes": raw});
    for time in if kind == "span" { &["startTimeUnixNano", "endTimeUnixNano"][..] } else { &["timeUnixNano"] } {
        payload[*time] = json!("1795190951945980484");
    }
    let violations = validator(consent).check_payload(&payload.into());
    prop_assert_eq!(violations.is_empty(), unchanged, "{}: {:?}, {:?}", consent, filtered, violations);
    Ok(())
}

/// The value, changed to something that no program could have sent, is refused.
fn check_refused(consent: Consent, value: &Everything, mutation: &Mutation) -> Result<(), TestCaseError> {
    let mut payload = preview(consent, value).expect("a span that is sent by default").value;
    mutation.apply(&mut payload);
    let violations = validator(consent).check_payload(&payload.clone().into());
    let there = violations.iter().any(|violation| violation.pointer.starts_with(&mutation.pointer));
    prop_assert!(there, "{consent}: {violations:?} in {payload}");
    Ok(())
}

// Values.

fn everything() -> impl Strategy<Value = Everything> {
    let simple = (any::<bool>(), maybe(number()), maybe(any_number()), maybe(ratio()), maybe(moment()));
    let texts = (maybe(word()), maybe(word()), maybe(hex()), maybe(vec(word(), 0..5)), maybe(secret()));
    let choices = (maybe(colour()), maybe(vec(prop_oneof![Just(Paint::Red), Just(Paint::Green)], 0..4)));
    let numbers = (maybe(any_ratio()), maybe(vec(wide_number(), 0..4)), maybe(any::<i64>()));
    let objects = (maybe(parts()), maybe(parts()), maybe(part()), maybe(parts()));
    (simple, texts, choices, numbers, objects).prop_map(|(simple, texts, choices, numbers, objects)| {
        let (flag, number, any_number, ratio, moment) = simple;
        let (word, cut_word, hex, words, secret) = texts;
        let (colour, colours) = choices;
        let (any_ratio, numbers, secret_number) = numbers;
        let (parts, json, part_one, secret_parts) = objects;
        Everything {
            flag,
            number,
            any_number,
            ratio,
            any_ratio,
            numbers,
            word,
            cut_word: cut_word.map(Into::into),
            hex: hex.map(Into::into),
            moment,
            colour,
            colours,
            words,
            parts,
            json,
            part_one,
            secret: secret.map(Into::into),
            secret_number,
            secret_parts,
        }
    })
}

/// Mostly nothing, so that there are cases without a single bad value.
fn maybe<T: std::fmt::Debug>(value: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    weighted(0.4, value)
}

fn number() -> impl Strategy<Value = i32> {
    prop_oneof![9 => -5..=10, 1 => -7..=12, 1 => any::<i32>()]
}

fn any_number() -> impl Strategy<Value = u64> {
    prop_oneof![8 => 0..=i64::MAX as u64, 1 => Just(i64::MAX as u64 + 1), 1 => any::<u64>()]
}

fn ratio() -> impl Strategy<Value = f64> {
    let edges = [0.0, -0.0, 1.0, f64::MIN_POSITIVE, 5e-324, 1.0 + f64::EPSILON, -f64::MIN_POSITIVE, f64::MAX];
    prop_oneof![9 => 0.0..=1.0, 2 => prop::sample::select(edges.to_vec()), 1 => proptest::num::f64::ANY]
}

fn any_ratio() -> impl Strategy<Value = f64> {
    prop_oneof![9 => proptest::num::f64::NORMAL, 1 => Just(f64::MAX), 1 => Just(f64::MIN), 2 => proptest::num::f64::ANY]
}

fn wide_number() -> impl Strategy<Value = i128> {
    prop_oneof![19 => -5..=10_i128, 1 => any::<i64>().prop_map(i128::from), 1 => any::<i128>()]
}

fn word() -> impl Strategy<Value = String> {
    let nasty =
        ["", "\"\\\"", "\u{0}", "\n", "😀😀😀😀😀", "e\u{301}e\u{301}e", "\u{202e}", "\u{7f}", "[{}]", "\u{10ffff}"];
    prop_oneof![
        6 => "[a-z]{0,5}",
        3 => prop::sample::select(nasty.to_vec()).prop_map(str::to_owned),
        2 => vec(any::<char>(), 0..6).prop_map(|chars| chars.into_iter().collect()),
        1 => vec(any::<char>(), 5..40).prop_map(|chars| chars.into_iter().collect()),
    ]
}

fn hex() -> impl Strategy<Value = String> {
    prop_oneof![9 => "[0-9a-f]{4}", 1 => "[0-9a-fA-F]{3,5}", 1 => "[0-9a-f]{4}\n", 1 => "\\d{4}", 1 => word()]
}

fn secret() -> impl Strategy<Value = String> {
    prop_oneof![9 => word(), 1 => vec(any::<char>(), 99..103).prop_map(|chars| chars.into_iter().collect())]
}

fn moment() -> impl Strategy<Value = SystemTime> {
    const LAST: u64 = 253_402_300_799; // in the year 9999
    let after = |seconds, nanoseconds| SystemTime::UNIX_EPOCH + Duration::new(seconds, nanoseconds);
    prop_oneof![
        8 => (0..=LAST, prop_oneof![Just(0), 0..1_000_000_000_u32]).prop_map(move |(s, n)| after(s, n)),
        1 => (LAST + 1..LAST * 2).prop_map(move |s| after(s, 0)),
        1 => (1..LAST).prop_map(|s| SystemTime::UNIX_EPOCH - Duration::from_secs(s)),
    ]
}

fn colour() -> impl Strategy<Value = Colour> {
    prop_oneof![Just(Colour::Red), Just(Colour::LightBlue)]
}

fn part() -> impl Strategy<Value = Part> {
    let size = prop_oneof![9 => -5..=10_i8, 1 => any::<i8>()];
    (word(), maybe(size), secret()).prop_map(|(name, size, note)| Part { name: name.into(), size, note: note.into() })
}

fn parts() -> impl Strategy<Value = Vec<Part>> {
    vec(part(), 0..4)
}

/// The fields of a value as they are, unfiltered, under their names on the wire; those behind the opt-in too, or not.
fn raw(value: &Everything, opted_in: bool) -> Value {
    let mut raw = Map::new();
    let mut put = |key: &str, value: Option<Value>| raw.extend(value.map(|value| (key.to_owned(), value)));
    let text = |text: &Option<std::borrow::Cow<'_, str>>| text.as_ref().map(|text| json!(text));
    let one = |part: &Part| raw_part(part, opted_in);
    let parts = |parts: &Option<Vec<Part>>| parts.as_ref().map(|parts| parts.iter().map(one).collect());
    put("flag", Some(json!(value.flag)));
    put("number", value.number.map(|number| json!(number)));
    put("any_number", value.any_number.map(|number| json!(number)));
    put("ratio", value.ratio.map(raw_ratio));
    put("any_ratio", value.any_ratio.map(raw_ratio));
    put("numbers", value.numbers.as_ref().map(|numbers| numbers.iter().map(|number| raw_number(*number)).collect()));
    put("word", value.word.as_ref().map(|word| json!(word)));
    put("cut_word", text(&value.cut_word));
    put("hex", text(&value.hex));
    put("moment", value.moment.map(raw_moment));
    put("colour", value.colour.map(|colour| json!(if let Colour::Red = colour { "red" } else { "light blue" })));
    put("colours", value.colours.as_ref().map(|colours| colours.iter().map(raw_paint).collect()));
    put("words", value.words.as_ref().map(|words| json!(words)));
    put("parts", parts(&value.parts));
    put("parts.json", parts(&value.json));
    put("part_one", value.part_one.as_ref().map(one));
    if opted_in {
        put("secret", text(&value.secret));
        put("secret_number", value.secret_number.map(|number| json!(number)));
        put("secret_parts", parts(&value.secret_parts));
    }
    Value::Object(raw)
}

/// JSON has no NaN and no infinity; a text is as wrong in its place.
fn raw_ratio(ratio: f64) -> Value {
    if ratio.is_finite() { json!(ratio) } else { json!(ratio.to_string()) }
}

/// A number of more than 64 bits as JSON has it, which is not exact, but as far outside.
fn raw_number(number: i128) -> Value {
    i64::try_from(number).map_or_else(|_| json!(number as f64), Value::from)
}

fn raw_part(part: &Part, opted_in: bool) -> Value {
    let mut raw = json!({"name": part.name});
    if let Some(size) = part.size {
        raw["size?"] = json!(size);
    }
    if opted_in {
        raw["note"] = json!(part.note);
    }
    raw
}

fn raw_paint(paint: &Paint) -> Value {
    json!(if let Paint::Red = paint { "red" } else { "green" })
}

/// Writes a time as on the wire, by another way: the whole seconds by hand.
fn raw_moment(moment: SystemTime) -> Value {
    let Ok(since) = moment.duration_since(SystemTime::UNIX_EPOCH) else { return json!("1969-12-31T23:59:59Z") };
    let (days, second) = ((since.as_secs() / 86_400) as i64, since.as_secs() % 86_400);
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let fraction = match since.subsec_nanos() {
        0 => String::new(),
        nanoseconds => format!(".{nanoseconds:09}"),
    };
    json!(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z"))
}

/// Year, month and day from days since 1970: <https://howardhinnant.github.io/date_algorithms.html#civil_from_days>.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let (day, month) =
        (day_of_year - (153 * shifted + 2) / 5 + 1, if shifted < 10 { shifted + 3 } else { shifted - 9 });
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

// Mutations.

/// A change to a payload that makes it untrue: this value at this place, or no value there.
#[derive(Debug, Clone)]
struct Mutation {
    pointer: String,
    value: Option<Value>,
}

impl Mutation {
    fn apply(&self, payload: &mut Value) {
        let (parent, key) = self.pointer.rsplit_once('/').expect("a key");
        if parent.ends_with("/part_one") && payload.pointer(parent).is_none() {
            payload["attributes"]["part_one"] = json!({"name": "a"});
        }
        let parent = payload.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
        match &self.value {
            Some(value) => parent.insert(key.to_owned(), value.clone()),
            None => parent.remove(key),
        };
        if self.value.is_none() {
            // Nothing was left out, says the payload then.
            payload.as_object_mut().expect("a payload").remove("droppedAttributesCount");
        }
    }
}

fn set(pointer: &'static str, value: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Mutation> {
    value.prop_map(move |value| Mutation { pointer: pointer.to_owned(), value: Some(value) }).boxed()
}

/// Changes that are wrong at every level of consent.
fn mutation() -> impl Strategy<Value = Mutation> {
    prop::strategy::Union::new([
        // Unknown keys, everywhere.
        "[A-Z]{1,8}".prop_map(|key| Mutation { pointer: format!("/attributes/{key}"), value: Some(json!(1)) }).boxed(),
        "[A-Z]{1,8}".prop_map(|key| Mutation { pointer: format!("/{key}"), value: Some(json!(1)) }).boxed(),
        set("/attributes/part_one/size", json_value()),
        set("/resource", Just(json!({"user": "ada"}))),
        // Numbers out of their range.
        set("/attributes/number", prop_oneof![i64::MIN..-5, 11..i64::MAX].prop_map(Value::from)),
        set("/attributes/part_one/size?", prop_oneof![i64::MIN..-5, 11..i64::MAX].prop_map(Value::from)),
        set("/attributes/any_number", (i64::MAX as u64 + 1..u64::MAX).prop_map(Value::from)),
        set("/attributes/ratio", prop_oneof![-1e300..-1e-300, 1.000_001..1e300].prop_map(Value::from)),
        set("/attributes/number", (-5.0..10.0_f64).prop_filter("whole", |n| n.fract() != 0.0).prop_map(Value::from)),
        // Texts and lists that are too long, texts that are none of the domain's.
        set("/attributes/word", vec(any::<char>(), 6..60).prop_map(|chars| json!(String::from_iter(chars)))),
        set("/attributes/words", vec("[a-z]{6,9}", 1..4).prop_map(Value::from)),
        set("/attributes/words", vec("[a-z]{0,5}", 4..9).prop_map(Value::from)),
        set("/attributes/part_one/name", vec(any::<char>(), 6..60).prop_map(|chars| json!(String::from_iter(chars)))),
        set("/attributes/hex", "[0-9a-f]{0,3}|[0-9a-f]{5,8}|[g-z]{4}|[0-9a-f]{4}\n".prop_map(Value::from)),
        set(
            "/attributes/colour",
            "[a-z]{1,9}".prop_filter("none", |c| c != "red" && c != "green").prop_map(Value::from),
        ),
        set("/attributes/moment", "[0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2}|\\PC{0,9}".prop_map(Value::from)),
        // Wrong types: nothing is ever turned into text on the way, and no attribute is null.
        set("/attributes/flag", not(Value::is_boolean)),
        set("/attributes/number", not(Value::is_number)),
        set("/attributes/ratio", not(Value::is_number)),
        set("/attributes/word", not(Value::is_string)),
        set("/attributes/cut_word", not(Value::is_string)),
        set("/attributes/colour", not(Value::is_string)),
        set("/attributes/words", not(Value::is_array)),
        set("/attributes/parts", not(Value::is_array)),
        set("/attributes/parts.json", not(Value::is_array)),
        set("/attributes/part_one", not(Value::is_object)),
        set("/attributes/part_one/name", not(Value::is_string)),
        set("/attributes", not(Value::is_object)),
        set("/startTimeUnixNano", not(Value::is_string)),
        set("/status", Just(json!({"code": 2, "message": "text"}))),
        // Something else than it is, and something missing.
        set("/kind", Just(json!("profile"))),
        set("/name", "[A-Z]{1,8}".prop_map(Value::from)),
        Just(Mutation { pointer: "/attributes/flag".to_owned(), value: None }).boxed(),
        Just(Mutation { pointer: "/attributes/part_one/name".to_owned(), value: None }).boxed(),
        Just(Mutation { pointer: "/endTimeUnixNano".to_owned(), value: None }).boxed(),
    ])
}

/// Makes an attribute that nobody may send without the opt-in, whatever its value.
fn opt_in_mutation() -> impl Strategy<Value = Mutation> {
    let keys =
        ["/attributes/secret", "/attributes/secret_number", "/attributes/secret_parts", "/attributes/part_one/note"];
    prop::strategy::Union::new(keys.map(|key| set(key, json_value())))
}

fn json_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-5..=10_i64).prop_map(Value::from),
        (0.1..0.9).prop_map(Value::from),
        "\\PC{0,5}".prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
    ]
}

fn not(excluded: fn(&Value) -> bool) -> impl Strategy<Value = Value> {
    json_value().prop_filter("another type", move |value| !excluded(value))
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_the_filter_lets_through_is_accepted(value in everything()) {
        check_accepted(&value)?;
    }

    #[test]
    fn events_and_opt_in_spans_are_accepted(flag: bool, secret in secret(), some: bool) {
        check_accepted(&Noted { flag, secret: some.then_some(&*secret) })?;
        check_accepted(&Hidden { flag, secret: &secret })?;
    }

    #[test]
    fn what_is_accepted_the_filter_does_not_change(value in everything()) {
        const SIGNAL: (&str, &str) = ("span", "Everything");
        check_raw(Consent::OptedIn, SIGNAL, &value, raw(&value, true))?;
        check_raw(Consent::Default, SIGNAL, &value, raw(&value, true))?;
        check_raw(Consent::Default, SIGNAL, &value, raw(&value, false))?;
    }

    #[test]
    fn an_accepted_event_or_opt_in_span_the_filter_does_not_change(flag: bool, secret in secret()) {
        let raw = json!({"flag": flag, "secret": secret});
        for consent in LEVELS {
            check_raw(consent, ("event", "demo.noted"), &Noted { flag, secret: Some(&*secret) }, raw.clone())?;
            check_raw(consent, ("span", "Hidden"), &Hidden { flag, secret: &secret }, raw.clone())?;
        }
    }

    #[test]
    fn an_untrue_payload_is_refused(value in everything(), mutation in mutation(), opted_in: bool) {
        check_refused(LEVELS[usize::from(opted_in)], &value, &mutation)?;
    }

    #[test]
    fn opt_in_data_is_refused_without_the_opt_in(value in everything(), mutation in opt_in_mutation()) {
        check_refused(Consent::Default, &value, &mutation)?;
    }

    #[test]
    fn an_opt_in_span_is_refused_without_the_opt_in(flag: bool, secret in secret()) {
        let payload = preview(Consent::OptedIn, &Hidden { flag, secret: &secret }).expect("a span");
        prop_assert!(!validator(Consent::Default).check_payload(&payload).is_empty());
    }
}

/// Two decoders that share no code read the same from the pipeline's bytes: the preview's, and the validator's.
#[test]
fn the_preview_is_what_others_read_on_the_wire() {
    let sent = Arc::new(Mutex::new(Vec::new()));
    let list = sent.clone();
    let transport = move |kind: SignalKind, body: &[u8]| {
        list.lock().expect("a list").push((kind, body.to_vec()));
        Ok(Delivery::default())
    };
    let (pipeline, _) = Pipeline::builder(demo::catalogue()).consent(Consent::Default).transport(transport).build();
    proptest!(config(), |(value in everything(), secret in secret(), sharing: bool)| {
        let pipeline = pipeline.sharing(sharing);
        pipeline.emit(&value);
        pipeline.emit(&Noted { flag: value.flag, secret: Some(&*secret) });
        prop_assert!(pipeline.flush(Duration::from_secs(10)));
        let requests = std::mem::take(&mut *sent.lock().expect("a list"));
        prop_assert_eq!(requests.len(), 2);
        for (kind, body) in requests {
            let shown = candor::decode(demo::catalogue(), kind, &body);
            prop_assert_eq!(shown.len(), 1);
            let read = only(&body).value;
            let has_ids = ["traceId", "spanId"].map(|id| read.get(id).is_some());
            prop_assert_eq!(has_ids, [kind == SignalKind::Span; 2]);
            prop_assert_eq!(read, only(shown[0].as_bytes()).value);
        }
    });
}
