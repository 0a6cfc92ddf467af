//! Patterns: anchored regular expressions of a subset that all matchers read alike.

use std::borrow::Cow;
use std::sync::OnceLock;

#[cfg(feature = "regex")]
use regex::Regex;
#[cfg(not(feature = "regex"))]
use regex_lite::Regex;

use runs::Runs;
pub use shape::Shape;
pub use syntax::SyntaxFault;

mod ambiguity;
mod runs;
mod shape;
mod syntax;

/// An anchored regular expression, compiled when it is first needed. One that does not compile admits nothing.
///
/// ```
/// use candor_domain::Pattern;
///
/// static HASH: Pattern = Pattern::new("^[0-9a-f]{32}$");
/// assert!(HASH.matches("d41d8cd98f00b204e9800998ecf8427e") && !HASH.matches("d41d8cd9"));
/// ```
#[derive(Debug)]
pub struct Pattern {
    source: Cow<'static, str>,
    matcher: OnceLock<Matcher>,
}

#[derive(Debug)]
enum Matcher {
    Runs(Runs),
    Regex(Box<Regex>),
    Nothing,
}

impl Pattern {
    /// Longest pattern that a catalogue may have, in characters.
    pub const LONGEST: usize = 512;

    /// The pattern with this source.
    pub const fn new(source: &'static str) -> Self {
        Pattern { source: Cow::Borrowed(source), matcher: OnceLock::new() }
    }

    /// The pattern with a source from a catalogue that was just read.
    pub const fn of(source: String) -> Self {
        Pattern { source: Cow::Owned(source), matcher: OnceLock::new() }
    }

    /// The regular expression as the catalogue has it.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns whether the whole text matches.
    #[inline]
    pub fn matches(&self, text: &str) -> bool {
        match self.matcher() {
            Matcher::Runs(runs) => runs.length(text.as_bytes()) == Some(text.len()),
            Matcher::Regex(regex) => regex.is_match(text),
            Matcher::Nothing => false,
        }
    }

    /// The number of bytes of the beginning that match, where one look can tell; `None` says nothing about the text.
    #[inline]
    pub fn prefix(&self, text: &[u8]) -> Option<usize> {
        match self.matcher() {
            Matcher::Runs(runs) => runs.length(text),
            Matcher::Regex(_) | Matcher::Nothing => None,
        }
    }

    /// The pattern's shape.
    ///
    /// # Errors
    /// Says what is wrong first of all: syntax that not all matchers read alike, no anchors, too long, no expression.
    pub fn shape(source: &str) -> Result<Shape, SyntaxFault> {
        if source.chars().count() > Self::LONGEST {
            let message = format!("this pattern is longer than {} characters", Self::LONGEST);
            return Err(SyntaxFault { message, help: "use a `max_length`, or a list of texts" });
        }
        let shape = syntax::parse(source)?;
        Regex::new(source).map(|_| shape).map_err(|error| SyntaxFault {
            message: format!("this pattern is no regular expression: {error}"),
            help: "correct it",
        })
    }

    #[inline]
    fn matcher(&self) -> &Matcher {
        self.matcher.get_or_init(|| Matcher::of(&self.source))
    }
}

impl Matcher {
    #[cold]
    fn of(source: &str) -> Self {
        let is_short = source.len() <= 4 * Pattern::LONGEST;
        let shape = if is_short { syntax::parse(source).ok() } else { None };
        match shape.and_then(|shape| Runs::of(&shape)) {
            Some(runs) => Matcher::Runs(runs),
            None => Regex::new(source).map_or(Matcher::Nothing, |regex| Matcher::Regex(Box::new(regex))),
        }
    }
}

/// Patterns are the same if they are written the same.
impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(pattern: &'static str, fine: &[&str], refused: &[&str]) {
        let compiled = Pattern::new(pattern);
        assert!(matches!(compiled.matcher(), Matcher::Runs(_)), "{pattern}");
        assert!(fine.iter().all(|text| compiled.matches(text)), "{pattern}");
        assert!(!refused.iter().any(|text| compiled.matches(text)), "{pattern}");
    }

    #[test]
    fn runs() {
        check("^[0-9]{1,3}$", &["0", "000"], &["", "0000", "a", "0a"]);
        check("^[A-Za-z_][0-9A-Za-z_]*$", &["a", "_9"], &["", "9", "a-"]);
        check("^[0-9]+[.][0-9]+-?$", &["1.0", "1.0-"], &["1.", "1", "1.0--"]);
        check(r"^v\.[a\-z]{2,}$", &["v.a-", "v.zzz"], &["v.a", "vxaa", "v.bb"]);
        check("^$", &[""], &["a"]);
        check("^[a-z]+$", &["abc"], &["abc\n", "äbc"]);
    }

    #[test]
    fn what_is_not_simple_is_a_regular_expression() {
        for pattern in ["^a*a$", "^(?:a|b)$", "^[^a]$", "^é$", "^[\"]$", r"^\\$", "^a?[ab]$"] {
            assert!(matches!(Matcher::of(pattern), Matcher::Regex(_)), "{pattern}");
        }
    }

    #[test]
    fn what_does_not_compile_admits_nothing() {
        for pattern in ["^(a$", "^[z-a]$", "^a{3,2}$"] {
            assert!(!Pattern::new(pattern).matches("a") && !Pattern::new(pattern).matches(""), "{pattern}");
        }
    }

    /// Patterns that are mostly of the simple kind.
    fn a_pattern() -> impl Strategy<Value = String> {
        let class = prop::sample::select(vec!["a", "b", "[ab]", "[a-c]", "[^a]", "-", r"\.", "(?:a|b)"]);
        let times = prop::sample::select(vec!["", "?", "*", "+", "{2}", "{1,2}", "{0,3}", "{1,}"]);
        let parts = prop::collection::vec((class, times).prop_map(|(class, times)| format!("{class}{times}")), 0..5);
        parts.prop_map(|parts| format!("^{}$", parts.concat()))
    }

    proptest! {
        /// The tables and the regular expression agree.
        #[test]
        fn tables_are_no_other_rule(pattern in a_pattern(), text in "[abc.-]{0,6}") {
            let expected = Regex::new(&pattern).expect("a regular expression").is_match(&text);
            prop_assert_eq!(Pattern::of(pattern.clone()).matches(&text), expected, "{} {}", pattern, text);
        }
    }
}
