//! Names that a catalogue does not list, as reports call them: without values that somebody put into them, and without
//! growing without end.

use std::collections::HashMap;

use candor_schema::did_you_mean;

use crate::audit::redact::shape;
use crate::audit::suspicious::suspicions;

/// The number of names of one form from which on they are called by it.
pub(super) const MANY: usize = 16;

/// Most different names that are kept.
const MOST: usize = 2048;

/// The longest name that is kept, in bytes. Longer ones are called by their beginning, all of them many.
const LONGEST: usize = 256;

/// Names that were seen at one kind of place.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// The name under which each is reported.
    known: HashMap<Box<str>, Box<str>>,
    forms: HashMap<Box<str>, usize>,
    full: bool,
}

/// A name as a report calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub text: Box<str>,
    /// True if it stands for many.
    pub is_many: bool,
}

impl Names {
    /// Returns true if some names are only counted together.
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// Returns the name under which a name is reported. One that looks like a secret or an address is called by its
    /// shape.
    pub fn call(&mut self, name: &str) -> Name {
        if name.len() > LONGEST {
            let called = self.call_short(beginning(name));
            return Name { text: format!("{}…", called.text).into(), is_many: true };
        }
        self.call_short(name)
    }

    fn call_short(&mut self, name: &str) -> Name {
        let varies = name.bytes().any(|byte| byte.is_ascii_digit());
        if !self.known.contains_key(name) {
            if self.known.len() >= MOST {
                self.full = true;
                return Name { text: "*".into(), is_many: true };
            }
            let called = if suspicions(name).is_empty() { name.to_owned() } else { shape(name) };
            self.known.insert(name.into(), called.into());
            if varies {
                *self.forms.entry(form(name).into()).or_default() += 1;
            }
        }
        let form =
            varies.then(|| form(name)).filter(|form| self.forms.get(form.as_str()).is_some_and(|count| *count > MANY));
        match form {
            Some(form) => Name { text: form.into(), is_many: true },
            None => Name { text: self.known[name].clone(), is_many: false },
        }
    }
}

/// Finds the name that another was probably meant to be.
pub(super) fn near<'n>(name: &str, names: &[&'n str]) -> Option<&'n str> {
    let same = names.iter().copied().find(|known| is_same(name, known));
    same.or_else(|| did_you_mean(name, names.iter().copied()))
}

/// Returns true if two names are one but for their case, their signs, a namespace in front, or two letters.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    const SHORTEST: usize = 5;
    let plain = |name: &str| {
        name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
    };
    let (one, other) = (plain(one), plain(other));
    let (short, long) = if one.len() <= other.len() { (&one, &other) } else { (&other, &one) };
    let start = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
    let end = one.bytes().rev().zip(other.bytes().rev()).take_while(|(one, other)| one == other).count();
    short.len() >= SHORTEST && (long.ends_with(short.as_str()) || start + end + 2 >= long.len().max(SHORTEST + 2))
}

/// The first characters of a long name.
fn beginning(name: &str) -> &str {
    const SHOWN: usize = 64;
    name.char_indices().nth(SHOWN).map_or(name, |(end, _)| &name[..end])
}

/// A name with `*` for every word that has a digit.
fn form(name: &str) -> String {
    let mut form = String::new();
    let mut rest = name;
    while !rest.is_empty() {
        let word = rest.find(|character: char| !character.is_alphanumeric()).unwrap_or(rest.len());
        let varies = rest[..word].bytes().any(|byte| byte.is_ascii_digit());
        form.push_str(if varies { "*" } else { &rest[..word] });
        rest = &rest[word..];
        let sign = rest.find(char::is_alphanumeric).unwrap_or(rest.len());
        form.push_str(&rest[..sign]);
        rest = &rest[sign..];
    }
    form
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn forms() {
        for (name, expected) in
            [("GET /users/123/a1", "GET /users/*/*"), ("user_42", "user_*"), ("", ""), ("ünï 7…", "ünï *…")]
        {
            assert_eq!(form(name), expected);
        }
    }

    #[test]
    fn near_names() {
        for (name, known) in [
            ("api_request", "tool.api_request"),
            ("tool.api.request", "tool.api_request"),
            ("ToolResult", "tool_result"),
            ("tool_results", "tool_result"),
            ("slash_comand", "slash_command"),
        ] {
            assert_eq!(near(name, &["startup", known]), Some(known), "{name}");
            assert!(is_same(name, known), "{name}");
        }
        for (name, known) in
            [("Crew Deleted", "Crew Created"), ("quit", "exit"), ("tool_call", "api_error"), ("", "startup")]
        {
            assert!(!is_same(name, known), "{name}");
        }
    }

    #[test]
    fn many_names_become_one() {
        let mut names = Names::default();
        let called: HashSet<_> = (0..100).map(|number| names.call(&format!("user_{number}")).text).collect();
        assert_eq!(called.len(), MANY + 1);
        assert_eq!(names.call("user_7"), Name { text: "user_*".into(), is_many: true });
        assert_eq!(names.call("cpu_band"), Name { text: "cpu_band".into(), is_many: false });
    }

    #[test]
    fn a_name_that_tells_too_much_is_blurred() {
        assert_eq!(&*Names::default().call("mail of alice@example.com").text, "xxxx xx xxxxx@xxxxxxx.xxx");
    }

    #[test]
    fn long_names_are_kept_by_their_beginning() {
        let mut names = Names::default();
        let long = |end: &str| "n".repeat(100_000) + end;
        let called = names.call(&long("a"));
        assert!(called.is_many && called.text.chars().count() == 65, "{}", called.text.len());
        assert_eq!(called, names.call(&long("b")));
        assert!(names.known.keys().all(|name| name.len() <= LONGEST));
    }

    #[test]
    fn memory_is_bounded() {
        let mut names = Names::default();
        for number in 0..10_000_u32 {
            let letters: String = number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect();
            names.call(&letters);
        }
        assert!(names.is_full());
        assert_eq!(&*names.call("another").text, "*");
    }
}
