//! The rows of a published table, laid out as a catalogue in which the gaps are named.

use std::fmt::Write;

use candor_schema::Collected;

use super::table::RowSkeleton;

/// The catalogue of this name.
pub fn render(rows: &[RowSkeleton], name: &str) -> String {
    let name = quoted(name);
    let mut text = format!("candor: 1\nname: {name}\ntitle: {name}\nversion: 1.0.0\nservice: {name}\n");
    if rows.iter().any(|row| row.collected == Collected::OptIn) {
        text += "# The table does not say what switches opting in: `consent: {opt_in: …}`\n";
    }
    text += "\nrows:\n";
    rows.iter().for_each(|row| render_row(&mut text, row));
    text += "\n# The table does not say types, bounds or names on the wire that are not here.\nattributes:\n";
    for row in rows {
        let collected = row.collected.word().unwrap_or("opt_in");
        for (id, item) in &row.attributes {
            let _ = writeln!(text, "  {id}:\n    row: {}\n    collected: {collected}", row.id);
            if let Some(name) = &item.name {
                let _ = writeln!(text, "    name: {}", quoted(name));
            }
            let _ = writeln!(text, "    type: string\n    max_length: 256\n    brief: {}", quoted(&item.brief));
        }
    }
    text + "\n# The table does not say what is sent when: list `spans:` and `events:`, and what each carries.\n"
}

fn render_row(text: &mut String, row: &RowSkeleton) {
    let _ = writeln!(text, "  {}:\n    title: {}", row.id, quoted(&row.title));
    if !row.reason.is_empty() {
        let _ = writeln!(text, "    reason: {}", quoted(&row.reason));
    }
    let _ = match row.personal {
        Some(personal) => writeln!(text, "    personal: {}", personal.word()),
        None => writeln!(text, "    # personal: none or possible?"),
    };
}

/// A text in quotes, as YAML and JSON both write it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
