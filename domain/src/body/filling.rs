//! The attributes of the process, written into the holes of a request.

use super::hole::{CLOSE, FIRST, OBJECT, OPEN, SPREAD, separate};
use super::template::Own;
use super::write::{Members, MembersEncoder, Recorded};

/// Attributes of the process in the form of a body.
#[derive(Debug, Clone, Default)]
pub struct Filling {
    text: Vec<u8>,
    recorded: Recorded,
}

impl Filling {
    /// Keeps what `record` writes. `own` are the attributes that have a place of their own: [`Body::of_resource`].
    ///
    /// [`Body::of_resource`]: super::Body::of_resource
    pub fn record(own: &[Own], record: impl FnOnce(&mut MembersEncoder<'_, Vec<u8>>)) -> Self {
        let mut filling = Filling::default();
        let mut encoder = MembersEncoder::new(&mut filling.text, own, &mut filling.recorded);
        record(&mut encoder);
        encoder.finish();
        filling
    }

    /// A copy of a written body, or of a request, with its holes filled.
    pub fn fill(&self, mut body: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(body.len() + self.text.len());
        while let Some((before, hole)) = split_at(body, OPEN) {
            out.extend_from_slice(before);
            let (hole, behind) = split_at(hole, CLOSE).unwrap_or_default();
            if let Some((sort, key)) = hole.split_first() {
                self.put(&mut out, *sort, key);
            }
            // An object that begins with what is absent begins with what follows.
            let first = matches!(out.last(), Some(b'{'));
            body = if first { behind.strip_prefix(b",").unwrap_or(behind) } else { behind };
        }
        out.extend_from_slice(body);
        out
    }

    fn put(&self, out: &mut Vec<u8>, sort: u8, key: &[u8]) {
        let members = Members { text: &self.text, recorded: &self.recorded };
        match sort {
            OBJECT => {
                out.push(b'{');
                members.put_rest(out);
                out.push(b'}');
            }
            SPREAD => members.put_rest(out),
            own => {
                let value = members.own(own.wrapping_sub(FIRST));
                if !value.is_empty() {
                    separate(out);
                    out.extend_from_slice(key);
                    out.extend_from_slice(value);
                }
            }
        }
    }
}

/// The bytes before and behind the first of these.
fn split_at(bytes: &[u8], byte: u8) -> Option<(&[u8], &[u8])> {
    let (before, rest) = bytes.split_at(bytes.iter().position(|known| *known == byte)?);
    Some((before, &rest[1..]))
}
