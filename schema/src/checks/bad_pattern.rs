//! A pattern that not every reader of the catalogue understands alike.

use regex_lite::Regex;

use crate::index::Index;
use crate::{Check, Finding, Severity, Type};

/// Found by [`check_bad_pattern`].
pub const CHECK: Check = Check {
    code: "E0210",
    severity: Severity::Error,
    waivable: false,
    title: "bad pattern",
    what: "A `pattern` is no regular expression, is not anchored with `^` and `$`, is longer than 512 characters, or uses \
           syntax that implementations disagree on: `\\d`, `\\w`, `\\s`, `\\b`, `.`, lookaround, flags, back-references, …",
    why: "One pattern decides in the filter, in the JSON Schema and in whatever others check with. Where they disagree, a \
          value leaks. JSON Schema searches, so `[0-9]+` without anchors admits any text with a digit in it.",
    wrong: "pattern: '\\d+'\n",
    right: "pattern: '^[0-9]+$'\n",
};

/// Longest pattern, in characters.
const LONGEST: usize = 512;

/// What is wrong with a pattern, and the way out.
pub(crate) struct Fault {
    message: String,
    help: &'static str,
}

/// Looks at every pattern of a string.
pub fn check_bad_pattern(index: &Index<'_>, findings: &mut Vec<Finding>) {
    for (_, attribute) in index.model.attributes.iter() {
        let Some(pattern) = &attribute.pattern else { continue };
        if index.ty(attribute).is_some_and(|ty| !matches!(ty.innermost(), Type::String(_))) {
            continue; // misplaced as a whole
        }
        let known = index.patterns.get(&pattern.value);
        let fault = known.verdict.as_ref().err();
        findings.extend(fault.map(|fault| CHECK.at(pattern.place, &fault.message).help(fault.help)));
    }
}

/// The pattern as a regular expression, or what is wrong with it first of all.
pub(crate) fn fault_of_pattern(pattern: &str) -> Result<Regex, Fault> {
    if pattern.chars().count() > LONGEST {
        let message = format!("this pattern is longer than {LONGEST} characters");
        return Err(Fault { message, help: "use a `max_length`, or a list of texts" });
    }
    if let Some((message, help)) = fault_of_syntax(pattern) {
        return Err(Fault { message, help });
    }
    Regex::new(pattern).map_err(|error| Fault {
        message: format!("this pattern is no regular expression: {error}"),
        help: "correct it",
    })
}

const QUANTIFIERS: &str = "use one of `*`, `+`, `?`, `{n}`, `{n,}` and `{n,m}`, after what it repeats";

/// Reads a pattern once, from left to right, and stops at the first thing that is not the same everywhere.
fn fault_of_syntax(pattern: &str) -> Option<(String, &'static str)> {
    let chars: Vec<char> = pattern.chars().collect();
    let mut at = 0;
    let mut depth = 0usize;
    let mut ends_anchored = false;
    let mut repeatable = false;
    while let Some(char) = chars.get(at) {
        let rest = &chars[at..];
        let mut next = at + 1;
        let was_repeatable = std::mem::replace(&mut repeatable, true);
        ends_anchored = false;
        match char {
            '\\' => {
                if let Some(refused) = fault_of_escape(rest.get(1), false) {
                    return Some(refused);
                }
                next += 1;
            }
            '[' => match end_of_class(rest) {
                Ok(length) => next = at + length,
                Err(refused) => return Some(refused),
            },
            '.' => {
                return Some((
                    "`.` is not the same everywhere".into(),
                    "use a class that says what is meant: `[^\\n]`, or `\\.` for a dot",
                ));
            }
            '(' if rest.starts_with(&['(', '?']) && !rest.starts_with(&['(', '?', ':']) => {
                return Some(fault_of_group(rest));
            }
            '(' => {
                depth += 1;
                next += if rest.starts_with(&['(', '?', ':']) { 2 } else { 0 };
                repeatable = false;
            }
            ')' if depth == 0 => {
                return Some(("`)` closes nothing".into(), "put a backslash before it to mean the character"));
            }
            ')' => depth -= 1,
            '|' if depth == 0 => {
                return Some((
                    "the anchors of this pattern hold for one alternative each".into(),
                    "put the alternatives in a group: `^(?:a|b)$`",
                ));
            }
            '|' | '^' => repeatable = false,
            '$' => {
                repeatable = false;
                ends_anchored = true;
            }
            '*' | '+' | '?' | '{' => match end_of_quantifier(rest).filter(|_| was_repeatable) {
                Some(length) => {
                    next = at + length;
                    repeatable = false;
                }
                None => {
                    return Some((
                        format!("`{char}` repeats nothing here, or not in a way that all agree on"),
                        QUANTIFIERS,
                    ));
                }
            },
            '}' | ']' => {
                return Some((format!("`{char}` closes nothing"), "put a backslash before it to mean the character"));
            }
            _ => {}
        }
        at = next;
    }
    if depth > 0 {
        return Some(("`(` is never closed".into(), "close it with `)`, or put a backslash before it"));
    }
    if chars.len() > 1 && chars.first() == Some(&'/') && chars.last() == Some(&'/') {
        return Some(("the `/` around this pattern are part of it".into(), "write it without them"));
    }
    let anchored = ends_anchored && chars.first() == Some(&'^');
    (!anchored).then(|| ("this pattern is not anchored".into(), "begin it with `^` and end it with `$`"))
}

/// Only what is an escape of the same meaning everywhere: of syntax, and of three control characters.
fn fault_of_escape(escaped: Option<&char>, in_class: bool) -> Option<(String, &'static str)> {
    let help = match escaped {
        Some('d') => "use `[0-9]`",
        Some('D') => "use `[^0-9]`",
        Some('w') => "use `[A-Za-z0-9_]`",
        Some('W') => "use `[^A-Za-z0-9_]`",
        Some('s') => "use `[ \\t\\r\\n]`",
        Some('S') => "use `[^ \\t\\r\\n]`",
        Some('A') => "use `^`",
        Some('z' | 'Z') => "use `$`",
        Some('p' | 'P') => "list the characters in a class",
        Some('1'..='9') => "write the text out: there are no back-references",
        Some('n' | 'r' | 't') => return None,
        Some('-') if in_class => return None,
        Some(syntax) if "^$\\.*+?()[]{}|/".contains(*syntax) => return None,
        Some(_) => "write the character itself",
        None => "put two backslashes to mean one",
    };
    let escape: String = escaped.into_iter().flat_map(|char| char.escape_debug()).collect();
    Some((format!("`\\{escape}` is not the same everywhere"), help))
}

/// Which group this is that not all have.
fn fault_of_group(rest: &[char]) -> (String, &'static str) {
    let (what, help, length) = match (rest.get(2), rest.get(3)) {
        (Some('=' | '!'), _) => ("lookahead", "say what the text is, not what it is not", 3),
        (Some('<'), Some('=' | '!')) => ("lookbehind", "say what the text is, not what it is not", 4),
        (Some('P'), _) => ("a named group", "use `(…)` or `(?:…)`", 4),
        (Some('<' | '\''), _) => ("a named group", "use `(…)` or `(?:…)`", 3),
        _ => ("a flag", "use `(…)` or `(?:…)`, and write both cases out: `[Aa]`", 4),
    };
    let start: String = rest.iter().take(length).collect();
    (format!("`{}` starts {what}, which not all have", start.escape_default()), help)
}

/// The length of the class that `rest` starts with.
fn end_of_class(rest: &[char]) -> Result<usize, (String, &'static str)> {
    let mut at = if rest.get(1) == Some(&'^') { 2 } else { 1 };
    if rest.get(at) == Some(&']') {
        return Err((
            "`]` right after `[` is not the same everywhere".into(),
            "put a backslash before it to mean the character",
        ));
    }
    loop {
        match rest.get(at) {
            None => return Err(("`[` is never closed".into(), "close it with `]`, or put a backslash before it")),
            Some(']') => return Ok(at + 1),
            Some('[') => {
                return Err((
                    "`[` inside a class is not the same everywhere".into(),
                    "list the characters, such as `[A-Za-z]`, or put a backslash before it to mean the character",
                ));
            }
            Some('\\') => {
                if let Some(refused) = fault_of_escape(rest.get(at + 1), true) {
                    return Err(refused);
                }
                at += 2;
            }
            Some(char @ ('&' | '-' | '~')) if rest.get(at + 1) == Some(char) => {
                return Err((
                    format!("`{char}{char}` inside a class is not the same everywhere"),
                    "list the characters that are meant",
                ));
            }
            Some(_) => at += 1,
        }
    }
}

/// The length of the quantifier that `rest` starts with, a following `?` included.
fn end_of_quantifier(rest: &[char]) -> Option<usize> {
    let length = if rest[0] == '{' { rest.iter().position(|char| *char == '}')? + 1 } else { 1 };
    let inside: String = rest[1..length].iter().take_while(|char| **char != '}').collect();
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let counts = match inside.split_once(',') {
        _ if length == 1 => true,
        None => digits(&inside),
        Some((least, most)) => digits(least) && (most.is_empty() || digits(most)),
    };
    let lazy = usize::from(rest.get(length) == Some(&'?'));
    counts.then_some(length + lazy)
}
