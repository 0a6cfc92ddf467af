//! The protobuf wire format, as far as OTLP needs it: writing, and reading back what was written.
//! <https://protobuf.dev/programming-guides/encoding/>

/// Tag of a length-delimited field.
pub(crate) const fn tag_len(field: u8) -> u8 {
    (field << 3) | 2
}

/// Tag of a varint field.
pub(crate) const fn tag_varint(field: u8) -> u8 {
    field << 3
}

/// Tag of a 64-bit field.
pub(crate) const fn tag_fixed64(field: u8) -> u8 {
    (field << 3) | 1
}

pub(crate) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

pub(crate) fn put_bytes(out: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    out.push(tag);
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Begins a length-delimited field whose length is not known yet; [`end`] fills it in.
pub(crate) fn begin(out: &mut Vec<u8>, tag: u8) -> usize {
    out.push(tag);
    out.push(0);
    out.len()
}

/// Ends the field begun at `start`. Most fit one byte of length; a longer one is moved up to make room.
pub(crate) fn end(out: &mut Vec<u8>, start: usize) {
    let length = out.len() - start;
    if length < 0x80 {
        out[start - 1] = length as u8;
        return;
    }
    let mut bytes = [0; 10];
    let mut count = 0;
    let mut rest = length;
    while rest >= 0x80 {
        bytes[count] = rest as u8 | 0x80;
        rest >>= 7;
        count += 1;
    }
    bytes[count] = rest as u8;
    let extra = count; // one byte was reserved
    out.resize(out.len() + extra, 0);
    out.copy_within(start..start + length, start + extra);
    out[start - 1..start + extra].copy_from_slice(&bytes[..=count]);
}

/// One field of a message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Field<'a> {
    Varint(u64),
    Fixed64(u64),
    Fixed32(u32),
    Bytes(&'a [u8]),
}

/// The fields of a message; ends at the first byte that makes no sense.
pub(crate) struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }
}

impl<'a> Iterator for Reader<'a> {
    type Item = (u64, Field<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let tag = self.varint()?;
        let field = match tag & 7 {
            0 => Field::Varint(self.varint()?),
            1 => Field::Fixed64(u64::from_le_bytes(self.take(8)?.try_into().ok()?)),
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                Field::Bytes(self.take(length)?)
            }
            5 => Field::Fixed32(u32::from_le_bytes(self.take(4)?.try_into().ok()?)),
            _ => return None,
        };
        Some((tag >> 3, field))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_every_size_come_back() {
        for length in [0, 1, 127, 128, 300, 16_383, 16_384, 70_000] {
            let mut out = Vec::new();
            let outer = begin(&mut out, tag_len(2));
            let inner = begin(&mut out, tag_len(1));
            out.resize(out.len() + length, 7);
            end(&mut out, inner);
            end(&mut out, outer);
            let (number, field) = Reader(&out).next().expect("a field");
            let Field::Bytes(bytes) = field else { panic!("{field:?}") };
            assert_eq!(number, 2);
            assert_eq!(Reader(bytes).next(), Some((1, Field::Bytes(&vec![7; length]))));
        }
    }
}
