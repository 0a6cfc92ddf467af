//! Names: which ones a catalogue may use, and what becomes of them in Rust.

/// The Rust type or variant name for a catalogue's name or an enum's member: words joined in CamelCase.
///
/// Whatever is no letter or digit separates words; other scripts' letters become their code points. There is always a
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

/// What is wrong with the name of an entry, if anything. A catalogue's own name may also have `-`.
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
    } else if ["self", "super", "crate"].contains(&id) {
        Some("is a word of Rust that cannot name anything")
    } else {
        None
    }
}

/// What is wrong with a name on the wire, if anything.
pub(crate) fn fault_of_wire_name(name: &str) -> Option<&'static str> {
    if name.trim().is_empty() {
        Some("is empty")
    } else if name.chars().count() > 256 {
        Some("is longer than 256 characters")
    } else if name.chars().any(char::is_control) {
        Some("has a control character")
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
    fn words_of_names_and_phrases() {
        assert_eq!(words("api_key"), ["api", "key"]);
        assert_eq!(words("apiKey of the e-mail"), ["api", "key", "of", "the", "email"]);
        assert_eq!(words("crew’s keys (MD5)"), ["crew", "s", "keys", "md5"]);
        assert_eq!(words("  "), [""; 0]);
    }
}
