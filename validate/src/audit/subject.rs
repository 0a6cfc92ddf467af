//! Places in a payload, as pointers and in words.

use crate::engine::words::key;
use crate::json;

/// The pointer to a place that is being visited. Positions in lists are `*`.
#[derive(Debug, Default)]
pub(super) struct Pointer(String);

impl Pointer {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Goes down by a key, and gives what [`back`](Self::back) takes. Very deep places are one place: pointers are kept.
    pub fn down(&mut self, key: &str) -> usize {
        const DEEPEST: usize = 2048;
        let length = self.0.len();
        if length > DEEPEST {
            return length;
        }
        json::push_key(&mut self.0, key);
        length
    }

    pub fn back(&mut self, length: usize) {
        self.0.truncate(length);
    }
}

/// A place in words, in backticks where it has a name.
pub(super) fn subject(pointer: &str) -> String {
    let keys: Vec<String> = json::keys(pointer).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    match keys[..] {
        [] => "the signal".to_owned(),
        ["attributes", ref path @ ..] if !path.is_empty() => key(&dotted(path)),
        [around @ ("resource" | "scope"), ref path @ ..] if !path.is_empty() => {
            format!("{} of the {around}", key(&dotted(path)))
        }
        ["typed"] => "a text that the tester typed".to_owned(),
        ["status", ref path @ ..] if !path.is_empty() => format!("{} of the status", key(&dotted(path))),
        ["events", name] => format!("the event {} of the span", key(name)),
        ["events", name, "attributes", ref path @ ..] if !path.is_empty() => {
            format!("{} of the event {}", key(&dotted(path)), key(name))
        }
        ["links", "*"] => "a link of the span".to_owned(),
        ["links", "*", "attributes", ref path @ ..] if !path.is_empty() => {
            format!("{} of a link", key(&dotted(path)))
        }
        ref path => key(&dotted(path)),
    }
}

fn dotted(path: &[&str]) -> String {
    let mut text = String::new();
    for part in path {
        match *part {
            "*" => text.push_str("[]"),
            part if text.is_empty() => text.push_str(part),
            part => text.extend([".", part]),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_words() {
        for (pointer, expected) in [
            ("", "the signal"),
            ("/attributes/llm", "`llm`"),
            ("/attributes/crew_agents/*/tools_names/*", "`crew_agents[].tools_names[]`"),
            ("/resource/host.name", "`host.name` of the resource"),
            ("/status/message", "`message` of the status"),
            ("/events/exception", "the event `exception` of the span"),
            ("/events/exception/attributes/exception.message", "`exception.message` of the event `exception`"),
            ("/links/*", "a link of the span"),
            ("/links/*/attributes/a~1b", "`a/b` of a link"),
            ("/body", "`body`"),
        ] {
            assert_eq!(subject(pointer), expected);
        }
    }
}
