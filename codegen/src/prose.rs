//! Pieces of sentences: lists of briefs, full stops, one line. Not what is said.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use candor_schema::{Attribute, escape_invisible};

/// A way to write texts of the catalogue.
pub(crate) struct Style {
    /// Running text.
    pub prose: fn(&str) -> String,
    /// A name or a value.
    pub code: fn(&str) -> String,
}

/// Texts as they are, for a terminal.
pub(crate) const PLAIN: Style = Style { prose: one_line, code: one_line };

/// Each once, in order.
pub(crate) fn distinct<T: Clone + Eq + Hash>(items: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut seen = HashSet::new();
    items.into_iter().filter(|item| seen.insert(item.clone())).collect()
}

/// A brief, and the names that tell entries with the same one apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Named<'c> {
    pub brief: Cow<'c, str>,
    /// On the wire.
    name: &'c str,
    /// In the catalogue.
    id: &'c str,
}

impl<'c> Named<'c> {
    pub fn new(brief: &'c str, name: &'c str, id: &'c str) -> Self {
        Named { brief: Cow::Borrowed(brief.trim_end_matches('.')), name, id }
    }

    /// The same with another brief.
    pub fn with_brief(&self, brief: String) -> Self {
        Named { brief: Cow::Owned(brief), ..self.clone() }
    }

    /// An attribute.
    pub fn of(attribute: &'c Attribute) -> Self {
        Named::new(&attribute.brief, &attribute.name, &attribute.id)
    }
}

/// Briefs as one list. Those that are the same have their names behind them, and no brief has the sign that separates them.
pub(crate) fn list(items: &[Named], style: &Style) -> String {
    const SEPARATORS: [&str; 4] = [", ", "; ", " · ", " • "];
    let mut by_brief: HashMap<&str, Vec<&Named>> = HashMap::new();
    items.iter().for_each(|item| by_brief.entry(&item.brief).or_default().push(item));
    let phrase = |item: &Named| {
        let alike = &by_brief[&*item.brief];
        let brief = (style.prose)(&item.brief);
        if alike.len() == 1 {
            return brief;
        }
        let own_name = alike.iter().filter(|other| other.name == item.name).count() == 1;
        format!("{brief} ({})", (style.code)(if own_name { item.name } else { item.id }))
    };
    let phrases: Vec<String> = items.iter().map(phrase).collect();
    let free = |separator: &&str| !items.iter().any(|item| item.brief.contains(separator.trim()));
    phrases.join(SEPARATORS.into_iter().find(free).unwrap_or(" • "))
}

/// A text with a full stop, unless it ends like a sentence already.
pub(crate) fn sentence(mut text: String) -> String {
    if !text.ends_with(['.', '!', '?', '…']) {
        text.push('.');
    }
    text
}

/// Text on one line: white space and control characters become single spaces, and what does not show an escape.
pub(crate) fn one_line(text: &str) -> String {
    let line = text
        .split(|char: char| char.is_whitespace() || char.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    escape_invisible(&line).into_owned()
}
