//! The syntax that all matchers read alike: a subset of ECMAScript's, Python's, Go's and Rust's regular expressions.

use super::shape::{Characters, Shape};

/// A fault of a pattern, and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxFault {
    /// The fault, in one sentence.
    pub message: String,
    /// The way out.
    pub help: &'static str,
}

const QUANTIFIERS: &str = "use one of `*`, `+`, `?`, `{n}`, `{n,}` and `{n,m}`, after what it repeats";
const BACKSLASH: &str = "put a backslash before it to mean the character";

fn fault<T>(message: impl Into<String>, help: &'static str) -> Result<T, SyntaxFault> {
    Err(SyntaxFault { message: message.into(), help })
}

/// Takes a pattern apart, or says what is wrong with it first of all, from left to right.
pub(super) fn parse(pattern: &str) -> Result<Shape, SyntaxFault> {
    let mut parser = Parser { chars: pattern.chars().collect(), at: 0 };
    let shape = parser.sequence(0)?;
    let chars = &parser.chars;
    if chars.len() > 1 && chars.first() == Some(&'/') && chars.last() == Some(&'/') {
        return fault("the `/` around this pattern are part of it", "write it without them");
    }
    let is_anchored = matches!(&shape, Shape::Sequence(parts)
        if parts.first() == Some(&Shape::Start) && parts.last() == Some(&Shape::End));
    if is_anchored { Ok(shape) } else { fault("this pattern is not anchored", "begin it with `^` and end it with `$`") }
}

struct Parser {
    chars: Vec<char>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next_if(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    /// Reads up to the end, or to what ends a group or an alternative.
    fn sequence(&mut self, depth: usize) -> Result<Shape, SyntaxFault> {
        let mut parts = Vec::new();
        while let Some(char) = self.peek() {
            match char {
                '|' if depth == 0 => {
                    let message = "the anchors of this pattern hold for one alternative each";
                    return fault(message, "put the alternatives in a group: `^(?:a|b)$`");
                }
                ')' if depth == 0 => return fault("`)` closes nothing", BACKSLASH),
                '|' | ')' => break,
                _ => {}
            }
            let part = self.part(char, depth)?;
            let part = if matches!(part, Shape::Start | Shape::End) { part } else { self.quantified(part)? };
            parts.push(part);
        }
        Ok(Shape::Sequence(parts))
    }

    fn part(&mut self, char: char, depth: usize) -> Result<Shape, SyntaxFault> {
        if let '(' = char {
            return self.group(depth);
        }
        self.at += 1;
        match char {
            '^' => Ok(Shape::Start),
            '$' => Ok(Shape::End),
            '[' => self.class().map(Shape::Characters),
            '\\' => self.escaped(false).map(one),
            '.' => fault(
                "`.` is not the same everywhere",
                "use a class that says what is meant: `[^\\n]`, or `\\.` for a dot",
            ),
            '*' | '+' | '?' | '{' => repeats_nothing(char),
            '}' | ']' => fault(format!("`{char}` closes nothing"), BACKSLASH),
            char => Ok(one(char)),
        }
    }

    fn group(&mut self, depth: usize) -> Result<Shape, SyntaxFault> {
        let rest = &self.chars[self.at..];
        let is_plain = rest.get(1) != Some(&'?');
        if !is_plain && rest.get(2) != Some(&':') {
            return Err(fault_of_group(rest));
        }
        self.at += if is_plain { 1 } else { 3 };
        let mut parts = vec![self.sequence(depth + 1)?];
        while self.next_if('|') {
            parts.push(self.sequence(depth + 1)?);
        }
        if self.next_if(')') {
            Ok(Shape::Choice(parts))
        } else {
            fault("`(` is never closed", "close it with `)`, or put a backslash before it")
        }
    }

    /// The part with its quantifier, if there is one. Whether that is lazy makes no difference to a whole text.
    fn quantified(&mut self, part: Shape) -> Result<Shape, SyntaxFault> {
        let Some(char @ ('*' | '+' | '?' | '{')) = self.peek() else { return Ok(part) };
        let (least, most) = match char {
            '*' => (0, None),
            '+' => (1, None),
            '?' => (0, Some(1)),
            _ => match self.counts() {
                Some(counts) => counts,
                None => return repeats_nothing(char),
            },
        };
        self.at += 1;
        self.next_if('?');
        match self.peek() {
            Some(char @ ('*' | '+' | '?' | '{')) => repeats_nothing(char),
            _ => Ok(Shape::Repeat { part: Box::new(part), least, most }),
        }
    }

    /// Reads `{n}`, `{n,}` or `{n,m}`, up to its last character.
    fn counts(&mut self) -> Option<(usize, Option<usize>)> {
        let length = self.chars[self.at..].iter().position(|char| *char == '}')?;
        let inside: String = self.chars[self.at + 1..self.at + length].iter().collect();
        let count = |text: &str| {
            let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            is_digits.then(|| text.parse().unwrap_or(usize::MAX))
        };
        let counts = match inside.split_once(',') {
            None => (count(&inside)?, Some(count(&inside)?)),
            Some((least, "")) => (count(least)?, None),
            Some((least, most)) => (count(least)?, Some(count(most)?)),
        };
        self.at += length;
        Some(counts)
    }

    /// The character behind a backslash: an escape that means the same everywhere.
    fn escaped(&mut self, in_class: bool) -> Result<char, SyntaxFault> {
        let char = self.peek();
        if let Some(fault) = fault_of_escape(char, in_class) {
            return Err(fault);
        }
        self.at += 1;
        Ok(match char {
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            char => char.unwrap_or_default(),
        })
    }

    fn class(&mut self) -> Result<Characters, SyntaxFault> {
        let is_negated = self.next_if('^');
        if self.peek() == Some(']') {
            return fault("`]` right after `[` is not the same everywhere", BACKSLASH);
        }
        let mut ranges = Vec::new();
        while let Some(start) = self.of_class()? {
            let is_range = self.peek() == Some('-') && !matches!(self.chars.get(self.at + 1), Some(']' | '-'));
            self.at += usize::from(is_range);
            let end = if is_range { self.of_class()? } else { None };
            ranges.push((start, end.unwrap_or(start)));
        }
        Ok(if is_negated { all_but(ranges) } else { ranges })
    }

    /// The next character of a class, or `None` at its end.
    fn of_class(&mut self) -> Result<Option<char>, SyntaxFault> {
        let Some(char) = self.peek() else {
            return fault("`[` is never closed", "close it with `]`, or put a backslash before it");
        };
        self.at += 1;
        match char {
            ']' => Ok(None),
            '[' => fault(
                "`[` inside a class is not the same everywhere",
                "list the characters, such as `[A-Za-z]`, or put a backslash before it to mean the character",
            ),
            '\\' => self.escaped(true).map(Some),
            '&' | '-' | '~' if self.peek() == Some(char) => fault(
                format!("`{char}{char}` inside a class is not the same everywhere"),
                "list the characters that are meant",
            ),
            char => Ok(Some(char)),
        }
    }
}

fn repeats_nothing<T>(char: char) -> Result<T, SyntaxFault> {
    fault(format!("`{char}` repeats nothing here, or not in a way that all agree on"), QUANTIFIERS)
}

/// Only escapes of the same meaning everywhere pass: of syntax, and of three control characters.
fn fault_of_escape(escaped: Option<char>, in_class: bool) -> Option<SyntaxFault> {
    let help = match escaped {
        Some('d') => "use `[0-9]`",
        Some('D') => "use `[^0-9]`",
        Some('w') => "use `[A-Za-z0-9_]`",
        Some('W') => "use `[^A-Za-z0-9_]`",
        Some('s') => "use `[ \\t\\r\\n]`",
        Some('S') => "use `[^ \\t\\r\\n]`",
        Some('b' | 'B') => "say which characters may stand there",
        Some('A') => "use `^`",
        Some('z' | 'Z') => "use `$`",
        Some('p' | 'P') => "list the characters in a class",
        Some('1'..='9') => "write the text out: there are no back-references",
        Some('n' | 'r' | 't') => return None,
        Some('-') if in_class => return None,
        Some(syntax) if "^$\\.*+?()[]{}|/".contains(syntax) => return None,
        Some(_) => "write the character itself",
        None => "put two backslashes to mean one",
    };
    let escape: String = escaped.into_iter().flat_map(char::escape_debug).collect();
    Some(SyntaxFault { message: format!("`\\{escape}` is not the same everywhere"), help })
}

/// Names the group that not all have.
fn fault_of_group(rest: &[char]) -> SyntaxFault {
    let (what, help, length) = match (rest.get(2), rest.get(3)) {
        (Some('=' | '!'), _) => ("lookahead", "say what the text is, not what it is not", 3),
        (Some('<'), Some('=' | '!')) => ("lookbehind", "say what the text is, not what it is not", 4),
        (Some('P'), _) => ("a named group", "use `(…)` or `(?:…)`", 4),
        (Some('<' | '\''), _) => ("a named group", "use `(…)` or `(?:…)`", 3),
        _ => ("a flag", "use `(…)` or `(?:…)`, and write both cases out: `[Aa]`", 4),
    };
    let start: String = rest.iter().take(length).collect();
    SyntaxFault { message: format!("`{}` starts {what}, which not all have", start.escape_default()), help }
}

fn one(char: char) -> Shape {
    Shape::Characters(vec![(char, char)])
}

/// All characters but these.
fn all_but(mut ranges: Characters) -> Characters {
    ranges.sort_unstable();
    let mut rest = Vec::new();
    let mut next = Some('\0');
    for (start, end) in ranges {
        let Some(from) = next else { break };
        rest.extend((from..start).next_back().map(|to| (from, to)));
        if from <= end {
            next = (end..=char::MAX).nth(1);
        }
    }
    rest.extend(next.map(|from| (from, char::MAX)));
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_but_some() {
        let rest = |class: &str| {
            let shape = parse(&format!("^[{class}$"));
            match shape.expect(class) {
                Shape::Sequence(parts) => parts[1].clone(),
                shape => shape,
            }
        };
        assert_eq!(rest("^b]"), Shape::Characters(vec![('\0', 'a'), ('c', char::MAX)]));
        assert_eq!(rest("^a-zc-eb-~]"), Shape::Characters(vec![('\0', '`'), ('\u{7f}', char::MAX)]));
        assert_eq!(rest("^\u{d7ff}]"), Shape::Characters(vec![('\0', '\u{d7fe}'), ('\u{e000}', char::MAX)]));
    }

    #[test]
    fn the_first_fault_is_told() {
        let message = |pattern: &str| parse(pattern).expect_err(pattern).message;
        assert_eq!(message("^a|b$"), "the anchors of this pattern hold for one alternative each");
        assert_eq!(message("^(a"), "`(` is never closed");
        assert_eq!(message("a"), "this pattern is not anchored");
        assert_eq!(message("^a**$"), "`*` repeats nothing here, or not in a way that all agree on");
        assert_eq!(message("^[a"), "`[` is never closed");
        assert_eq!(message("^(?i)a$"), "`(?i)` starts a flag, which not all have");
    }
}
