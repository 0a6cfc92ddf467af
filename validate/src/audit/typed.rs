//! Texts that the tester typed into the program: wherever one of them turns up, it left.

/// Shortest text that proves anything, and most characters that are compared of a value that was cut.
const SHORTEST: usize = 4;
const CUT: usize = 16;

/// The texts, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Typed {
    texts: Vec<Box<str>>,
}

impl Typed {
    /// Takes in a text. Says whether it is long enough to prove anything.
    pub fn add(&mut self, text: &str) -> bool {
        let text = text.trim();
        let is_one = text.chars().count() >= SHORTEST;
        if is_one {
            self.texts.push(text.into());
        }
        is_one
    }

    /// Positions, from 1, of the texts that a value holds, whole or cut at its end.
    pub fn in_value<'t>(&'t self, value: &'t str) -> impl Iterator<Item = usize> + 't {
        let is_in = move |text: &str| {
            let value = value.trim();
            let is_beginning = value.len() >= CUT && text.starts_with(value.trim_end_matches(['…', '.']));
            value.contains(text) || is_beginning
        };
        (1..).zip(&self.texts).filter(move |(_, text)| is_in(text)).map(|(position, _)| position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_cut_or_not_at_all() {
        let mut typed = Typed::default();
        assert!(typed.add(" plan a trip to the moon ") && typed.add("kumquat-7") && !typed.add("abc"));
        let found = |value| typed.in_value(value).collect::<Vec<_>>();
        assert_eq!(found("they said: plan a trip to the moon!"), [1]);
        assert_eq!(found("plan a trip to the…"), [1]);
        assert_eq!(found("kumquat-7 and plan a trip to the moon"), [1, 2]);
        assert!(found("plan a").is_empty() && found("kumquat").is_empty() && found("").is_empty());
    }
}
