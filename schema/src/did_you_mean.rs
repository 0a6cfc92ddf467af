//! Did you mean: the name nearest to a misspelt one.

/// The candidate nearest to `word`, when one is near enough to be what was meant.
///
/// ```
/// assert_eq!(candor_schema::did_you_mean("crew_proces", ["crew_process", "crew_key"]), Some("crew_process"));
/// assert_eq!(candor_schema::did_you_mean("banana", ["crew_process"]), None);
/// ```
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    near(word, candidates).map(|near| near.name)
}

/// Longest word that is compared with others: nobody mistypes a page of text.
const LONGEST: usize = 256;

/// The name that was probably meant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Near<'a> {
    pub name: &'a str,
    /// True if nothing else can have been meant, so that it may be written without asking.
    pub certain: bool,
}

/// Most edits between a word and what was certainly meant by it.
const CERTAIN: usize = 2;

/// The same, as long as there is `effort` left to compare characters.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    effort: &mut usize,
) -> Option<Near<'a>> {
    if word.len() > LONGEST {
        return None;
    }
    let mut limit = (word.chars().count() / 3).max(1);
    let mut found = None;
    for candidate in candidates {
        if candidate.len().abs_diff(word.len()) > limit || candidate == word {
            continue;
        }
        let (word, rest) = without_common_ends(word, candidate);
        *effort = effort.checked_sub(candidate.len() + word.len() * rest.len())?;
        let distance = strsim::osa_distance(word, rest);
        match &mut found {
            None if distance <= limit => found = Some(Near { name: candidate, certain: distance <= CERTAIN }),
            Some(near) if distance == limit => near.certain = false,
            Some(near) if distance < limit => *near = Near { name: candidate, certain: distance <= CERTAIN },
            _ => continue,
        }
        limit = distance;
    }
    found
}

/// The same, however long it takes: for few candidates.
pub(crate) fn near<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<Near<'a>> {
    let mut unlimited = usize::MAX;
    nearest(word, candidates, &mut unlimited)
}

/// Two words without what they start and end with alike, which does not change their distance.
fn without_common_ends<'a, 'b>(a: &'a str, b: &'b str) -> (&'a str, &'b str) {
    let start: usize = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(char, _)| char.len_utf8()).sum();
    let (a, b) = (&a[start..], &b[start..]);
    let ends = a.chars().rev().zip(b.chars().rev()).take_while(|(a, b)| a == b);
    let end: usize = ends.map(|(char, _)| char.len_utf8()).sum();
    (&a[..a.len() - end], &b[..b.len() - end])
}
