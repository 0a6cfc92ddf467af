//! Names: which ones a catalogue may use, and what becomes of them in Rust.

use std::collections::HashMap;

use crate::invisible::invisible;

/// The Rust type or variant name for a catalogue's name or an enum's member: words joined in CamelCase.
///
/// Anything but letters and digits separates words; other scripts' letters become their code points. There is always a
/// name, and it is always an identifier, but two texts may get the same one: `check_bad_name` and `check_bad_enum`
/// report that, so in a catalogue they do not.
///
/// ```
/// assert_eq!(candor_schema::camel_case("crew_created"), "CrewCreated");
/// assert_eq!(candor_schema::camel_case("gpt-4o mini"), "Gpt4oMini");
/// assert_eq!(candor_schema::camel_case("4o"), "_4o");
/// assert_eq!(candor_schema::camel_case(""), "Empty");
/// ```
pub fn camel_case(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    let mut starts_word = true;
    for char in text.chars() {
        if !char.is_alphanumeric() {
            starts_word = true;
        } else if !char.is_ascii() {
            name.push_str(&format!("U{:04X}", char as u32));
        } else {
            name.push(if starts_word { char.to_ascii_uppercase() } else { char });
            starts_word = false;
        }
    }
    match name.as_str() {
        "" => "Empty".to_owned(),
        "Self" => "Self_".to_owned(),
        _ if name.starts_with(|first: char| first.is_ascii_digit()) => format!("_{name}"),
        _ => name,
    }
}

/// The Rust variants of an enum's members, in order: each with the name for code that was written beside it, if any.
///
/// A member is called after its name, or else after its text. Texts that would be called alike have their punctuation
/// spelt out. What is alike even then is reported by `check_bad_enum`.
///
/// ```
/// let variants = candor_schema::variants(&[("c", None), ("c++", None), ("C#", Some("sharp")), ("other", None)]);
/// assert_eq!(variants, ["C", "CPlusPlus", "Sharp", "Other"]);
/// ```
pub fn variants<T: AsRef<str>>(members: &[(T, Option<&str>)]) -> Vec<String> {
    let plain: Vec<String> = members.iter().map(|(text, name)| camel_case(name.unwrap_or(text.as_ref()))).collect();
    let mut count: HashMap<&str, usize> = HashMap::new();
    plain.iter().for_each(|name| *count.entry(name).or_default() += 1);
    let variant = |((text, name), plain): (&(T, Option<&str>), &String)| match name {
        None if count[plain.as_str()] > 1 => camel_case(&spelt_out(text.as_ref())),
        _ => plain.clone(),
    };
    members.iter().zip(&plain).map(variant).collect()
}

/// A text with words for its punctuation: `c++` → `c plus plus `.
fn spelt_out(text: &str) -> String {
    let mut spelt = String::new();
    for char in text.chars() {
        if char.is_alphanumeric() {
            spelt.push(char);
            continue;
        }
        spelt.push(' ');
        match PUNCTUATION.iter().find(|(sign, _)| *sign == char) {
            Some((_, word)) => spelt += word,
            None => spelt += &format!("u{:04x}", char as u32),
        }
        spelt.push(' ');
    }
    spelt
}

const PUNCTUATION: [(char, &str); 22] = [
    (' ', "space"),
    ('-', "dash"),
    ('_', "underscore"),
    ('.', "dot"),
    ('+', "plus"),
    ('#', "sharp"),
    ('*', "star"),
    ('/', "slash"),
    ('\\', "backslash"),
    ('!', "bang"),
    ('?', "question"),
    ('&', "and"),
    ('%', "percent"),
    ('@', "at"),
    ('=', "equals"),
    ('<', "less"),
    ('>', "greater"),
    (':', "colon"),
    (',', "comma"),
    ('$', "dollar"),
    ('|', "bar"),
    ('~', "tilde"),
];

/// The words of a name or a phrase, in lower case: `apiKey of the e-mail` has `api`, `key`, `of`, `the`, `email`.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_lower = false;
    for char in text.chars() {
        let starts_word = !char.is_alphanumeric() || after_lower && char.is_uppercase();
        let is_mail = char == '-' && words.last().is_some_and(|word| word == "e");
        if starts_word && !is_mail {
            words.push(String::new());
        }
        after_lower = char.is_lowercase();
        if let Some(word) = words.last_mut().filter(|_| char.is_alphanumeric()) {
            word.extend(char.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Words of Rust that name nothing, however they are written.
pub(crate) const IMPOSSIBLE: [&str; 3] = ["self", "super", "crate"];

/// Finds a fault in the name of an entry. A catalogue's own name may also have `-`.
pub(crate) fn fault_of_id(id: &str, hyphens: bool) -> Option<&'static str> {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || hyphens && byte == b'-';
    if id.is_empty() {
        Some("is empty")
    } else if id.len() > 128 {
        Some("is longer than 128 characters")
    } else if !id.starts_with(|first: char| first.is_ascii_lowercase()) {
        Some("does not start with a lower case letter")
    } else if !id.bytes().all(allowed) {
        Some(if hyphens {
            "has other characters than lower case letters, digits, `_` and `-`"
        } else {
            "has other characters than lower case letters, digits and `_`"
        })
    } else if IMPOSSIBLE.contains(&id) {
        Some("is a word of Rust that cannot name anything")
    } else {
        None
    }
}

/// Finds a fault in a name on the wire.
pub(crate) fn fault_of_wire_name(name: &str) -> Option<&'static str> {
    if name.trim().is_empty() {
        Some("is empty")
    } else if name.chars().count() > 256 {
        Some("is longer than 256 characters")
    } else if invisible(name).next().is_some() || name.contains(['\n', '\r', '\t']) {
        Some("has an invisible character")
    } else {
        None
    }
}

/// The nearest name that could be used, for a finding's help.
pub(crate) fn tidy(id: &str) -> Option<String> {
    let mut tidy = String::new();
    let mut after_lower = false;
    for char in id.trim().chars().take(129) {
        if char.is_ascii_uppercase() && after_lower {
            tidy.push('_');
        }
        after_lower = char.is_ascii_lowercase() || char.is_ascii_digit();
        tidy.push(if char.is_ascii_alphanumeric() { char.to_ascii_lowercase() } else { '_' });
    }
    fault_of_id(&tidy, false).is_none().then_some(tidy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_differ_where_texts_do() {
        let check = |members: &[&str], expected: &[&str]| {
            assert_eq!(variants(&members.iter().map(|member| (*member, None)).collect::<Vec<_>>()), expected);
        };
        check(&["c", "c++", "c#"], &["C", "CPlusPlus", "CSharp"]);
        check(&["c++", "c"], &["CPlusPlus", "C"]);
        check(&["x86-64", "x86_64"], &["X86Dash64", "X86Underscore64"]);
        check(&["gpt-4.1", "gpt-41", "gpt 4o"], &["GptDash4Dot1", "GptDash41", "Gpt4o"]);
        check(&["←", "→", "-"], &["U2190", "U2192", "Dash"]);
        check(&["self", "_", "1st"], &["Self_", "Empty", "_1st"]);
    }

    #[test]
    fn a_name_for_code_is_kept() {
        assert_eq!(variants(&[("C", None), ("c", Some("small_c"))]), ["C", "SmallC"]);
        assert_eq!(variants(&[("c", None), ("c++", Some("c"))]), ["C", "C"], "alike: a finding says so");
    }

    #[test]
    fn words_of_names_and_phrases() {
        assert_eq!(words("api_key"), ["api", "key"]);
        assert_eq!(words("apiKey of the e-mail"), ["api", "key", "of", "the", "email"]);
        assert_eq!(words("crew’s keys (MD5)"), ["crew", "s", "keys", "md5"]);
        assert_eq!(words("  "), [""; 0]);
    }
}
