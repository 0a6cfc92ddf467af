//! A form of the page that no page can have.

use std::collections::HashMap;

use crate::finding::quote;
use crate::index::Index;
use crate::model::Located;
use crate::page::{Column, ColumnModel, Layout, Lines, PageModel};
use crate::{Check, Finding, Place, Severity};

/// Found by [`check_bad_page`].
pub const CHECK: Check = Check {
    code: "E0243",
    severity: Severity::Error,
    waivable: false,
    title: "bad page",
    what: "`docs` asks for one column twice, for columns without `reason`, `description` and `data`, for a line per attribute in `layout: list`, which lists them anyway, or for a \
           heading or a word that is blank or breaks the line; or `default_word` and `opt_in_word` are the same.",
    why: "The page tells people what is collected by default. It has to say so in words that differ.",
    wrong: "docs: {columns: [data, reason, data]}\n",
    right: "docs: {columns: [data, reason]}\n",
};

/// Looks at the form of the page.
pub fn check_bad_page(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let Some(docs) = &index.model.docs else { return };
    let page = &docs.page;
    check_columns(page, findings);
    let words = [("default_word", &page.default_word), ("opt_in_word", &page.opt_in_word)];
    let titles = page.columns.iter().map(|column| ("title", &column.title));
    for (key, text) in words.into_iter().chain(titles) {
        findings.extend(text.as_ref().and_then(|text| fault_of_text(key, text)));
    }
    let word = |text: &Option<Located<String>>, usual: &str| {
        text.as_ref().map_or(usual.to_owned(), |text| text.value.trim().to_lowercase())
    };
    let written = page.opt_in_word.as_ref().or(page.default_word.as_ref());
    if let Some(written) = written.filter(|_| word(&page.default_word, "yes") == word(&page.opt_in_word, "no")) {
        let message = "the words for “by default” and for “only after opting in” are the same";
        findings.push(CHECK.at(written.place, message).help("choose two that differ, such as Yes and No"));
    }
    let list = page.layout.as_ref().is_some_and(|layout| layout.value == Layout::List);
    if let Some(lines) = page.lines.as_ref().filter(|lines| list && lines.value == Lines::Attribute) {
        let message = "`layout: list` lists the attributes below each row";
        findings.push(CHECK.at(lines.place, message).help("remove `lines`, or use another `layout`"));
    }
}

fn check_columns(page: &PageModel, findings: &mut Vec<Finding>) {
    let telling =
        |column: &&ColumnModel| matches!(column.column.value, Column::Reason | Column::Description | Column::Data);
    if let Some(first) = page.columns.first().filter(|_| !page.columns.iter().any(|column| telling(&column))) {
        let message = "these columns do not tell what is collected";
        findings.push(CHECK.at(first.column.place, message).help("add `reason`, `description` or `data`"));
    }
    let mut seen: HashMap<&str, Place> = HashMap::new();
    for column in &page.columns {
        let word = column.column.value.word();
        if let Some(first) = seen.insert(word, column.column.place) {
            let message = format!("the column {} is there twice", quote(word));
            findings.push(CHECK.at(column.column.place, message).label(first, "first here").help("keep one of them"));
        }
    }
}

fn fault_of_text(key: &str, text: &Located<String>) -> Option<Finding> {
    if text.value.trim().is_empty() {
        return Some(CHECK.at(text.place, format!("this `{key}` is empty")).help("say it in a few words"));
    }
    let broken = text.value.contains(['\n', '\r']);
    broken.then(|| CHECK.at(text.place, format!("this `{key}` has a line break")).help("write it on one line"))
}
