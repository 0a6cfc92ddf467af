//! Patterns: the simple ones by tables, the others by the `regex` crate, in time linear to the text.

use std::ops::RangeInclusive;

use regex::Regex;

use super::cursor::Cursor;
use super::text::JsonText;

/// An anchored regular expression of the syntax that a catalogue may have.
#[derive(Debug)]
pub struct Pattern<'s> {
    source: &'s str,
    matcher: Matcher,
}

#[derive(Debug)]
enum Matcher {
    Runs(Runs),
    Regex(Box<Regex>),
    /// What does not compile admits nothing, as in the filter of the emitters.
    Nothing,
}

impl<'s> Pattern<'s> {
    /// Compiles a pattern.
    pub fn new(source: &'s str) -> Self {
        let regex = || Regex::new(source).map_or(Matcher::Nothing, |regex| Matcher::Regex(Box::new(regex)));
        Pattern { source, matcher: Runs::parse(source).map_or_else(regex, Matcher::Runs) }
    }

    /// The pattern as the catalogue has it.
    pub fn source(&self) -> &'s str {
        self.source
    }

    /// Whether a text matches.
    pub fn matches(&self, text: &JsonText<'_>) -> bool {
        match &self.matcher {
            Matcher::Runs(runs) => text.look(|text| runs.length(text.as_bytes()) == Some(text.len())),
            Matcher::Regex(regex) => text.look(|text| regex.is_match(text)),
            Matcher::Nothing => false,
        }
    }

    /// Passes the text at the cursor, when one look shows that it matches and has no more than so many characters.
    /// Otherwise the cursor stays, and nothing is said about the text.
    #[inline]
    pub(super) fn pass(&self, cursor: &mut Cursor<'_>, most: usize) -> bool {
        let Matcher::Runs(runs) = &self.matcher else { return false };
        let Some(body) = cursor.rest().get(1..) else { return false };
        let length = runs.length(body).filter(|length| *length <= most && body.get(*length) == Some(&b'"'));
        if let Some(length) = length {
            cursor.advance(length + 2);
        }
        length.is_some()
    }
}

/// Characters of one class after those of another, each so many times: `^[0-9a-f]{8}-[0-9a-f]{4}$`.
///
/// Only what can be followed from left to right without ever going back, in characters that JSON spells as they are.
#[derive(Debug)]
struct Runs {
    classes: Vec<Class>,
    runs: Vec<Run>,
}

#[derive(Debug)]
struct Run {
    class: usize,
    least: usize,
    most: usize,
}

type Class = Box<[bool; 256]>;

impl Runs {
    /// How many bytes the runs take of the beginning of a text.
    #[inline]
    fn length(&self, text: &[u8]) -> Option<usize> {
        let mut rest = text;
        for run in &self.runs {
            let class = &self.classes[run.class];
            let (fixed, after) = rest.split_at_checked(run.least)?;
            if !fixed.iter().fold(true, |all, byte| all & class[usize::from(*byte)]) {
                return None;
            }
            let more = after.iter().take(run.most - run.least).take_while(|byte| class[usize::from(**byte)]).count();
            rest = &after[more..];
        }
        Some(text.len() - rest.len())
    }

    /// `None` when the pattern is not as simple as that.
    fn parse(source: &str) -> Option<Runs> {
        let mut rest = source.strip_prefix('^')?.strip_suffix('$')?;
        let mut parsed = Runs { classes: Vec::new(), runs: Vec::new() };
        while !rest.is_empty() {
            let (class, after) = parse_class(rest)?;
            let (times, after) = parse_times(after)?;
            let known = parsed.classes.iter().position(|known| *known == class);
            let class = known.unwrap_or_else(|| {
                parsed.classes.push(class);
                parsed.classes.len() - 1
            });
            parsed.runs.push(Run { class, least: *times.start(), most: *times.end() });
            rest = after;
        }
        parsed.never_goes_back().then_some(parsed)
    }

    /// Whether a run that may be longer or shorter always ends where the next one begins.
    fn never_goes_back(&self) -> bool {
        let is_apart = |(at, run): (usize, &Run)| {
            let after = &self.runs[at + 1..];
            let reach = after.iter().position(|next| next.least > 0).map_or(after.len(), |next| next + 1);
            run.least == run.most || after[..reach].iter().all(|next| self.are_disjoint(run.class, next.class))
        };
        self.runs.iter().enumerate().all(is_apart)
    }

    fn are_disjoint(&self, one: usize, other: usize) -> bool {
        self.classes[one].iter().zip(self.classes[other].iter()).all(|(one, other)| !(*one && *other))
    }
}

/// A character or a class of them, and what follows.
fn parse_class(source: &str) -> Option<(Class, &str)> {
    let mut class = Box::new([false; 256]);
    let Some(mut rest) = source.strip_prefix('[') else {
        let (byte, after) = parse_character(source, "()[]{}|*+?.^$")?;
        class[usize::from(byte)] = true;
        return Some((class, after));
    };
    loop {
        if let Some(after) = rest.strip_prefix(']') {
            return Some((class, after));
        }
        let (first, after) = parse_character(rest, "^")?;
        let range = after.strip_prefix('-').filter(|after| !after.starts_with(']'));
        let (last, after) = range.map_or(Some((first, after)), |after| parse_character(after, ""))?;
        (first..=last).for_each(|byte| class[usize::from(byte)] = true);
        rest = after;
    }
}

/// One character that JSON spells as it is, and what follows.
fn parse_character<'p>(source: &'p str, syntax: &str) -> Option<(u8, &'p str)> {
    let escaped = source.strip_prefix('\\').filter(|after| after.starts_with(|c: char| c.is_ascii_punctuation()));
    let (character, after) = escaped.unwrap_or(source).split_at_checked(1)?;
    let byte = character.as_bytes()[0];
    let is_syntax = escaped.is_none() && syntax.contains(character);
    (matches!(byte, b' '..=b'~') && !is_syntax && byte != b'"' && byte != b'\\').then_some((byte, after))
}

/// How many times, and what follows.
fn parse_times(source: &str) -> Option<(RangeInclusive<usize>, &str)> {
    let (times, after) = match source.as_bytes().first() {
        Some(b'*') => (0..=usize::MAX, &source[1..]),
        Some(b'+') => (1..=usize::MAX, &source[1..]),
        Some(b'?') => (0..=1, &source[1..]),
        Some(b'{') => {
            let (inside, after) = source[1..].split_once('}')?;
            let (least, most) = inside.split_once(',').unwrap_or((inside, inside));
            let most = if most.is_empty() { usize::MAX } else { most.parse().ok()? };
            (least.parse().ok()?..=most, after)
        }
        _ => (1..=1, source),
    };
    // A lazy quantifier, or one that makes no sense.
    (!after.starts_with('?') && times.start() <= times.end()).then_some((times, after))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(pattern: &str, fine: &[&str], refused: &[&str]) {
        let compiled = Pattern::new(pattern);
        assert!(matches!(compiled.matcher, Matcher::Runs(_)), "{pattern}");
        let is_match = |text: &str| compiled.matches(&JsonText::new(text.as_bytes(), false));
        assert!(fine.iter().all(|text| is_match(text)), "{pattern}");
        assert!(!refused.iter().any(|text| is_match(text)), "{pattern}");
    }

    #[test]
    fn runs() {
        check("^[0-9]{1,3}$", &["0", "000"], &["", "0000", "a", "0a"]);
        check("^[A-Za-z_][0-9A-Za-z_]*$", &["a", "_9"], &["", "9", "a-"]);
        check("^[0-9]+[.][0-9]+-?$", &["1.0", "1.0-"], &["1.", "1", "1.0--"]);
        check(r"^v\.[a\-z]{2,}$", &["v.a-", "v.zzz"], &["v.a", "vxaa", "v.bb"]);
        check("^$", &[""], &["a"]);
    }

    #[test]
    fn what_is_no_mere_run_is_a_regex() {
        for pattern in ["^[0-9]*0$", "^(a|b)$", "^[^a]$", "^a+?$", "^a.$", "^[\"]$", "^ä$", "^a?[0-9]*a$"] {
            assert!(matches!(Pattern::new(pattern).matcher, Matcher::Regex(_)), "{pattern}");
        }
        assert!(matches!(Pattern::new("^($").matcher, Matcher::Nothing));
    }

    #[test]
    fn escapes_are_looked_through() {
        for pattern in ["^[a-z]{2}$", "^(ab|cd)$"] {
            assert!(Pattern::new(pattern).matches(&JsonText::new(br"\u0061b", true)), "{pattern}");
            assert!(!Pattern::new(pattern).matches(&JsonText::new(br"\u0061\n", true)), "{pattern}");
        }
        let long = r"\u0061".repeat(600);
        assert!(Pattern::new("^(a)+$").matches(&JsonText::new(long.as_bytes(), true)));
    }

    fn run() -> impl Strategy<Value = String> {
        let class = prop::sample::select(vec!["a", "-", "[ab]", "[a-c]", "[0-9]", "[.]", r"\.", "[b-]"]);
        let times = prop::sample::select(vec!["", "*", "+", "?", "{2}", "{1,2}", "{2,}", "{0,3}"]);
        (class, times).prop_map(|(class, times)| format!("{class}{times}"))
    }

    proptest! {
        #[test]
        fn runs_match_as_the_regex_does(
            runs in prop::collection::vec(run(), 0..4),
            text in "[abc.09-]{0,8}",
        ) {
            let pattern = format!("^{}$", runs.concat());
            let expected = Regex::new(&pattern).expect("a pattern").is_match(&text);
            prop_assert_eq!(Pattern::new(&pattern).matches(&JsonText::new(text.as_bytes(), false)), expected, "{}", pattern);
        }
    }
}
