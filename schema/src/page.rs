//! The form of the Data Explanation on the page: a table, a list or bullets; its columns, lines and words.

#[cfg(feature = "json-schema")]
use schemars::JsonSchema;

use crate::model::{Located, words};

/// The form of the Data Explanation, as written.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
pub struct PageModel {
    /// `table` when missing.
    pub layout: Option<Located<Layout>>,
    /// The columns in their order, each a word or `{column: …, title: …}`. What has no column stands in `reason`, or else
    /// in `description`, or else in the last one.
    #[cfg_attr(feature = "json-schema", schemars(default))]
    pub columns: Vec<ColumnModel>,
    /// A line for each row of the catalogue (`group`), or for each attribute. `group` when missing.
    pub lines: Option<Located<Lines>>,
    /// The word in the column `defaulted` for what is collected by default. `Yes` when missing.
    pub default_word: Option<Located<String>>,
    /// The word for what is collected only after opting in. `No` when missing.
    pub opt_in_word: Option<Located<String>>,
}

/// A column: a word, or a mapping that also has a heading.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnModel {
    /// The kind of its cells.
    pub column: Located<Column>,
    /// Its heading.
    pub title: Option<Located<String>>,
}

words!(
    /// The layout of the Data Explanation.
    Layout {
        /// A table.
        Table = "table",
        /// A list, with the attributes of each row as a list inside.
        List = "list",
        /// A bullet for each line: its title in bold, and its reason.
        Bullets = "bullets",
    }
);

words!(
    /// The things that have a line of their own.
    Lines {
        /// Each row of the catalogue.
        Group = "group",
        /// Each attribute, and each signal that a row discloses.
        Attribute = "attribute",
    }
);

words!(
    /// The columns of the Data Explanation.
    Column {
        /// The word for “by default” or “only after opting in”.
        Defaulted = "defaulted",
        /// Title of the row.
        Data = "data",
        /// Reason of the row.
        Reason = "reason",
        /// Briefs.
        Description = "description",
        /// Examples.
        Example = "example",
        /// Personal data.
        Personal = "personal",
        /// Purpose.
        Purpose = "purpose",
        /// Longest time that it is kept.
        Retention = "retention",
        /// From when it is no longer collected.
        Expires = "expires",
        /// Legal basis.
        LegalBasis = "legal_basis",
        /// The owner.
        Owner = "owner",
        /// Links to more.
        Links = "links",
        /// Version that first listed it.
        Since = "since",
        /// The switch behind which it is.
        Channel = "channel",
        /// Names on the wire.
        Name = "name",
        /// Type and bounds.
        Type = "type",
        /// Unit of a number.
        Unit = "unit",
    }
);

/// The form of the Data Explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageForm {
    /// A table, a list or bullets.
    pub layout: Layout,
    /// The columns that are written, each with its heading if that is written.
    pub columns: Vec<(Column, Option<String>)>,
    /// The things that have a line.
    pub lines: Lines,
    /// The word for what is collected by default.
    pub default_word: String,
    /// The word for what is collected only after opting in.
    pub opt_in_word: String,
}

impl PageForm {
    /// The form as checked.
    pub(crate) fn of(model: &PageModel) -> PageForm {
        let text = |located: &Option<Located<String>>| located.as_ref().map(|located| located.value.clone());
        let column = |model: &ColumnModel| (model.column.value, text(&model.title));
        PageForm {
            layout: model.layout.as_ref().map_or(Layout::Table, |layout| layout.value),
            columns: model.columns.iter().map(column).collect(),
            lines: model.lines.as_ref().map_or(Lines::Group, |lines| lines.value),
            default_word: text(&model.default_word).unwrap_or_else(|| "Yes".to_owned()),
            opt_in_word: text(&model.opt_in_word).unwrap_or_else(|| "No".to_owned()),
        }
    }
}

impl Default for PageForm {
    fn default() -> Self {
        PageForm::of(&PageModel::default())
    }
}
