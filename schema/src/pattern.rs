//! What a pattern admits, as far as its shape tells: how long its texts are, whether there are any, and whether a matcher
//! that goes back and tries again could try forever. Only for patterns without a fault of syntax.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use regex_lite::Regex;

use crate::checks::bad_pattern::{Fault, fault_of_pattern};

/// Every pattern of a catalogue, looked at once.
#[derive(Default)]
pub(crate) struct Patterns(RefCell<HashMap<String, Rc<Pattern>>>);

/// One pattern: what is wrong with it, or what it is.
pub(crate) struct Pattern {
    pub verdict: Result<(Regex, Shape), Fault>,
    ambiguous: OnceCell<bool>,
}

impl Patterns {
    pub fn get(&self, pattern: &str) -> Rc<Pattern> {
        if let Some(known) = self.0.borrow().get(pattern) {
            return known.clone();
        }
        let verdict = fault_of_pattern(pattern).map(|regex| (regex, Shape::parse(pattern)));
        let known = Rc::new(Pattern { verdict, ambiguous: OnceCell::new() });
        self.0.borrow_mut().insert(pattern.to_owned(), known.clone());
        known
    }
}

impl Pattern {
    pub fn shape(&self) -> Option<&Shape> {
        self.verdict.as_ref().ok().map(|(_, shape)| shape)
    }

    /// See [`Shape::is_ambiguous`].
    pub fn is_ambiguous(&self) -> bool {
        *self.ambiguous.get_or_init(|| self.shape().is_some_and(Shape::is_ambiguous))
    }
}

/// Ranges of characters, both ends included.
type Characters = Vec<(char, char)>;

/// A pattern, taken apart.
#[derive(Debug)]
pub(crate) enum Shape {
    Characters(Characters),
    Start,
    End,
    Sequence(Vec<Shape>),
    Choice(Vec<Shape>),
    Repeat { part: Box<Shape>, least: usize, most: Option<usize> },
}

impl Shape {
    fn parse(pattern: &str) -> Shape {
        Parser { chars: pattern.chars().collect(), at: 0 }.choice()
    }

    /// The length of the shortest text, anchors aside.
    pub fn shortest(&self) -> usize {
        match self {
            Shape::Characters(_) => 1,
            Shape::Start | Shape::End => 0,
            Shape::Sequence(parts) => parts.iter().map(Shape::shortest).fold(0, usize::saturating_add),
            Shape::Choice(parts) => parts.iter().map(Shape::shortest).min().unwrap_or_default(),
            Shape::Repeat { part, least, .. } => part.shortest().saturating_mul(*least),
        }
    }

    /// The length of the longest text; `None` where there is none.
    pub fn longest(&self) -> Option<usize> {
        match self {
            Shape::Characters(_) => Some(1),
            Shape::Start | Shape::End => Some(0),
            Shape::Sequence(parts) => parts.iter().try_fold(0, |sum: usize, part| sum.checked_add(part.longest()?)),
            Shape::Choice(parts) => parts.iter().map(Shape::longest).try_fold(0, |most, part| Some(most.max(part?))),
            Shape::Repeat { part, most, .. } => match part.longest()? {
                0 => Some(0),
                longest => longest.checked_mul((*most)?),
            },
        }
    }

    /// Whether any text matches: an anchor in the middle of one never does.
    pub fn is_possible(&self) -> bool {
        self.fits(false, false)
    }

    /// The same for a part, with text that has to be before it or after it.
    fn fits(&self, before: bool, after: bool) -> bool {
        match self {
            Shape::Characters(_) => true,
            Shape::Start => !before,
            Shape::End => !after,
            Shape::Choice(parts) => parts.iter().any(|part| part.fits(before, after)),
            Shape::Repeat { part, least, .. } => *least == 0 || part.fits(before, after),
            Shape::Sequence(parts) => {
                let has_text: Vec<bool> = parts.iter().map(|part| part.shortest() > 0).collect();
                parts.iter().enumerate().all(|(at, part)| {
                    part.fits(before || has_text[..at].contains(&true), after || has_text[at + 1..].contains(&true))
                })
            }
        }
    }

    /// Whether a text may be read in a number of ways that doubles with each repetition, as `(a+)+` reads many `a`: what
    /// matches by trying then takes forever to say no. Repetitions of a fixed number are looked at as if it were small.
    fn is_ambiguous(&self) -> bool {
        let mut positions = Positions::default();
        self.lay_out(&mut positions).is_some() && positions.are_ambiguous()
    }

    /// Adds the positions of a part, and says where it starts and ends. `None` where there are too many.
    fn lay_out(&self, positions: &mut Positions) -> Option<Ends> {
        match self {
            Shape::Characters(characters) => positions.add(characters),
            Shape::Start | Shape::End => Some(Ends::nothing()),
            Shape::Sequence(parts) => parts.iter().try_fold(Ends::nothing(), |before, part| {
                part.lay_out(positions).map(|next| before.then(next, positions))
            }),
            Shape::Choice(parts) => {
                let mut ends = Ends::default();
                for part in parts {
                    ends.join(part.lay_out(positions)?);
                }
                Some(ends)
            }
            Shape::Repeat { part, least, most } => {
                let mut ends = Ends::nothing();
                let copies = (*least).min(3);
                let optional = most.map_or(usize::from(copies == 0), |most| (most - least).min(2));
                for copy in 0..copies + optional {
                    let mut next = part.lay_out(positions)?;
                    if most.is_none() && copy + 1 == copies + optional {
                        positions.follow(&next.last, &next.first);
                    }
                    next.may_be_empty |= copy >= copies;
                    ends = ends.then(next, positions);
                }
                Some(ends)
            }
        }
    }
}

/// Where a part may start and end.
#[derive(Default)]
struct Ends {
    first: Vec<usize>,
    last: Vec<usize>,
    may_be_empty: bool,
}

impl Ends {
    fn nothing() -> Self {
        Ends { may_be_empty: true, ..Ends::default() }
    }

    fn then(mut self, next: Ends, positions: &mut Positions) -> Ends {
        positions.follow(&self.last, &next.first);
        if self.may_be_empty {
            self.first.extend(next.first);
        }
        let last = if next.may_be_empty { self.last.into_iter().chain(next.last).collect() } else { next.last };
        Ends { first: self.first, last, may_be_empty: self.may_be_empty && next.may_be_empty }
    }

    fn join(&mut self, other: Ends) {
        self.first.extend(other.first);
        self.last.extend(other.last);
        self.may_be_empty |= other.may_be_empty;
    }
}

/// The characters of a pattern, and which may follow which: an automaton without empty steps (Glushkov's). What may follow
/// in two ways is there twice.
#[derive(Default)]
struct Positions {
    characters: Vec<Characters>,
    following: Vec<Vec<usize>>,
}

impl Positions {
    const MOST: usize = 1000;

    fn add(&mut self, characters: &Characters) -> Option<Ends> {
        let position = self.characters.len();
        self.characters.push(characters.clone());
        self.following.push(Vec::new());
        (position < Self::MOST).then(|| Ends { first: vec![position], last: vec![position], may_be_empty: false })
    }

    fn follow(&mut self, last: &[usize], first: &[usize]) {
        for position in last {
            self.following[*position].extend(first);
        }
    }

    /// Whether from some position two different ways over the same text lead back to it. Gives up, with no, on patterns
    /// that take too long to follow.
    fn are_ambiguous(&self) -> bool {
        let mut effort = 1_000_000;
        (0..self.characters.len()).any(|position| self.has_two_ways_back(position, &mut effort))
    }

    fn has_two_ways_back(&self, home: usize, effort: &mut usize) -> bool {
        let mut seen = HashSet::new();
        let mut open = vec![(home, home, false)];
        while let Some((one, other, apart)) = open.pop() {
            for (at, next_one) in self.following[one].iter().enumerate() {
                // Where both are at the same place, they need not be compared twice.
                let skipped = if one == other { at } else { 0 };
                for (other_at, next_other) in self.following[other].iter().enumerate().skip(skipped) {
                    let Some(left) = effort.checked_sub(1) else { return false };
                    *effort = left;
                    if !overlap(&self.characters[*next_one], &self.characters[*next_other]) {
                        continue;
                    }
                    let apart = apart || (one == other && at != other_at);
                    if apart && *next_one == home && *next_other == home {
                        return true;
                    }
                    let pair = (*next_one.min(next_other), *next_one.max(next_other), apart);
                    if seen.insert(pair) {
                        open.push(pair);
                    }
                }
            }
        }
        false
    }
}

fn overlap(one: &Characters, other: &Characters) -> bool {
    one.iter().any(|(start, end)| other.iter().any(|(other_start, other_end)| start <= other_end && other_start <= end))
}

/// Reads a pattern that `bad_pattern` has found nothing wrong with.
struct Parser {
    chars: Vec<char>,
    at: usize,
}

impl Parser {
    fn next_if(&mut self, wanted: char) -> bool {
        let found = self.chars.get(self.at) == Some(&wanted);
        self.at += usize::from(found);
        found
    }

    fn choice(&mut self) -> Shape {
        let mut parts = vec![self.sequence()];
        while self.next_if('|') {
            parts.push(self.sequence());
        }
        Shape::Choice(parts)
    }

    fn sequence(&mut self) -> Shape {
        let mut parts = Vec::new();
        while let Some(char) = self.chars.get(self.at).copied().filter(|char| !matches!(char, '|' | ')')) {
            self.at += 1;
            let part = match char {
                '^' => Shape::Start,
                '$' => Shape::End,
                '(' => self.group(),
                '[' => Shape::Characters(self.class()),
                '\\' => self.escaped().map_or(Shape::Characters(Vec::new()), one),
                char => one(char),
            };
            parts.push(self.quantified(part));
        }
        Shape::Sequence(parts)
    }

    fn group(&mut self) -> Shape {
        if self.next_if('?') {
            self.next_if(':');
        }
        let inner = self.choice();
        self.next_if(')');
        inner
    }

    fn quantified(&mut self, part: Shape) -> Shape {
        let (least, most) = match self.chars.get(self.at) {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => self.counts(),
            _ => return part,
        };
        self.at += 1;
        self.next_if('?');
        Shape::Repeat { part: Box::new(part), least, most }
    }

    /// `{n}`, `{n,}` or `{n,m}`, up to its last character.
    fn counts(&mut self) -> (usize, Option<usize>) {
        let inside = self.chars[self.at + 1..].iter().take_while(|char| **char != '}').collect::<String>();
        self.at += 1 + inside.chars().count();
        let count = |text: &str| text.parse().unwrap_or(usize::MAX);
        match inside.split_once(',') {
            None => (count(&inside), Some(count(&inside))),
            Some((least, "")) => (count(least), None),
            Some((least, most)) => (count(least), Some(count(most))),
        }
    }

    fn escaped(&mut self) -> Option<char> {
        let char = self.chars.get(self.at)?;
        self.at += 1;
        Some(match char {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            char => *char,
        })
    }

    fn class(&mut self) -> Characters {
        let negated = self.next_if('^');
        let mut ranges = Vec::new();
        while let Some(start) = self.of_class() {
            let is_range = self.chars.get(self.at) == Some(&'-') && self.chars.get(self.at + 1) != Some(&']');
            self.at += usize::from(is_range);
            let end = if is_range { self.of_class() } else { Some(start) };
            ranges.push((start, end.unwrap_or(start)));
        }
        if negated { without(ranges) } else { ranges }
    }

    /// The next character of a class, or `None` at its end.
    fn of_class(&mut self) -> Option<char> {
        let char = *self.chars.get(self.at)?;
        self.at += 1;
        match char {
            ']' => None,
            '\\' => self.escaped(),
            char => Some(char),
        }
    }
}

fn one(char: char) -> Shape {
    Shape::Characters(vec![(char, char)])
}

/// All characters but these.
fn without(mut ranges: Characters) -> Characters {
    ranges.sort();
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

    #[track_caller]
    fn check(pattern: &str, shortest: usize, longest: Option<usize>, possible: bool, ambiguous: bool) {
        assert!(fault_of_pattern(pattern).is_ok(), "{pattern}");
        let shape = Shape::parse(pattern);
        let found = (shape.shortest(), shape.longest(), shape.is_possible(), shape.is_ambiguous());
        assert_eq!(found, (shortest, longest, possible, ambiguous), "{pattern}: {shape:?}");
    }

    #[test]
    fn lengths() {
        check("^$", 0, Some(0), true, false);
        check("^abc$", 3, Some(3), true, false);
        check("^[0-9a-f]{32}$", 32, Some(32), true, false);
        check("^(?:a|bc)?d{2,3}$", 2, Some(5), true, false);
        check("^a*$", 0, None, true, false);
        check("^a{2,}$", 2, None, true, false);
        check("^()*$", 0, Some(0), true, false);
        check(r"^\.[\]\-a]{2}\n$", 4, Some(4), true, false);
        check("^[0-9A-Za-z._:/@+-]*$", 0, None, true, false);
    }

    #[test]
    fn anchors() {
        check("^a^b$", 2, Some(2), false, false);
        check("^a$b$", 2, Some(2), false, false);
        check("^(^a|b^c)$", 1, Some(2), true, false);
        check("^(b^c)?$", 0, Some(2), true, false);
        check("^(b^c)+$", 2, None, false, false);
        check("^(a$|b)c?$", 1, Some(2), true, false);
        check("^^a$$", 1, Some(1), true, false);
    }

    #[test]
    fn ways_to_read_a_text() {
        check("^(a+)+$", 1, None, true, true);
        check("^(a*)*$", 0, None, true, true);
        check("^(a|a)*$", 0, None, true, true);
        check("^(a|b*)*$", 0, None, true, true);
        check("^([a-z]+|[0-9a-f]+)+$", 1, None, true, true);
        check("^([a-z]+ ?)+$", 1, None, true, true);
        check("^([a-z]{1,32})+$", 1, None, true, true);
        check("^(a{0,100})*$", 0, None, true, true);
        check("^x([^,]*,?)*y$", 2, None, true, true);
        check("^(ab|ac)*$", 0, None, true, false);
        check("^(a|ab)*$", 0, None, true, false);
        check("^([a-z]+-)*[a-z]+$", 1, None, true, false);
        check("^[0-9]+([.][0-9]+)*$", 1, None, true, false);
        check("^([^,]*,)*$", 0, None, true, false);
        check("^([0-9a-f]{2})+$", 2, None, true, false);
        check("^[0-9]+[.][0-9]+[.][0-9]+((a|b|rc)[0-9]+)?[+]?$", 5, None, true, false);
        check("^a*a*$", 0, None, true, false);
    }

    #[test]
    fn all_but_some() {
        let rest = |pattern: &str| Parser { chars: pattern.chars().collect(), at: 0 }.class();
        assert_eq!(rest("^b]"), [('\0', 'a'), ('c', char::MAX)]);
        assert_eq!(rest("^a-zc-eb-~]"), [('\0', '`'), ('\u{7f}', char::MAX)]);
        assert_eq!(rest("^\u{d7ff}]"), [('\0', '\u{d7fe}'), ('\u{e000}', char::MAX)]);
    }
}
