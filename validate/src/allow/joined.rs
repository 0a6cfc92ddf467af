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
            let may_pass = self.joins[Join::Link as usize];
            let ids = read_link(link).filter(|_| may_pass && position < MOST_LINKS);
            let Some((trace, span, fields)) = ids else {
                self.stop(if may_pass { Why::Value } else { Why::Unknown }, "link");
                continue;
            };
            put_message(&mut self.out, field, |out| {
                put_bytes(out, 1, &trace);
                put_bytes(out, 2, &span);
            });
            count_rest(&fields, &format!("{} link", self.signal.name), self.stopped);
        }
    }
}

/// The ids of a link, and its other members.
pub(super) fn read_link(link: &Json) -> Option<(Vec<u8>, Vec<u8>, Fields<'_>)> {
    let mut fields = Fields::of(link)?;
    Some((read_id(fields.get("traceId")?, 16)?, read_id(fields.get("spanId")?, 8)?, fields))
}

/// The bytes of an id.
pub(super) fn read_id(json: &Json, length: usize) -> Option<Vec<u8>> {
    match json {
        Json::Text(text) => HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok().filter(|id| id.len() == length),
        _ => None,
    }
}
