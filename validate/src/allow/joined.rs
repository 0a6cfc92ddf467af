//! The ids of other spans that a signal carries.

use candor_domain::{Join, MOST_LINKS};
use data_encoding::HEXLOWER_PERMISSIVE;

use super::{Pass, count_rest, is_nothing, list};
use crate::draft::Fields;
use crate::json::Json;
use crate::otlp_write::{put_bytes, put_message};
use crate::stopped::Why;

impl Pass<'_, '_> {
    /// The id of the span that the signal belongs to, where it may.
    pub(super) fn parent(&mut self, field: u32, fields: &mut Fields<'_>, name: &'static str, length: usize) {
        if self.joins[Join::Parent as usize] {
            self.id(field, fields, name, length);
        } else if fields.get(name).is_some_and(|json| !is_nothing(json)) {
            self.stop(Why::Unknown, name);
        }
    }

    /// The links, where the signal may have any: their ids, without attributes.
    pub(super) fn links(&mut self, field: u32, links: Option<&Json>) {
        let links = list(links);
        for (position, link) in links.iter().enumerate() {
            let ids = Fields::of(link).and_then(|mut fields| {
                let ids = (read_id(fields.get("traceId")?, 16)?, read_id(fields.get("spanId")?, 8)?);
                Some((ids, fields))
            });
            let Some(((trace, span), fields)) = ids.filter(|_| self.joins[Join::Link as usize]) else {
                let why = if self.joins[Join::Link as usize] { Why::Value } else { Why::Unknown };
                self.stop(why, "link");
                continue;
            };
            if position >= MOST_LINKS {
                self.stop(Why::Value, "link");
                continue;
            }
            put_message(&mut self.out, field, |out| {
                put_bytes(out, 1, &trace);
                put_bytes(out, 2, &span);
            });
            count_rest(&fields, &format!("{} link", self.signal.name), self.stopped);
        }
    }
}

/// The bytes of an id.
pub(super) fn read_id(json: &Json, length: usize) -> Option<Vec<u8>> {
    match json {
        Json::Text(text) => HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok().filter(|id| id.len() == length),
        _ => None,
    }
}
