//! The protobuf wire format, as far as OTLP needs it: writing, and reading back what was written.
//! <https://protobuf.dev/programming-guides/encoding/>

use super::Buffer;

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

/// Returns the length of a varint in bytes.
#[inline(always)]
pub(crate) const fn varint_len(value: usize) -> usize {
    if value < 0x80 { 1 } else { ((usize::BITS - value.leading_zeros()) as usize).div_ceil(7) }
}

/// Writes a varint at the beginning of `out`, which has room for it, and gives back what is behind it.
#[inline(always)]
pub(crate) fn fill_varint(out: &mut [u8], mut value: u64) -> &mut [u8] {
    let mut at = 0;
    while value >= 0x80 {
        out[at] = value as u8 | 0x80;
        value >>= 7;
        at += 1;
    }
    out[at] = value as u8;
    &mut out[at + 1..]
}

pub(crate) fn put_varint(out: &mut Buffer, value: u64) {
    let mut bytes = [0; 10];
    let unused = fill_varint(&mut bytes, value).len();
    out.put(&bytes[..10 - unused]);
}

#[inline(always)]
pub(crate) fn put_bytes(out: &mut Buffer, tag: u8, bytes: &[u8]) {
    let length = varint_len(bytes.len());
    if let Some(space) = out.space(1 + length + bytes.len()) {
        space[0] = tag;
        fill_varint(&mut space[1..], bytes.len() as u64).copy_from_slice(bytes);
    }
}

/// Begins a length-delimited field whose length is not known yet; [`end`] fills it in. `reserved` is how many bytes the
/// length will probably take.
#[inline(always)]
pub(crate) fn begin(out: &mut Buffer, tag: u8, reserved: usize) -> Nested {
    if let Some(space) = out.space(1 + reserved) {
        space[0] = tag;
    }
    Nested { start: out.len(), reserved }
}

/// A length-delimited field that was begun.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Nested {
    start: usize,
    reserved: usize,
}

/// Ends a field. Where its length takes another number of bytes than reserved, its contents are moved.
#[inline(always)]
pub(crate) fn end(out: &mut Buffer, Nested { start, reserved }: Nested) {
    let length = out.len() - start;
    if varint_len(length) != reserved {
        return end_elsewhere(out, start, reserved);
    }
    if !out.is_full() {
        fill_varint(&mut out.bytes_mut()[start - reserved..start], length as u64);
    }
}

fn end_elsewhere(out: &mut Buffer, start: usize, reserved: usize) {
    let length = out.len() - start;
    let needed = varint_len(length);
    let moved = start - reserved + needed;
    if needed > reserved && out.space(needed - reserved).is_none() || out.is_full() {
        return;
    }
    let bytes = out.bytes_mut();
    bytes.copy_within(start..start + length, moved);
    fill_varint(&mut bytes[start - reserved..moved], length as u64);
    out.rewind(moved + length);
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
            for reserved in [1, 2, 3] {
                let mut out = Buffer::growing();
                let outer = begin(&mut out, tag_len(2), reserved);
                let inner = begin(&mut out, tag_len(1), reserved);
                out.put(&vec![7; length]);
                end(&mut out, inner);
                end(&mut out, outer);
                let (number, field) = Reader(out.bytes()).next().expect("a field");
                let Field::Bytes(bytes) = field else { panic!("{field:?}") };
                assert_eq!(number, 2);
                assert_eq!(Reader(bytes).next(), Some((1, Field::Bytes(&vec![7; length]))));
            }
        }
    }

    #[test]
    fn a_full_buffer_stays_as_it_is() {
        let mut out = Buffer::bounded(130);
        let field = begin(&mut out, tag_len(1), 1);
        out.put(&[7; 128]);
        end(&mut out, field);
        assert!(out.is_full(), "the longer length does not fit");
    }
}
