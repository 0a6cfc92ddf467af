//! Judges a signal's members, by the meanings that every voice shares. Naive and slow on purpose: it is what the voices
//! are held against, so it calls none of their code.
//!
//! * Members are judged in the order given. Null is absence, wherever it stands.
//! * Of equal keys the last one counts, even when it is refused; each earlier one is dropped.
//! * What consent does not allow is left out without a trace in the count.
//! * An object that has to do without a required field counts once, and nothing that was inside it.
//! * A list keeps the items that pass. What is beyond its length counts once, and is not looked at.

use super::domain::{scalar, too_long};
use super::json_text;
use super::model::{Attribute, Domain, Filtered, Member, Reason, Signal, Value, Why};

/// The values that were counted, one entry each.
type Log = Vec<(String, Why)>;

/// Filters these members at this consent.
pub fn filter(signal: &Signal, consent: &[String], given: &[(String, Value)]) -> Filtered {
    if !allows(consent, &signal.needs) {
        return Filtered::default();
    }
    let given: Vec<_> = given.iter().map(|(key, value)| (key.clone(), meant(&signal.members, key, value))).collect();
    let (kept, mut log) = sift_members("", &signal.members, &given, consent);
    for member in missing(&signal.members, &given, consent) {
        log.push((member.name.clone(), Why::Missing));
    }
    let dropped = log.iter().filter(|(_, why)| why.drops()).count() as u32;
    Filtered { payload: Some(kept), dropped, reasons: reasons(&log) }
}

/// Returns true if these members, as they are, are a valid payload at this consent.
pub fn is_valid(signal: &Signal, consent: &[String], given: &[(String, Value)]) -> bool {
    allows(consent, &signal.needs)
        && are_inside(&signal.members, given, consent, false)
        && missing(&signal.members, given, consent).is_empty()
}

/// Returns true if the whole value is inside a domain, nothing cut and nothing left out.
pub fn is_inside(domain: &Domain, value: &Value, consent: &[String]) -> bool {
    match (domain, value) {
        (Domain::List { item, max_items }, Value::List(items)) => {
            max_items.is_none_or(|most| items.len() <= most)
                && items.iter().all(|value| is_inside(item, value, consent))
        }
        (Domain::Object { fields, .. }, Value::Object(given)) => {
            are_inside(fields, given, consent, true) && missing(fields, given, consent).is_empty()
        }
        (domain, value) => scalar(domain, value).is_some(),
    }
}

/// Returns true if every member is known, allowed, there once and inside its domain. A field that need not be there may
/// be null.
fn are_inside(known: &[Member], given: &[(String, Value)], consent: &[String], may_be_null: bool) -> bool {
    given.iter().enumerate().all(|(position, (key, value))| {
        let is_first = given[..position].iter().all(|(other, _)| other != key);
        let is_fine = known.iter().find(|member| member.name == *key).is_some_and(|member| {
            let is_null = *value == Value::Null && may_be_null && !member.required;
            let attribute = &member.attribute;
            allows(consent, &attribute.needs) && (is_null || is_inside(&attribute.domain, value, consent))
        });
        is_first && is_fine
    })
}

/// Returns true if everything that is needed was granted.
pub fn allows(consent: &[String], needs: &[String]) -> bool {
    needs.iter().all(|channel| consent.contains(channel))
}

/// Lists the members that must be there and were not given.
fn missing<'m>(known: &'m [Member], given: &[(String, Value)], consent: &[String]) -> Vec<&'m Member> {
    let is_given = |member: &Member| given.iter().any(|(key, value)| *key == member.name && *value != Value::Null);
    let is_asked = |member: &&Member| member.required && allows(consent, &member.attribute.needs);
    known.iter().filter(is_asked).filter(|member| !is_given(member)).collect()
}

/// The value that is meant: of an object or a list that may be JSON text, what the text says.
fn meant(known: &[Member], key: &str, value: &Value) -> Value {
    let may_be_json = known.iter().any(|member| member.name == *key && member.attribute.may_be_json);
    let text = value.as_text().filter(|_| may_be_json);
    text.and_then(|text| json_text::parse(&text)).unwrap_or_else(|| value.clone())
}

/// Keys and values of a signal, or of an object that stands at `before`.
fn sift_members(
    before: &str,
    known: &[Member],
    given: &[(String, Value)],
    consent: &[String],
) -> (Vec<(String, Value)>, Log) {
    let (mut kept, mut log) = (Vec::new(), Log::new());
    let given: Vec<_> = given.iter().filter(|(_, value)| *value != Value::Null).collect();
    for (position, (key, value)) in given.iter().enumerate() {
        let path = if before.is_empty() { key.clone() } else { format!("{before}.{key}") };
        let Some(member) = known.iter().find(|member| member.name == *key) else {
            log.push((path, Why::Unknown));
            continue;
        };
        if !allows(consent, &member.attribute.needs) {
            log.push((path, Why::Consent));
        } else if given[position + 1..].iter().any(|(other, _)| other == key) {
            log.push((path, Why::Duplicate));
        } else {
            let (value, inner) = sift(&path, &member.attribute, &member.attribute.domain, value, consent);
            log.extend(inner);
            match value {
                Some(value) => kept.push((key.clone(), value)),
                None => log.push((path, Why::Value)),
            }
        }
    }
    (kept, log)
}

/// One value: what passes of it, and what was counted inside it. Nothing was, where nothing passes.
fn sift(path: &str, attribute: &Attribute, domain: &Domain, value: &Value, consent: &[String]) -> (Option<Value>, Log) {
    match (domain, value) {
        (Domain::List { item, max_items }, Value::List(items)) => {
            let (kept, log) = sift_list(path, attribute, item, *max_items, items, consent);
            (Some(Value::List(kept)), log)
        }
        (Domain::Object { fields, .. }, Value::Object(given)) => {
            let (kept, log) = sift_members(path, fields, given, consent);
            match missing(fields, &kept, consent).is_empty() {
                true => (Some(Value::Object(kept)), log),
                false => (None, Log::new()),
            }
        }
        (Domain::Text { max_length: Some(most), pattern: None }, value) if attribute.cuts && too_long(value, *most) => {
            let text: String = value.as_text().unwrap_or_default().chars().take(*most).collect();
            (Some(Value::text(&text)), vec![(path.to_owned(), Why::Cut)])
        }
        (domain, value) => (scalar(domain, value), Log::new()),
    }
}

fn sift_list(
    path: &str,
    attribute: &Attribute,
    domain: &Domain,
    max_items: Option<usize>,
    items: &[Value],
    consent: &[String],
) -> (Vec<Value>, Log) {
    let (mut kept, mut log) = (Vec::new(), Log::new());
    for item in items.iter().filter(|item| **item != Value::Null) {
        if Some(kept.len()) == max_items {
            log.push((path.to_owned(), Why::Value));
            break;
        }
        let (value, inner) = sift(path, attribute, domain, item, consent);
        log.extend(inner);
        match value {
            Some(value) => kept.push(value),
            None => log.push((path.to_owned(), Why::Value)),
        }
    }
    (kept, log)
}

/// The same reasons of the same path put together, in order.
fn reasons(log: &Log) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = Vec::new();
    for (path, why) in log {
        match reasons.iter_mut().find(|reason| reason.path == *path && reason.why == *why) {
            Some(reason) => reason.count += 1,
            None => reasons.push(Reason { path: path.clone(), why: *why, count: 1 }),
        }
    }
    reasons.sort();
    reasons
}
