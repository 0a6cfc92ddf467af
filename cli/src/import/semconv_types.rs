//! The types and examples of OpenTelemetry's semantic conventions.

use super::draft::{DraftMember, DraftType};
use super::yaml::{Yaml, YamlValue};

/// A type, and what its members say of themselves.
pub struct ReadType {
    pub kind: DraftType,
    pub note: String,
}

/// Reads a type: a word, or the members of an enumeration.
///
/// # Errors
/// Says why a catalogue has no place for it.
pub fn read_type(node: &Yaml) -> Result<ReadType, String> {
    match node.as_text() {
        Some(word) => Ok(ReadType { kind: type_of(word)?, note: String::new() }),
        None if node.get("members").is_some() => members(node.list("members")),
        None => Err("its type is neither a word nor has it members".to_owned()),
    }
}

fn type_of(word: &str) -> Result<DraftType, String> {
    if let Some(item) = word.strip_suffix("[]") {
        return Ok(DraftType::list(type_of(item)?));
    }
    Ok(match word {
        "string" => DraftType::TEXT,
        "int" => DraftType::INT,
        "double" => DraftType::DOUBLE,
        "boolean" => DraftType::Boolean,
        _ if word.starts_with("template[") => return Err(format!("`{word}`, names that are made when it is sent")),
        _ => return Err(format!("values of any kind (`{word}`)")),
    })
}

/// The members of an enumeration. What they say of themselves becomes a note.
fn members(members: &[Yaml]) -> Result<ReadType, String> {
    let value = |member: &Yaml| member.get("value").or(member.get("id")).map(Yaml::to_json);
    let values: Vec<_> = members.iter().filter_map(value).collect();
    let said = members.iter().zip(&values).filter_map(|(member, value)| {
        let brief = member.text("brief").or(member.text("note"))?.trim();
        let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        (!brief.is_empty()).then(|| format!("`{shown}`: {brief}"))
    });
    let note = said.collect::<Vec<_>>().join("\n");
    let drafted = members
        .iter()
        .zip(&values)
        .map(|(member, value)| DraftMember { value: value.clone(), name: member.text("id").map(str::to_owned) });
    Ok(ReadType { kind: DraftType::Enum(drafted.collect()), note })
}

/// The examples of an attribute. Of a list, either one example or several.
pub fn examples<'y>(node: &'y Yaml, kind: &DraftType) -> Vec<&'y Yaml> {
    let Some(examples) = node.get("examples") else { return Vec::new() };
    let is_list = matches!(kind, DraftType::List { .. });
    match &examples.value {
        YamlValue::List(items) if !is_list || items.iter().any(|item| matches!(item.value, YamlValue::List(_))) => {
            items.iter().collect()
        }
        _ => vec![examples],
    }
}
