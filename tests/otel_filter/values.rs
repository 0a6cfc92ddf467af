//! Values of attributes: inside their domain, outside, of another type, cut, given twice.

use super::*;

#[test]
fn false_zero_and_empty_text_arrive() {
    check_kept("number", Value::I64(0));
    check_kept("ratio", Value::F64(0.0));
    check_kept("word", "".into());
    check_kept("words", texts([]));
    check_kept("words", texts([""]));
    check_kept("parts.json", "[]".into());
    // `flag` is false in every case.
}

#[test]
fn values_inside_their_domain_arrive() {
    check_kept("number", Value::I64(-5));
    check_kept("any_number", Value::I64(i64::MIN));
    check_kept("ratio", Value::F64(1.0));
    check_kept("word", "äöüßé".into());
    check_kept("hex", "beef".into());
    check_kept("moment", "2026-11-20T16:09:11.939149Z".into());
    check_kept("colour", "light blue".into());
    check_kept("colours", texts(["red", "green"]));
    check_kept("secret", "s".into());
}

#[test]
fn values_outside_their_domain_are_left_out() {
    check_refused("number", Value::I64(11));
    check_refused("ratio", Value::F64(1.5));
    check_refused("ratio", Value::F64(f64::NAN));
    check_refused("word", "sixsix".into());
    check_refused("hex", "BEEF".into());
    check_refused("hex", "beef\n".into());
    check_refused("moment", "yesterday".into());
    check_refused("moment", "2026-02-29T00:00:00Z".into());
    check_refused("moment", "2026-11-20T16:09:11+01:00".into());
    check_refused("colour", "purple".into());
    check_refused("colour", "Red".into());
}

#[test]
fn values_of_another_type_are_left_out() {
    check_refused("number", Value::F64(1.5));
    check_refused("number", Value::F64(f64::NAN));
    check_refused("number", "1".into());
    check_refused("number", Value::Bool(true));
    check_refused("ratio", Value::Bool(true));
    check_refused("word", Value::I64(1));
    check_refused("word", texts(["a"]));
    check_refused("moment", Value::I64(0));
    check_refused("colour", Value::Array(Array::Bool(vec![true])));
    check_refused("words", "a".into());
    check_refused("secret", Value::Bool(false));
}

#[test]
fn a_whole_number_is_one_however_it_was_written() {
    check(Consent::Default, [("number", Value::F64(1.0))], &[("number", Value::I64(1))], 0, &[]);
    check(Consent::Default, [("ratio", Value::I64(1))], &[("ratio", Value::F64(1.0))], 0, &[]);
}

#[test]
fn a_long_text_is_cut_where_the_catalogue_says_so() {
    let stops = [("Everything: attribute cut_word", Why::Cut, 1)];
    check(Consent::Default, [("cut_word", "äöüßéx".into())], &[("cut_word", "äöüßé".into())], 0, &stops);
}

#[test]
fn one_bad_item_costs_that_item() {
    let stops = [("Everything: attribute words", Why::Value, 1)];
    let given = [("words", texts(["one", "toolong", "two"]))];
    check(Consent::Default, given, &[("words", texts(["one", "two"]))], 1, &stops);
}

#[test]
fn a_list_that_is_too_long_ends_early() {
    let stops = [("Everything: attribute colours", Why::Value, 1)];
    let given = [("colours", texts(["red", "red", "green", "green"]))];
    check(Consent::Default, given, &[("colours", texts(["red", "red"]))], 1, &stops);
}

#[test]
fn of_an_attribute_given_twice_the_last_counts() {
    let stops = [("Everything: attribute number", Why::Duplicate, 2)];
    let given = [("number", Value::I64(1)), ("number", Value::I64(2)), ("number", Value::I64(3))];
    check(Consent::Default, given, &[("number", Value::I64(3))], 2, &stops);
}

#[test]
fn unknown_attributes_are_left_out() {
    let stops = [
        ("Everything: attribute note", Why::Unknown, 1),
        ("Everything: attribute parts_json", Why::Unknown, 1),
        ("Everything: attribute user.email", Why::Unknown, 2),
    ];
    let email = || ("user.email", Value::from("a@b"));
    let given = [email(), email(), ("note", "a field's name".into()), ("parts_json", "a key, not a name".into())];
    check(Consent::OptedIn, given, &[], 4, &stops);
}

#[test]
fn a_missing_required_attribute_is_said_on_the_span() {
    let sent = send_spans(Consent::Default, |tracer| emit_span(tracer, "Everything", []));
    assert_eq!(sent.signals[0].dropped_attributes_count, 1);
    check_stops(&sent.stops, &[("Everything: attribute flag", Why::Missing, 1)]);
}
