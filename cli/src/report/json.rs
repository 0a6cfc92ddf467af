//! One JSON document. Its schema is `report.schema.json` beside this.

use serde::Serialize;

use super::{Level, Report};

/// The schema of the document, for people and programs that read it.
pub const SCHEMA: &str = include_str!("report.schema.json");

/// The document's own version: raised when something in it goes away or changes its meaning.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'r> {
    version: u32,
    errors: usize,
    warnings: usize,
    notes: usize,
    #[serde(flatten)]
    report: &'r Report,
}

pub fn render(report: &Report) -> String {
    let document = Document {
        version: VERSION,
        errors: report.count(Level::Error),
        warnings: report.count(Level::Warning),
        notes: report.count(Level::Note),
        report,
    };
    // Plain data with text keys cannot fail.
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}
