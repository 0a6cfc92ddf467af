//! One line of a text: how it is indented, and whether a key stands on it.

/// One line, without what ends it.
pub(crate) struct Line<'t> {
    pub start: usize,
    pub text: &'t str,
}

impl<'t> Line<'t> {
    /// Counts the spaces before everything else.
    pub fn indent(&self) -> usize {
        self.text.len() - self.text.trim_start_matches(' ').len()
    }

    /// Returns the text before the first visible character.
    pub fn margin(&self) -> &'t str {
        &self.text[..self.text.len() - self.text.trim_start().len()]
    }

    pub fn has_content(&self) -> bool {
        let text = self.text.trim();
        !text.is_empty() && !text.starts_with('#')
    }

    /// The name before the `:`, when the line starts with one.
    pub fn key(&self) -> Option<&'t str> {
        let (key, _) = self.text.split_once(':')?;
        Some(key.trim().trim_matches(['"', '\''])).filter(|key| !key.is_empty())
    }

    /// Returns true if there is no name with something behind it.
    pub fn is_no_pair(&self) -> bool {
        self.has_content() && !self.is_bare_key() && !self.text.contains(": ")
    }

    /// Returns true if there is a name, and its value can only be below.
    pub fn is_bare_key(&self) -> bool {
        let text = self.text.split(" #").next().unwrap_or_default().trim_end();
        let block = [": |", ": >", ": |-", ": >-", ": |+", ": >+"];
        self.has_content() && (text.ends_with(':') || block.iter().any(|block| text.ends_with(block)))
    }
}
