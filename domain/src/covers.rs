//! Decides whether one domain admits all that another does.

use crate::{Domain, Scalar};

/// Up to here, every whole number is a double.
const EXACT: i64 = 1 << 53;

/// Returns whether `old` admits every value that `new` does. Two different patterns never cover each other.
///
/// Objects are compared by their keys only; their fields are attributes of their own.
///
/// ```
/// use candor_domain::{Domain, covers};
///
/// let upto = |maximum| Domain::Int { minimum: 0, maximum };
/// assert!(covers(&upto(10), &upto(5)) && !covers(&upto(5), &upto(10)));
/// ```
pub fn covers(old: &Domain, new: &Domain) -> bool {
    match (old, new) {
        (Domain::String { max_length, pattern }, Domain::String { max_length: longest, pattern: other }) => {
            longest <= max_length && (pattern.is_none() || pattern == other)
        }
        (Domain::Int { minimum, maximum }, Domain::Int { minimum: least, maximum: most }) => {
            least > most || (minimum <= least && most <= maximum)
        }
        (Domain::Double { minimum, maximum }, Domain::Double { minimum: least, maximum: most }) => {
            minimum <= least && most <= maximum
        }
        (Domain::Double { .. }, Domain::Int { minimum, maximum }) => covers_ints(old, *minimum, *maximum),
        // What was left out and now becomes a member is more than there was.
        (Domain::Enum(was), Domain::Enum(is)) if is.is_open() && !was.is_open() => false,
        (_, Domain::Enum(members)) => members.iter().all(|member| old.judge(member).is_ok()),
        (Domain::List { item, max_items }, Domain::List { item: other, max_items: most }) => {
            most <= max_items && (*most == 0 || covers(item, other))
        }
        (Domain::Map { key, value, max_items }, Domain::Map { key: keys, value: values, max_items: most }) => {
            most <= max_items && (*most == 0 || (covers(key, keys) && covers(value, values)))
        }
        (Domain::Json { max_depth, max_length }, Domain::Json { max_depth: deepest, max_length: longest }) => {
            deepest <= max_depth && longest <= max_length
        }
        (old, new) => old == new,
    }
}

/// Returns whether a domain of doubles admits all whole numbers of a range: those are all doubles, or it has no bounds.
fn covers_ints(old: &Domain, minimum: i64, maximum: i64) -> bool {
    let is_unbounded = *old == Domain::Double { minimum: f64::MIN, maximum: f64::MAX };
    let is_in = |bound: i64| (-EXACT..=EXACT).contains(&bound) && old.judge(Scalar::Int(bound)).is_ok();
    is_unbounded || (is_in(minimum) && is_in(maximum))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Choice, Members, Pattern, Shared};

    fn text(max_length: usize, pattern: Option<&str>) -> Domain {
        Domain::String { max_length, pattern: pattern.map(|pattern| Pattern::of(pattern.to_owned()).into()) }
    }

    fn list(item: Domain, max_items: usize) -> Domain {
        Domain::List { item: Shared::from(item), max_items }
    }

    #[track_caller]
    fn check(old: &Domain, new: &Domain, expected: bool) {
        assert_eq!(covers(old, new), expected, "{old:?} {new:?}");
        assert!(covers(old, old) && covers(new, new));
    }

    #[test]
    fn texts() {
        check(&text(10, None), &text(10, Some("^a$")), true);
        check(&text(10, Some("^a$")), &text(10, None), false);
        check(&text(10, Some("^a$")), &text(10, Some("^[a]$")), false);
        check(&text(10, None), &text(11, None), false);
        let members = Domain::Enum(Members::texts(&["a", "b"]));
        check(&text(1, None), &members, true);
        check(&text(9, Some("^a$")), &members, false);
        check(&members, &text(1, None), false);
        check(&members, &Domain::Enum(Members::texts(&["b"])), true);
        let open = Domain::Enum(Members::texts(&["a", "b"]).open());
        check(&open, &members, true);
        check(&members, &open, false);
        check(&text(1, None), &open, true);
        check(&Domain::Timestamp, &Domain::Enum(Members::texts(&["2026-11-30T00:00:00Z"])), true);
    }

    #[test]
    fn numbers() {
        let double = |minimum, maximum| Domain::Double { minimum, maximum };
        let int = |minimum, maximum| Domain::Int { minimum, maximum };
        check(&double(f64::MIN, f64::MAX), &int(i64::MIN, i64::MAX), true);
        check(&double(0.0, 1e19), &int(0, i64::MAX), false);
        check(&double(0.0, 10.0), &int(0, 10), true);
        check(&double(0.0, 10.0), &int(0, 11), false);
        check(&int(0, 10), &double(0.0, 10.0), false);
        let some = Domain::Enum(vec![Choice::Int(0), Choice::Int(10)].into());
        check(&int(0, 10), &some, true);
        check(&double(0.5, 10.0), &some, false);
        check(&some, &int(0, 10), false);
    }

    #[test]
    fn lists() {
        check(&list(Domain::Boolean, 3), &list(Domain::Boolean, 2), true);
        check(&list(Domain::Boolean, 3), &list(Domain::Boolean, 4), false);
        check(&list(text(1, None), 3), &list(text(2, None), 3), false);
        let map = |key, value, max_items| Domain::Map { key: Shared::from(key), value: Shared::from(value), max_items };
        check(&map(text(2, None), Domain::Boolean, 3), &map(text(1, None), Domain::Boolean, 2), true);
        check(&map(text(2, None), Domain::Boolean, 3), &map(text(3, None), Domain::Boolean, 2), false);
        check(&map(text(2, None), Domain::Boolean, 3), &map(text(2, None), Domain::Timestamp, 3), false);
        let json = |max_depth, max_length| Domain::Json { max_depth, max_length };
        check(&json(2, 100), &json(1, 99), true);
        check(&json(2, 100), &json(3, 99), false);
        check(&json(2, 100), &text(9, None), false);
        check(&list(Domain::Boolean, 3), &Domain::Boolean, false);
    }
}
