//! Reads the cells of a telemetry table: the list of what is included, names on the wire, and examples.

/// One thing that a row includes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// A short description.
    pub brief: String,
    /// Its name on the wire, where it stands as code.
    pub name: Option<String>,
}

/// Returns the text around the list of what is included, and the items of the list.
pub fn split(text: &str) -> (String, Vec<Item>) {
    const INTRODUCTIONS: [&str; 8] =
        ["Includes:", "Inclui:", "تشمل:", "Incluye:", "Inclut :", "Inclut:", "Enthält:", "Umfasst:"];
    let found = INTRODUCTIONS.iter().find_map(|introduction| text.split_once(introduction));
    let Some((before, list)) = found else { return split_korean(text) };
    let (end, separators) = outline(list);
    let items = pieces(&list[..end], &separators).map(item_text).filter(|item| !item.is_empty());
    let (claims, items): (Vec<_>, Vec<_>) = items.partition(|item| item.starts_with("no "));
    let around = [before.trim(), &claims.join(", "), list[end..].trim().trim_start_matches('.').trim()];
    let around: Vec<_> = around.into_iter().filter(|text| !text.is_empty()).collect();
    (around.join(" "), items.iter().map(|text| item(text)).collect())
}

/// A list that stands before its verb: `A, B가 포함됩니다.`
fn split_korean(text: &str) -> (String, Vec<Item>) {
    const VERB: &str = "포함";
    let is_outside = |at: &usize| text[..*at].matches('(').count() == text[..*at].matches(')').count();
    let is_verb = |at: &usize| !text[at + VERB.len()..].trim_start().starts_with("불가");
    let mut verbs = text.match_indices(VERB).map(|(at, _)| at).filter(|at| is_outside(at) && is_verb(at));
    let found = verbs.next().filter(|at| !text[..*at].contains(". "));
    let Some(at) = found else { return (text.to_owned(), Vec::new()) };
    let list = text[..at].trim_end().trim_end_matches(['이', '가']);
    let (end, separators) = outline(list);
    let items = pieces(&list[..end], &separators).map(item_text).filter(|item| !item.is_empty()).map(item).collect();
    let rest = text[at..].find(['.', ',']).map_or("", |end| &text[at + end + 1..]);
    (rest.trim().to_owned(), items)
}

/// Finds the end of a list and its separators: semicolons if it has any, else commas. Neither counts in brackets or in
/// code.
fn outline(list: &str) -> (usize, Vec<usize>) {
    let (mut depth, mut code) = (0usize, false);
    let (mut commas, mut semicolons) = (Vec::new(), Vec::new());
    for (position, char) in list.char_indices() {
        match char {
            '`' => code = !code,
            _ if code => {}
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            '.' if list[position + 1..].starts_with(char::is_whitespace) => {
                return (position, if semicolons.is_empty() { commas } else { semicolons });
            }
            ',' | '،' => commas.push(position),
            ';' => semicolons.push(position),
            _ => {}
        }
    }
    (list.len(), if semicolons.is_empty() { commas } else { semicolons })
}

fn pieces<'t>(list: &'t str, separators: &[usize]) -> impl Iterator<Item = &'t str> {
    let starts = std::iter::once(0).chain(separators.iter().copied()).collect::<Vec<_>>();
    let ends = separators.iter().copied().chain([list.len()]).collect::<Vec<_>>();
    starts.into_iter().zip(ends).map(|(start, end)| list[start..end].trim_start_matches([',', ';', '،']))
}

/// An item without what only joins it to the one before.
fn item_text(item: &str) -> &str {
    let item = item.trim().trim_end_matches('.');
    item.strip_prefix("and ").unwrap_or(item).trim()
}

/// The examples in a phrase, `(e.g., 'a', "b")`, as code spans with commas between them.
pub fn examples(text: &str) -> String {
    const INTRODUCTIONS: [&str; 6] = ["e.g.", "such as ", "for example ", "ex:", "예:", "مثل "];
    let lower = text.to_ascii_lowercase();
    let found = INTRODUCTIONS.iter().find_map(|start| lower.find(start).map(|at| at + start.len()));
    let Some(mut rest) = found.and_then(|at| text.get(at..)) else { return String::new() };
    let mut examples = Vec::new();
    loop {
        rest = rest.trim_start_matches([',', ' ', '،']);
        rest = rest.strip_prefix("or ").or_else(|| rest.strip_prefix("and ")).unwrap_or(rest);
        let Some(quote) = rest.chars().next().filter(|char| "'\"`".contains(*char)) else { break };
        let Some((example, after)) = rest[1..].split_once(quote) else { break };
        examples.push(format!("`{}`", example.replace('`', "")));
        rest = after;
    }
    examples.join(", ")
}

/// A name on the wire is the code that an item starts with, or that it ends with in brackets.
pub fn item(text: &str) -> Item {
    let named = |brief: &str, name: &str| Item { brief: brief.to_owned(), name: Some(name.to_owned()) };
    if let Some((code, rest)) = text.strip_prefix('`').and_then(|rest| rest.split_once('`')) {
        let rest = rest.trim_start().trim_start_matches([':', '–', '—', '-', '=']).trim();
        let rest = rest.strip_prefix('(').and_then(|inside| inside.strip_suffix(')')).unwrap_or(rest);
        if is_wire_name(code) {
            return named(if rest.is_empty() { code } else { rest }, code);
        }
    }
    let in_brackets = text.strip_suffix("`)").and_then(|rest| rest.rsplit_once("(`"));
    if let Some((brief, code)) = in_brackets.filter(|(brief, code)| is_wire_name(code) && !brief.trim().is_empty()) {
        return named(brief.trim(), code);
    }
    Item { brief: text.to_owned(), name: None }
}

/// The name on the wire that a cell is: code, or a word with the marks of a name.
pub fn name_of(cell: &str) -> Option<&str> {
    let code = cell.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')).filter(|code| !code.contains('`'));
    let word = (!cell.contains(char::is_whitespace) && cell.contains(['_', '.', ':', '/'])).then_some(cell);
    code.or(word).filter(|name| is_wire_name(name))
}

/// The event that a heading names: code, or a word with the marks of a name.
pub fn event_name(heading: &str) -> Option<&str> {
    let heading = heading.trim().trim_end_matches(':');
    let heading = heading.strip_prefix("Event:").or_else(|| heading.strip_prefix("event:")).unwrap_or(heading).trim();
    name_of(heading)
}

/// Returns true for a text that looks like a name on the wire.
pub fn is_wire_name(code: &str) -> bool {
    let inside = code.trim_end_matches(['?', '!']);
    inside.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && inside.chars().all(|char| char.is_ascii_alphanumeric() || "_.:/-".contains(char))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, reason: &str, items: &[(&str, Option<&str>)]) {
        let (said, found) = split(text);
        let found: Vec<_> = found.iter().map(|item| (item.brief.as_str(), item.name.as_deref())).collect();
        assert_eq!((said.as_str(), &found[..]), (reason, items), "{text}");
    }

    #[test]
    fn lists() {
        check("Tracks use. Example: v1.2, 3.", "Tracks use. Example: v1.2, 3.", &[]);
        check("Includes: a, b (c, d), and e. All fine.", "All fine.", &[("a", None), ("b (c, d)", None), ("e", None)]);
        check("Why. Includes: a, b; c. No personal data.", "Why. No personal data.", &[("a, b", None), ("c", None)]);
        check("Includes: `a, b` or c, d", "", &[("`a, b` or c", None), ("d", None)]);
    }

    #[test]
    fn lists_before_their_verb() {
        check("이름(개인 정보 포함 불가), 수 포함. 끝", "끝", &[("이름(개인 정보 포함 불가)", None), ("수", None)]);
        check(
            "키 및 ID, 유형(예: 'a', 'b')이 포함됩니다. 모두 비개인 정보입니다.",
            "모두 비개인 정보입니다.",
            &[("키 및 ID", None), ("유형(예: 'a', 'b')", None)],
        );
        assert_eq!(examples("유형(예: 'a', 'b')"), "`a`, `b`");
        assert_eq!(examples("kind (e.g., 'one' or `two`, three)"), "`one`, `two`");
        assert_eq!(examples("kind"), "");
    }

    #[test]
    fn names_on_the_wire() {
        check(
            "Includes: `os.name`, `cpu_count`: number of cores, `verbose?` (whether it is), number of runs (`runs`).",
            "",
            &[
                ("os.name", Some("os.name")),
                ("number of cores", Some("cpu_count")),
                ("whether it is", Some("verbose?")),
                ("number of runs", Some("runs")),
            ],
        );
        check(
            "Includes: kind (e.g. `x`), `two words` here.",
            "",
            &[("kind (e.g. `x`)", None), ("`two words` here", None)],
        );
    }
}
