//! The lists of a telemetry page: attributes below the heading of an event, or what is collected, item by item.
//!
//! `- name (type): text` is an attribute, and items in it are its fields. Other lists are read only where a page has
//! nothing better, below a heading or a sentence about data.

use candor_schema::SignalKind;

use super::draft::{Brief, Draft, DraftAttribute, DraftSignal, DraftType, is_wire_name};
use super::names::{sentence, slug};
use super::page::{Block, ListItem};
use super::phrases::{event_name, examples, is_wire_name as looks_like_a_name};
use super::place::SourcePlace;
use super::types::{Said, guess, type_word, ucum};

/// Reads the lists of a page into a draft. Returns whether there was anything.
pub fn read(blocks: &[Block], start: &SourcePlace, with_phrases: bool, draft: &mut Draft) -> bool {
    let sections = sections(blocks);
    let typed: Vec<_> = sections.iter().filter(|section| section.is_typed()).collect();
    let are_events = typed.len() > 1;
    for section in &typed {
        section.read_attributes(are_events, start, draft);
    }
    if !typed.is_empty() || !with_phrases {
        return !typed.is_empty();
    }
    let about_data: Vec<_> = sections.iter().filter(|section| section.is_about_data()).collect();
    about_data.iter().for_each(|section| section.read_phrases(draft));
    !about_data.is_empty()
}

/// A heading, what it says, and the items below it.
#[derive(Debug, Default)]
struct Section<'b> {
    heading: &'b str,
    /// True below a heading about events.
    among_events: bool,
    /// The paragraph before the first item.
    intro: String,
    items: Vec<&'b ListItem>,
}

fn sections(blocks: &[Block]) -> Vec<Section<'_>> {
    let mut sections = vec![Section::default()];
    let mut above: Vec<(u8, &str)> = Vec::new();
    for block in blocks {
        let Some(last) = sections.last_mut() else { break };
        match block {
            Block::Heading { level, text, .. } => {
                above.retain(|(other, _)| other < level);
                let among_events = above.iter().any(|(_, text)| text.to_lowercase().contains("event"));
                above.push((*level, text.trim()));
                sections.push(Section { heading: text.trim(), among_events, ..Section::default() });
            }
            // A paragraph after a list introduces another one.
            Block::Paragraph { text } if last.items.is_empty() => last.intro = text.trim().to_owned(),
            Block::Paragraph { text } => {
                let next = Section { heading: last.heading, intro: text.trim().to_owned(), ..Section::default() };
                sections.push(next);
            }
            Block::Item(item) => last.items.push(item),
            Block::Table(_) => {}
        }
    }
    sections.retain(|section| !section.items.is_empty());
    sections
}

impl<'b> Section<'b> {
    /// Returns true if most of its items are attributes, and one says its type or has its name as code.
    fn is_typed(&self) -> bool {
        let outermost = || self.items.iter().filter(|item| item.depth == 0);
        let typed: Vec<_> = outermost().filter_map(|item| TypedItem::read(item)).collect();
        typed.len() * 2 > outermost().count() && typed.iter().any(|item| item.is_certain)
    }

    fn is_about_data(&self) -> bool {
        const ABOUT: [&str; 14] = [
            "data",
            "collect",
            "record",
            "telemetry",
            "metric",
            "track",
            "report",
            "include",
            "dados",
            "données",
            "daten",
            "데이터",
            "البيانات",
            "information",
        ];
        const NOT: [&str; 12] = [
            "never", " not ", "don't", "do not", "n't ", "opt out", "opt-out", "disable", "why", "delet", "how to",
            "contact",
        ];
        let said =
            format!(" {} {} ", self.heading, self.intro.rsplit(['.', '\n']).next().unwrap_or_default()).to_lowercase();
        let intro = self.intro.to_lowercase();
        let is_refused = |text: &str| NOT.iter().any(|word| text.contains(word));
        let last_sentence = intro.rsplit(". ").next().unwrap_or_default();
        ABOUT.iter().any(|word| said.contains(word) || last_sentence.contains(word))
            && !is_refused(&self.heading.to_lowercase())
            && !is_refused(last_sentence)
    }

    fn read_attributes(&self, are_events: bool, start: &SourcePlace, draft: &mut Draft) {
        let title = self.heading.replace('`', "");
        let title = if title.is_empty() { "Data" } else { title.trim_end_matches(':') };
        let row = draft.row(title, title).id.clone();
        let mut carried = Vec::new();
        let mut position = 0;
        while let Some(item) = self.items.get(position) {
            let inside = self.items[position + 1..].iter().take_while(|inner| inner.depth > item.depth).count();
            let inner = &self.items[position + 1..position + 1 + inside];
            carried.extend(attribute(item, inner, title, &row, start, draft));
            position += 1 + inside;
        }
        let name = event_name(self.heading);
        if !title.is_empty() && (are_events || self.among_events || name.is_some()) {
            let name = name.unwrap_or(title);
            let mut signal = DraftSignal { attributes: carried, ..DraftSignal::new(SignalKind::Event, name) };
            if !self.intro.is_empty() {
                signal.brief = Brief::Said(sentence(&self.intro).0);
            }
            draft.add_signal(name, signal);
        }
    }

    fn read_phrases(&self, draft: &mut Draft) {
        let section = self.heading.trim_end_matches(':').replace('`', "");
        let section = if section.is_empty() { "Data".to_owned() } else { section };
        for item in self.items.iter().filter(|item| item.depth == 0) {
            let text = item.text.trim().trim_start_matches([':', '–', '—', '-']).trim();
            match &item.title {
                Some(title) => {
                    let title = title.trim_end_matches(':').replace('`', "");
                    let id = slug(&title).unwrap_or_else(|| "row".to_owned());
                    let row = draft.row_as(&format!("{id} {}", item.line), &id, &title);
                    row.reason = text.to_owned();
                    let row = row.id.clone();
                    phrase(draft, &row, &row, &title, text);
                }
                None => {
                    let row = draft.row(&section, &section).id.clone();
                    let inner =
                        self.items.iter().filter(|inner| inner.line > item.line && inner.depth == item.depth + 1);
                    let next =
                        self.items.iter().filter(|other| other.depth == 0 && other.line > item.line).map(|o| o.line);
                    let end = next.min().unwrap_or(usize::MAX);
                    let inner = inner.take_while(|inner| inner.line < end).map(|inner| inner.text.trim());
                    let whole = [text].into_iter().chain(inner).collect::<Vec<_>>().join(" ");
                    phrase(draft, &slug(text).unwrap_or_else(|| row.clone()), &row, text, &whole);
                }
            }
        }
    }
}

/// An attribute of which a page only says what it is.
fn phrase(draft: &mut Draft, id: &str, row: &str, brief: &str, text: &str) {
    let kind = guess(&Said { text: brief, ..Said::default() }).kind;
    let mut attribute = DraftAttribute::new(id, kind);
    attribute.brief = Brief::Said(brief.trim_end_matches(['.', ',', ';']).to_owned());
    attribute.name = None;
    row.clone_into(&mut attribute.row);
    if text != brief {
        attribute.add_note(text);
    }
    draft.add(id, attribute);
}

/// Adds the attribute of an item with the items in it. Gives its key, and whether it is always there.
fn attribute(
    item: &ListItem,
    inner: &[&ListItem],
    title: &str,
    row: &str,
    start: &SourcePlace,
    draft: &mut Draft,
) -> Option<(String, bool)> {
    let place = SourcePlace { line: item.line, ..start.clone() };
    let Some(typed) = TypedItem::read(item).filter(|typed| is_wire_name(typed.name)) else {
        draft.left_out.push(place.note(format!("an item that names no attribute: {}", item.text.trim())));
        return None;
    };
    let said = Said { name: typed.name, text: typed.text, ty: typed.ty, unit: typed.unit, example: &typed.example };
    let guess = guess(&said);
    let mut attribute = DraftAttribute::new(typed.name, guess.kind);
    attribute.unit = guess.unit;
    attribute.nullable = guess.nullable || typed.is_nullable;
    guess.examples.into_iter().for_each(|example| {
        attribute.add_example(example);
    });
    attribute.describe(typed.text);
    row.clone_into(&mut attribute.row);
    let wanted = match same(draft, &attribute) {
        Some(known) if inner.is_empty() => return Some((known, typed.is_required)),
        _ => typed.name.to_owned(),
    };
    fields(&typed, inner, title, row, start, draft, &mut attribute);
    Some((draft.add(&wanted, attribute), typed.is_required))
}

/// An attribute that was there before, and is the same.
fn same(draft: &Draft, attribute: &DraftAttribute) -> Option<String> {
    let name = attribute.name.as_deref()?;
    let known = draft.attributes.iter().find(|known| known.name.as_deref().unwrap_or(&known.id) == name)?;
    let is_same = known.kind == attribute.kind && known.brief == attribute.brief && known.unit == attribute.unit;
    is_same.then(|| known.id.clone())
}

/// Items in an item: the fields of its object, or more to say about it.
fn fields(
    typed: &TypedItem<'_>,
    inner: &[&ListItem],
    title: &str,
    row: &str,
    start: &SourcePlace,
    draft: &mut Draft,
    attribute: &mut DraftAttribute,
) {
    let depth = inner.first().map_or(0, |first| first.depth);
    let are_typed = inner.iter().filter(|item| item.depth == depth).all(|item| TypedItem::read(item).is_some());
    if inner.is_empty() || !are_typed {
        return inner.iter().for_each(|item| attribute.add_note(item.text.trim()));
    }
    let mut found = Vec::new();
    for (position, item) in inner.iter().enumerate().filter(|(_, item)| item.depth == depth) {
        let deeper = inner[position + 1..].iter().take_while(|deeper| deeper.depth > depth).count();
        let below = &inner[position + 1..position + 1 + deeper];
        if let Some((id, required)) = self::attribute(item, below, title, row, start, draft) {
            let name = TypedItem::read(item).map_or_else(|| id.clone(), |field| field.name.to_owned());
            found.push((name, id, required));
        }
    }
    let object = DraftType::Object(draft.add_object(typed.name, String::new(), found));
    let is_list = typed.ty.contains("list") || typed.ty.contains("array") || typed.ty.ends_with("[]");
    attribute.kind = if is_list { DraftType::list(object) } else { object };
}

/// `name (type, optional): text`
#[derive(Debug, Default)]
struct TypedItem<'i> {
    name: &'i str,
    ty: &'i str,
    unit: &'i str,
    text: &'i str,
    example: String,
    is_required: bool,
    is_nullable: bool,
    /// True if it says its type, or has its name as code.
    is_certain: bool,
}

impl<'i> TypedItem<'i> {
    fn read(item: &'i ListItem) -> Option<Self> {
        let (name, rest, is_code) = match &item.title {
            Some(title) => (title.trim_end_matches(':').trim(), item.text.as_str(), title.contains('`')),
            None => match item.text.trim().strip_prefix('`').and_then(|rest| rest.split_once('`')) {
                Some((name, rest)) => (name, rest, true),
                None => {
                    let text = item.text.trim();
                    let end = text.find([' ', ':', '(']).unwrap_or(text.len());
                    (&text[..end], &text[end..], false)
                }
            },
        };
        let name = name.trim_matches('`');
        if !looks_like_a_name(name) {
            return None;
        }
        let mut typed = TypedItem { name, is_certain: is_code, ..TypedItem::default() };
        let rest = typed.read_brackets(rest.trim_start());
        let text = rest.trim_start_matches([':', '–', '—', '-', ' ']);
        let is_separated = text.len() < rest.len() || rest.is_empty() && typed.is_certain;
        typed.text = text.trim();
        if typed.ty.is_empty() && type_word(typed.text).is_some() {
            (typed.ty, typed.text, typed.is_certain) = (typed.text, "", true);
        }
        typed.example = examples(typed.text);
        is_separated.then_some(typed)
    }

    /// Reads the brackets behind the name, and returns what follows.
    fn read_brackets(&mut self, rest: &'i str) -> &'i str {
        let Some((inside, after)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) else { return rest };
        for word in inside.split([',', ';']).map(|word| word.trim().trim_matches('`')) {
            match word.to_lowercase().as_str() {
                "optional" => self.is_required = false,
                "required" | "always" => self.is_required = true,
                "nullable" => self.is_nullable = true,
                _ if type_word(word).is_some() || self.ty.is_empty() && is_structure(word) => {
                    (self.ty, self.is_certain) = (word, true);
                }
                _ if ucum(word).is_some() => self.unit = word,
                _ => return rest,
            }
        }
        after.trim_start()
    }
}

fn is_structure(word: &str) -> bool {
    ["object", "map", "json", "list of objects", "object[]", "array of objects"].contains(&word.to_lowercase().as_str())
}
