//! The tables of a Markdown page, without those in code and in comments, and the text of their cells.

use std::borrow::Cow;

use pulldown_cmark::{Event, Options, Parser, Tag};

/// A table of a page.
#[derive(Debug, Default)]
pub struct Table {
    /// The line of its heading, from 1.
    pub line: usize,
    /// The cells of its heading.
    pub heading: Vec<String>,
    /// Each further line: its number and its cells.
    pub rows: Vec<(usize, Vec<String>)>,
}

/// Every table, in order.
pub fn tables(markdown: &str) -> Vec<Table> {
    let page = without_mdx_comments(markdown);
    let line_of = |start: usize| page[..start].matches('\n').count() + 1;
    let mut tables = Vec::new();
    for (event, range) in Parser::new_ext(&page, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::Table(_)) => tables.push(Table { line: line_of(range.start), ..Table::default() }),
            Event::Start(Tag::TableHead) => {
                if let Some(table) = tables.last_mut() {
                    table.heading = cells(&page[range]);
                }
            }
            Event::Start(Tag::TableRow) => {
                if let Some(table) = tables.last_mut() {
                    table.rows.push((line_of(range.start), cells(&page[range])));
                }
            }
            _ => {}
        }
    }
    tables
}

/// The page with spaces for its MDX comments, `{/* … */}`, which Markdown does not know.
fn without_mdx_comments(markdown: &str) -> Cow<'_, str> {
    let mut blanked = String::new();
    let mut rest = markdown;
    while let Some(start) = rest.find("{/*") {
        let Some(length) = rest[start..].find("*/}").map(|end| end + "*/}".len()) else { break };
        blanked += &rest[..start];
        blanked.extend(rest[start..start + length].chars().map(|char| if char == '\n' { '\n' } else { ' ' }));
        rest = &rest[start + length..];
    }
    if blanked.is_empty() && rest.len() == markdown.len() {
        Cow::Borrowed(markdown)
    } else {
        Cow::Owned(blanked + rest)
    }
}

/// The cells of a line of a table. An escaped `|` separates none.
fn cells(line: &str) -> Vec<String> {
    let line = line.lines().next().unwrap_or_default().trim();
    let mut cells = vec![String::new()];
    let mut chars = line.strip_prefix('|').unwrap_or(line).chars().peekable();
    while let Some(char) = chars.next() {
        match (char, chars.peek()) {
            ('\\', Some('|')) => {
                chars.next();
                push(&mut cells, '|');
            }
            ('|', None) => {}
            ('|', _) => cells.push(String::new()),
            (char, _) => push(&mut cells, char),
        }
    }
    cells.iter().map(|cell| plain(cell)).collect()
}

fn push(cells: &mut [String], char: char) {
    if let Some(cell) = cells.last_mut() {
        cell.push(char);
    }
}

/// The text of a cell: no emphasis, no links, no HTML. Code stays in backticks.
fn plain(markdown: &str) -> String {
    let mut text = String::new();
    for event in Parser::new(markdown.trim()) {
        match event {
            Event::Text(part) => text += &part,
            Event::Code(code) if !code.contains('`') => text += &format!("`{code}`"),
            Event::Code(code) => text += &code,
            Event::SoftBreak | Event::HardBreak | Event::InlineHtml(_) => text.push(' '),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tables_that_show() {
        let page = "```\n| a | b |\n|---|---|\n| code | x |\n```\n\n    | a | b |\n    |---|---|\n\n<!--\n| a | b |\n|---|---|\n-->\n\
                    {/*\n| a | b |\n|---|---|\n*/}\n\n- item\n  ~~~\n  | a | b |\n  |---|---|\n  ~~~\n\n> | a | b |\n> |---|---|\n> | quoted | y |\n";
        let tables = tables(page);
        assert_eq!(tables.len(), 1, "{tables:?}");
        assert_eq!((tables[0].line, &tables[0].rows), (25, &vec![(27, vec!["quoted".to_owned(), "y".to_owned()])]));
    }

    #[test]
    fn cells_are_text_and_code() {
        assert_eq!(cells(r"| **a** \| b | `c.d` *e* | [f](https://x) &amp; <b>g</b> |"), ["a | b", "`c.d` e", "f & g"]);
        assert_eq!(cells("a | | c"), ["a", "", "c"]);
    }
}
