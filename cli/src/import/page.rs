//! The visible parts of a Markdown page: headings, tables, lists and paragraphs, without code and comments, as text.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// A part of a page, and its line from 1.
#[derive(Debug)]
pub enum Block {
    Heading { level: u8, text: String },
    Paragraph { text: String },
    Table(Table),
    Item(ListItem),
}

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

/// An item of a list.
#[derive(Debug, Default, Clone)]
pub struct ListItem {
    pub line: usize,
    /// The number of items around it.
    pub depth: usize,
    /// The bold text at its start.
    pub title: Option<String>,
    /// The rest, without the items in it.
    pub text: String,
}

/// Every part of a page, in order. Of an item, the items in it follow.
pub fn blocks(markdown: &str) -> Vec<Block> {
    let page = without_mdx_comments(markdown);
    let newlines = memchr::memchr_iter(b'\n', page.as_bytes()).collect();
    let mut reader = Reader { page: &page, newlines, blocks: Vec::new(), open: Vec::new(), skipped: 0 };
    for (event, range) in Parser::new_ext(&page, Options::ENABLE_TABLES).into_offset_iter() {
        reader.take(event, range);
    }
    reader.blocks
}

struct Reader<'p> {
    page: &'p str,
    newlines: Vec<usize>,
    blocks: Vec<Block>,
    /// Items that are not at their end, by their position among the blocks.
    open: Vec<usize>,
    /// The number of open blocks of code.
    skipped: usize,
}

impl Reader<'_> {
    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        let line = self.newlines.partition_point(|newline| *newline < range.start) + 1;
        match event {
            Event::Start(Tag::CodeBlock(_)) => self.skipped += 1,
            Event::End(TagEnd::CodeBlock) => self.skipped -= 1,
            Event::Start(Tag::Heading { level, .. }) => {
                self.blocks.push(Block::Heading { level: level as u8, text: String::new() });
            }
            Event::Start(Tag::Paragraph) if self.open.is_empty() => {
                self.blocks.push(Block::Paragraph { text: String::new() });
            }
            Event::Start(Tag::Table(_)) => self.blocks.push(Block::Table(Table { line, ..Table::default() })),
            Event::Start(Tag::TableHead | Tag::TableRow) => {
                let cells = cells(&self.page[range]);
                match self.blocks.last_mut() {
                    Some(Block::Table(table)) if table.heading.is_empty() => table.heading = cells,
                    Some(Block::Table(table)) => table.rows.push((line, cells)),
                    _ => {}
                }
            }
            Event::Start(Tag::Item) => {
                self.blocks.push(Block::Item(ListItem { line, depth: self.open.len(), ..ListItem::default() }));
                self.open.push(self.blocks.len() - 1);
            }
            Event::End(TagEnd::Item) => {
                self.open.pop();
            }
            Event::Start(Tag::Strong) => self.begin_title(),
            Event::End(TagEnd::Strong) => self.end_title(),
            Event::Text(text) if self.skipped == 0 => self.push(&text),
            Event::Code(code) => self.push(&quoted_code(&code)),
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Paragraph) => self.push(" "),
            _ => {}
        }
    }

    fn text(&mut self) -> Option<&mut String> {
        let position = self.open.last().copied().unwrap_or(self.blocks.len().checked_sub(1)?);
        match self.blocks.get_mut(position)? {
            Block::Heading { text, .. } | Block::Paragraph { text } => Some(text),
            Block::Item(item) => Some(&mut item.text),
            Block::Table(_) => None,
        }
    }

    fn push(&mut self, part: &str) {
        if let Some(text) = self.text() {
            *text += part;
        }
    }

    fn item(&mut self) -> Option<&mut ListItem> {
        match self.blocks.get_mut(*self.open.last()?) {
            Some(Block::Item(item)) => Some(item),
            _ => None,
        }
    }

    fn begin_title(&mut self) {
        if let Some(item) = self.item().filter(|item| item.text.trim().is_empty() && item.title.is_none()) {
            item.title = Some(String::new());
        }
    }

    fn end_title(&mut self) {
        if let Some(item) = self.item().filter(|item| item.title.as_ref().is_some_and(String::is_empty)) {
            item.title = Some(std::mem::take(&mut item.text).trim().to_owned());
        }
    }
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
    // Behind a word, nothing starts a list or a quotation.
    for event in Parser::new(&format!("cell {}", markdown.trim())) {
        match event {
            Event::Text(part) => text += &part,
            Event::Code(code) => text += &quoted_code(&code),
            Event::SoftBreak | Event::HardBreak | Event::InlineHtml(_) => text.push(' '),
            _ => {}
        }
    }
    let text = text.split_whitespace().skip(1).collect::<Vec<_>>().join(" ");
    if text == "-" { String::new() } else { text }
}

fn quoted_code(code: &str) -> String {
    if code.contains('`') { code.to_owned() } else { format!("`{code}`") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables(page: &str) -> Vec<Table> {
        let table = |block| if let Block::Table(table) = block { Some(table) } else { None };
        blocks(page).into_iter().filter_map(table).collect()
    }

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
        assert_eq!(cells("| - a | - | >=3 |"), ["- a", "", ">=3"]);
    }

    #[test]
    fn items_and_their_titles() {
        let page = "# Data\n\nIntro\nhere.\n\n- **Version**: of `x`\n  - nested\n- plain\n  ```\n  code\n  ```\n";
        let shown: Vec<_> = blocks(page)
            .iter()
            .map(|block| match block {
                Block::Heading { level, text } => format!("h{level} {text}"),
                Block::Paragraph { text } => format!("p {}", text.trim()),
                Block::Item(item) => format!("{} {} {:?} {}", item.line, item.depth, item.title, item.text.trim()),
                Block::Table(_) => String::new(),
            })
            .collect();
        let expected =
            ["h1 Data", "p Intro here.", "6 0 Some(\"Version\") : of `x`", "7 1 None nested", "8 0 None plain"];
        assert_eq!(shown, expected);
    }
}
