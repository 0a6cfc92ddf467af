//! The ids of other spans that a signal carries.

use candor_domain::{Join, MOST_LINKS, Signal};
use data_encoding::HEXLOWER_PERMISSIVE;

use super::{Pass, count_rest, is_nothing, list};
use crate::draft::Fields;
use crate::engine::words;
use crate::json::Json;
use crate::otlp_write::{put_bytes, put_message};
use crate::stopped::{Stopped, Why};

impl Pass<'_, '_> {
    /// The id of the span that the signal belongs to, where it may.
    pub(super) fn parent(&mut self, field: u32, fields: &mut Fields<'_>, name: &'static str, length: usize) {
        if self.joins[Join::Parent as usize] {
            self.id(field, fields, name, length);
        } else if fields.get(name).is_some_and(|json| !is_nothing(json)) {
            self.stop(Why::Unknown, name);
        }
    }

    /// Writes the links, where the signal may have any.
    pub(super) fn links(&mut self, field: u32, given: Option<&Json>) {
        for (trace, span) in links(self.signal, self.joins[Join::Link as usize], given, self.stopped) {
            put_message(&mut self.out, field, |out| {
                put_bytes(out, 1, &trace);
                put_bytes(out, 2, &span);
            });
        }
    }
}

/// The bytes of the ids of a trace and a span.
type Link = (Vec<u8>, Vec<u8>);

/// The links that pass: their ids, without attributes, and no more than a span may have.
pub(super) fn links(signal: &Signal, may_pass: bool, given: Option<&Json>, stopped: &mut Stopped) -> Vec<Link> {
    let whose = format!("{} link", signal.name);
    let mut links = Vec::new();
    for link in list(given) {
        match read_link(link).filter(|_| may_pass && links.len() < MOST_LINKS) {
            Some((trace, span, rest)) => {
                links.push((trace, span));
                count_rest(&rest, &whose, stopped);
            }
            None => stopped.add(
                format!("{} {}", signal.name, words::key("link")),
                if may_pass { Why::Value } else { Why::Unknown },
            ),
        }
    }
    links
}

/// The ids of a link, and its other members.
fn read_link(link: &Json) -> Option<(Vec<u8>, Vec<u8>, Fields<'_>)> {
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
