//! Merge keys: `<<: *base` takes the pairs of a mapping that are not written here.
//!
//! A merged pair keeps the place where it is written, so a mistake in a template is found there. However many entries
//! repeat it, it is one mistake: `load` keeps the first of the findings of one check at one place in a template.

use std::collections::HashSet;

use super::node::{Node, Value};
use crate::Place;

/// The key that merges.
pub(super) const MERGE: &str = "<<";

/// Merges what is below a node, innermost first. A merge key that names no mapping stays, for the reader to report.
pub(super) fn merge(node: &mut Node, templates: &mut Vec<Place>) {
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| merge(item, templates)),
        Value::Mapping(pairs) => {
            pairs.iter_mut().for_each(|(_, value)| merge(value, templates));
            if pairs.iter().any(|(key, value)| is_merge(key) && is_mergeable(value)) {
                merge_pairs(pairs, templates);
            }
        }
        _ => {}
    }
}

/// Merges into a mapping: its own pairs count first, then those that were merged first.
fn merge_pairs(pairs: &mut Vec<(Node, Node)>, templates: &mut Vec<Place>) {
    let (merged, mut own): (Vec<_>, Vec<_>) =
        std::mem::take(pairs).into_iter().partition(|(key, value)| is_merge(key) && is_mergeable(value));
    let mut known: HashSet<String> = own.iter().filter_map(|(key, _)| name(key)).map(str::to_owned).collect();
    for (_, value) in merged {
        for mapping in mappings(value) {
            templates.extend(extent(&mapping));
            let Value::Mapping(pairs) = mapping.value else { continue };
            own.extend(pairs.into_iter().filter(|(key, _)| name(key).is_none_or(|name| known.insert(name.to_owned()))));
        }
    }
    *pairs = own;
}

/// From the first key to the last value.
fn extent(mapping: &Node) -> Option<Place> {
    let (first, _) = mapping.pairs().first()?;
    let end = mapping.pairs().iter().map(|(_, value)| value.place.end).max()?;
    Some(Place { end, ..first.place })
}

fn is_merge(key: &Node) -> bool {
    name(key) == Some(MERGE)
}

fn name(key: &Node) -> Option<&str> {
    match &key.value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

fn is_mergeable(value: &Node) -> bool {
    let is_mapping = |node: &Node| matches!(node.value, Value::Mapping(_));
    match &value.value {
        Value::List(items) => items.iter().all(is_mapping),
        _ => is_mapping(value),
    }
}

fn mappings(value: Node) -> Vec<Node> {
    match value.value {
        Value::List(items) => items,
        _ => vec![value],
    }
}
