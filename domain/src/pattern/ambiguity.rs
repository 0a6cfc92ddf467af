//! Finds patterns on which a backtracking matcher could run forever.

use std::collections::HashSet;

use super::shape::{Characters, Shape};

impl Shape {
    /// Returns whether a text may match in a number of ways that doubles with each repetition, as `(a+)+` matches many
    /// `a`. A backtracking matcher then takes forever to say no. A large fixed number of repetitions counts as a small one.
    pub fn is_ambiguous(&self) -> bool {
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
                let optional = most.map_or(usize::from(copies == 0), |most| most.saturating_sub(*least).min(2));
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
/// The positions at which a part may start and end.
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

    /// Returns whether from some position two different ways over the same text lead back to it. Gives up, with no, on patterns
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

#[cfg(test)]
mod tests {
    use super::super::syntax::parse;

    #[track_caller]
    fn check(pattern: &str, ambiguous: bool) {
        assert_eq!(parse(pattern).expect(pattern).is_ambiguous(), ambiguous, "{pattern}");
    }

    #[test]
    fn ways_to_read_a_text() {
        check("^(a+)+$", true);
        check("^(a*)*$", true);
        check("^(a|a)*$", true);
        check("^(a|b*)*$", true);
        check("^([a-z]+|[0-9a-f]+)+$", true);
        check("^([a-z]+ ?)+$", true);
        check("^([a-z]{1,32})+$", true);
        check("^(a{0,100})*$", true);
        check("^x([^,]*,?)*y$", true);
        check("^(ab|ac)*$", false);
        check("^(a|ab)*$", false);
        check("^([a-z]+-)*[a-z]+$", false);
        check("^[0-9]+([.][0-9]+)*$", false);
        check("^([^,]*,)*$", false);
        check("^([0-9a-f]{2})+$", false);
        check("^[0-9]+[.][0-9]+[.][0-9]+((a|b|rc)[0-9]+)?[+]?$", false);
        check("^a*a*$", false);
    }
}
