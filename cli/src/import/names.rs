//! Keys of a catalogue made of the names and phrases of others.

use any_ascii::any_ascii;

/// Longest key that is made of a name, in bytes.
const LONGEST: usize = 100;

/// A key for a phrase, when it has letters for one. Remarks in brackets do not count, and of many words the first do.
pub fn slug(text: &str) -> Option<String> {
    const LONGEST: usize = 50;
    let start = any_ascii(text.split('(').next().unwrap_or_default()).replace(['\'', '`'], " ");
    let mut slug = String::new();
    for word in start.split(|char: char| !char.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        if slug.len() + word.len() >= LONGEST {
            break;
        }
        if !slug.is_empty() {
            slug.push('_');
        }
        slug += &word.to_ascii_lowercase();
    }
    slug.starts_with(|first: char| first.is_ascii_lowercase()).then_some(slug)
}

/// A key for a name: `http.request.bodySize` becomes `http_request_body_size`. `fallback` stands for a name without
/// letters, and before one that starts with a digit.
pub fn snake(name: &str, fallback: &str) -> String {
    let name = any_ascii(name);
    let mut key = String::new();
    let mut after_lower = false;
    for char in name.chars() {
        let separates = !char.is_ascii_alphanumeric() || after_lower && char.is_ascii_uppercase();
        if separates && !key.is_empty() && !key.ends_with('_') {
            key.push('_');
        }
        if char.is_ascii_alphanumeric() {
            key.push(char.to_ascii_lowercase());
        }
        after_lower = char.is_ascii_lowercase() || char.is_ascii_digit();
    }
    key.truncate(LONGEST);
    let key = key.trim_end_matches('_');
    if key.starts_with(|first: char| first.is_ascii_lowercase()) && !["self", "super", "crate"].contains(&key) {
        return key.to_owned();
    }
    [fallback, key].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("_")
}

/// The first sentence of a text without its full stop, and the rest.
pub fn sentence(text: &str) -> (String, String) {
    let text = text.trim();
    let first = text.split("\n\n").next().unwrap_or_default();
    let end =
        first.match_indices(['.', '!', '?', '。']).map(|(at, end)| at + end.len()).find(|end| ends_here(first, *end));
    let (first, rest) = text.split_at(end.unwrap_or(first.len()));
    let one_line = first.split_whitespace().collect::<Vec<_>>().join(" ");
    (one_line.trim_end_matches(['.', '。']).to_owned(), rest.trim().to_owned())
}

/// Returns true at the end of a sentence: white space and something else than a lower-case letter follow, no abbreviation goes
/// before, and no code or bracket is open.
fn ends_here(text: &str, end: usize) -> bool {
    const ABBREVIATIONS: [&str; 6] = ["e.g.", "i.e.", "etc.", "vs.", "cf.", "approx."];
    let (before, after) = text.split_at(end);
    let next = after.trim_start().chars().next();
    let is_open = before.matches('`').count() % 2 == 1 || before.matches('(').count() > before.matches(')').count();
    !is_open
        && after.starts_with(char::is_whitespace)
        && next.is_none_or(|next| !next.is_lowercase())
        && !ABBREVIATIONS.iter().any(|short| before.to_lowercase().ends_with(short))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys() {
        assert_eq!(slug("Crew Metadata (all)").as_deref(), Some("crew_metadata"));
        assert_eq!(slug("Versão dos dados").as_deref(), Some("versao_dos_dados"));
        assert_eq!(slug("12 things"), None);
        assert_eq!(snake("http.request.bodySize", "x"), "http_request_body_size");
        assert_eq!(snake("requests.99th_response_time", "x"), "requests_99th_response_time");
        assert_eq!(snake("uniqueID", "x"), "unique_id");
        assert_eq!(snake("9lives", "attribute"), "attribute_9lives");
        assert_eq!(snake("self", "attribute"), "attribute_self");
        assert_eq!(snake("?", "attribute"), "attribute");
    }

    #[test]
    fn sentences() {
        let check =
            |text: &str, first: &str, rest: &str| assert_eq!(sentence(text), (first.to_owned(), rest.to_owned()));
        check("One thing.", "One thing", "");
        check("One thing. Another one.", "One thing", "Another one.");
        check("Of v1.2.3, e.g. one.\nAnd two. Three.", "Of v1.2.3, e.g. one", "And two. Three.");
        check("A phrase\n  over lines\n\nA paragraph", "A phrase over lines", "A paragraph");
        check("See `a. B` (c. D) end", "See `a. B` (c. D) end", "");
    }
}
