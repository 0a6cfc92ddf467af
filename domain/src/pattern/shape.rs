//! The shape of a pattern: how long its texts are, and whether there are any.

/// Ranges of characters, both ends included.
pub(super) type Characters = Vec<(char, char)>;

/// A pattern of the portable subset, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// One character of these ranges, both ends included.
    Characters(Vec<(char, char)>),
    /// The start of the text.
    Start,
    /// The end of the text.
    End,
    /// One part after the other.
    Sequence(Vec<Shape>),
    /// One of these.
    Choice(Vec<Shape>),
    /// A part, so many times.
    Repeat {
        /// The repeated part.
        part: Box<Shape>,
        /// Fewest times.
        least: usize,
        /// Most times; `None` for no bound.
        most: Option<usize>,
    },
}

impl Shape {
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

    /// Returns whether any text matches. A pattern with an anchor in its middle matches none.
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
}

#[cfg(test)]
mod tests {
    use super::super::syntax::parse;

    #[track_caller]
    fn check(pattern: &str, shortest: usize, longest: Option<usize>, possible: bool) {
        let shape = parse(pattern).expect(pattern);
        let found = (shape.shortest(), shape.longest(), shape.is_possible());
        assert_eq!(found, (shortest, longest, possible), "{pattern}: {shape:?}");
    }

    #[test]
    fn lengths() {
        check("^$", 0, Some(0), true);
        check("^abc$", 3, Some(3), true);
        check("^[0-9a-f]{32}$", 32, Some(32), true);
        check("^(?:a|bc)?d{2,3}$", 2, Some(5), true);
        check("^a*$", 0, None, true);
        check("^a{2,}$", 2, None, true);
        check("^()*$", 0, Some(0), true);
        check(r"^\.[\]\-a]{2}\n$", 4, Some(4), true);
        check("^[0-9A-Za-z._:/@+-]*$", 0, None, true);
    }

    #[test]
    fn anchors() {
        check("^a^b$", 2, Some(2), false);
        check("^a$b$", 2, Some(2), false);
        check("^(^a|b^c)$", 1, Some(2), true);
        check("^(b^c)?$", 0, Some(2), true);
        check("^(b^c)+$", 2, None, false);
        check("^(a$|b)c?$", 1, Some(2), true);
        check("^^a$$", 1, Some(1), true);
    }
}
