//! Texts that a pattern most likely matches. Whether one does, only the reference says.

use fastrand::Rng;

/// A text for a pattern of the subset that catalogues may use.
pub fn sample(pattern: &str, random: &mut Rng) -> String {
    let mut parser = Parser { chars: pattern.chars().collect(), at: 0 };
    let mut text = String::new();
    parser.choice().write(random, &mut text);
    text
}

enum Shape {
    Class { ranges: Vec<(char, char)>, negated: bool },
    Sequence(Vec<Shape>),
    Choice(Vec<Shape>),
    Repeat { part: Box<Shape>, least: usize, most: usize },
}

impl Shape {
    fn write(&self, random: &mut Rng, text: &mut String) {
        match self {
            Shape::Class { ranges, negated: false } => {
                if let Some((first, last)) = random.choice(ranges) {
                    text.push(random.char(*first..=*last));
                }
            }
            Shape::Class { ranges, negated: true } => {
                const CHARACTERS: [char; 8] = ['a', 'Z', '0', '-', ' ', 'ä', '😀', '\n'];
                let is_out = |sign: &&char| !ranges.iter().any(|(first, last)| (first..=last).contains(sign));
                text.extend(random.choice(CHARACTERS.iter().filter(is_out).collect::<Vec<_>>()));
            }
            Shape::Sequence(parts) => parts.iter().for_each(|part| part.write(random, text)),
            Shape::Choice(parts) => {
                if let Some(part) = random.choice(parts) {
                    part.write(random, text);
                }
            }
            Shape::Repeat { part, least, most } => {
                let most = (*most).min(least + 6);
                (0..random.usize(*least..=most)).for_each(|_| part.write(random, text));
            }
        }
    }
}

struct Parser {
    chars: Vec<char>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        self.at += 1;
        self.chars.get(self.at - 1).copied()
    }

    fn take(&mut self, expected: char) -> bool {
        let is_there = self.peek() == Some(expected);
        self.at += usize::from(is_there);
        is_there
    }

    fn choice(&mut self) -> Shape {
        let mut choices = vec![self.sequence()];
        while self.take('|') {
            choices.push(self.sequence());
        }
        Shape::Choice(choices)
    }

    fn sequence(&mut self) -> Shape {
        let mut parts = Vec::new();
        while !matches!(self.peek(), None | Some('|' | ')')) {
            let part = self.atom();
            parts.push(self.repeated(part));
        }
        Shape::Sequence(parts)
    }

    fn atom(&mut self) -> Shape {
        match self.next() {
            Some('^' | '$') | None => Shape::Sequence(Vec::new()),
            Some('[') => self.class(),
            Some('(') => {
                if self.take('?') {
                    self.take(':');
                }
                let inner = self.choice();
                self.take(')');
                inner
            }
            Some('\\') => one(self.escaped()),
            Some(sign) => one(sign),
        }
    }

    fn escaped(&mut self) -> char {
        match self.next().unwrap_or('\\') {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            sign => sign,
        }
    }

    fn class(&mut self) -> Shape {
        let negated = self.take('^');
        let mut ranges = Vec::new();
        while let Some(sign) = self.next().filter(|sign| *sign != ']') {
            let first = if sign == '\\' { self.escaped() } else { sign };
            let is_range = self.peek() == Some('-') && self.chars.get(self.at + 1).is_some_and(|next| *next != ']');
            if !is_range {
                ranges.push((first, first));
                continue;
            }
            self.at += 1;
            let last = self.next().unwrap_or(first);
            ranges.push((first, if last == '\\' { self.escaped() } else { last }));
        }
        Shape::Class { ranges, negated }
    }

    fn repeated(&mut self, part: Shape) -> Shape {
        let (least, most) = match self.peek() {
            Some('*') => (0, usize::MAX),
            Some('+') => (1, usize::MAX),
            Some('?') => (0, 1),
            Some('{') => self.bounds(),
            _ => return part,
        };
        self.at += 1;
        self.take('?');
        Shape::Repeat { part: Box::new(part), least, most }
    }

    /// The numbers in `{n}`, `{n,}` and `{n,m}`, up to the closing brace.
    fn bounds(&mut self) -> (usize, usize) {
        let rest: String = self.chars[self.at + 1..].iter().take_while(|sign| **sign != '}').collect();
        self.at += rest.chars().count() + 1;
        let (least, most) = rest.split_once(',').unwrap_or((&rest, &rest));
        (least.parse().unwrap_or(0), most.parse().unwrap_or(usize::MAX))
    }
}

fn one(sign: char) -> Shape {
    Shape::Class { ranges: vec![(sign, sign)], negated: false }
}
