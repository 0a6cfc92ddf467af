//! Reads the form of the Data Explanation.

use super::keys::COLUMN_KEYS;
use super::mapping::{Map, Reader};
use super::node::{Node, Value};
use crate::page::{Column, ColumnModel, Layout, Lines, PageModel};

impl Reader<'_> {
    pub(super) fn page(&mut self, map: &Map) -> PageModel {
        PageModel {
            layout: map.optional(self, "layout", |r, n| r.word(n, Layout::WORDS, Layout::from_word)),
            columns: map.list(self, "columns", Reader::column),
            lines: map.optional(self, "lines", |r, n| r.word(n, Lines::WORDS, Lines::from_word)),
            default_word: map.optional(self, "default_word", Reader::text),
            opt_in_word: map.optional(self, "opt_in_word", Reader::text),
        }
    }

    fn column(&mut self, node: &Node) -> Option<ColumnModel> {
        let word = |r: &mut Self, n: &Node| r.word(n, Column::WORDS, Column::from_word);
        if !matches!(node.value, Value::Mapping(_)) {
            return Some(ColumnModel { column: word(self, node)?, title: None });
        }
        let map = self.mapping(node, "a column", COLUMN_KEYS)?;
        let column = map.required(self, "column", word);
        let title = map.optional(self, "title", Reader::text);
        Some(ColumnModel { column: column?, title })
    }
}
