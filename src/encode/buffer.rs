//! The buffer that encoders write to: room that is there already, a limit, and no surprises at the limit.

use std::io;

use candor_domain::Output;

/// Bytes up to a limit. Once something did not fit, the buffer is *full*: it takes nothing more until it is taken back
/// to a point before that.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    /// Room, all of it initialised; only the first `len` bytes mean anything.
    room: Vec<u8>,
    /// The number of bytes; of a full buffer, with [`FULL`] added, so that one comparison tells that nothing fits.
    len: usize,
    limit: usize,
}

const FULL: usize = 1 << (usize::BITS - 1);

impl Buffer {
    /// All room at once: nothing is allocated later.
    pub fn bounded(limit: usize) -> Self {
        Buffer { room: vec![0; limit], len: 0, limit }
    }

    /// Room as it is needed.
    pub fn growing() -> Self {
        Buffer { room: Vec::new(), len: 0, limit: FULL - 1 }
    }

    /// Room as it is needed, up to a limit.
    pub fn limited(limit: usize) -> Self {
        Buffer { limit, ..Buffer::growing() }
    }

    /// Returns true if so many bytes more fit.
    #[inline(always)]
    pub fn has_room(&self, count: usize) -> bool {
        self.len + count <= self.limit
    }

    /// Takes nothing more until it is taken back.
    pub fn fill(&mut self) {
        self.len |= FULL;
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        self.len & !FULL
    }

    #[inline(always)]
    pub fn is_full(&self) -> bool {
        self.len >= FULL
    }

    pub fn bytes(&self) -> &[u8] {
        &self.room[..self.len()]
    }

    pub fn bytes_mut(&mut self) -> &mut [u8] {
        let len = self.len();
        &mut self.room[..len]
    }

    /// Goes back to a length that the buffer had.
    pub fn rewind(&mut self, len: usize) {
        self.len = len;
    }

    /// The next `count` bytes, to be filled in whole; `None` when they do not fit.
    #[inline(always)]
    pub fn space(&mut self, count: usize) -> Option<&mut [u8]> {
        let start = self.len;
        let end = start + count;
        if end > self.room.len() && !self.grow(end) {
            return None;
        }
        self.len = end;
        self.room.get_mut(start..end)
    }

    #[cold]
    fn grow(&mut self, end: usize) -> bool {
        if end > self.limit {
            self.len |= FULL;
            return false;
        }
        self.room.resize(end.next_power_of_two().max(256).min(self.limit), 0);
        true
    }

    #[inline(always)]
    pub fn put(&mut self, bytes: &[u8]) {
        if let Some(space) = self.space(bytes.len()) {
            space.copy_from_slice(bytes);
        }
    }

    #[inline(always)]
    pub fn push(&mut self, byte: u8) {
        self.put(&[byte]);
    }

    /// Copies the bytes that were written into a vector.
    pub fn into_vec(mut self) -> Vec<u8> {
        self.room.truncate(self.len());
        self.room
    }
}

impl Output for Buffer {
    #[inline(always)]
    fn len(&self) -> usize {
        Buffer::len(self)
    }

    #[inline(always)]
    fn last(&self) -> Option<u8> {
        self.bytes().last().copied()
    }

    #[inline(always)]
    fn put(&mut self, bytes: &[u8]) {
        Buffer::put(self, bytes);
    }

    fn rewind(&mut self, length: usize) {
        if !self.is_full() {
            Buffer::rewind(self, length);
        }
    }

    fn put_int(&mut self, value: i64) {
        self.put(itoa::Buffer::new().format(value).as_bytes());
    }
}

/// Never fails: what does not fit makes the buffer full.
impl io::Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.put(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_makes_it_full_until_it_is_taken_back() {
        let mut buffer = Buffer::bounded(4);
        buffer.put(b"abc");
        buffer.put(b"de");
        buffer.push(b'f');
        assert!(buffer.is_full());
        assert_eq!(buffer.bytes(), b"abc");
        buffer.rewind(3);
        buffer.push(b'f');
        assert_eq!(buffer.bytes(), b"abcf");
    }

    #[test]
    fn a_growing_buffer_grows() {
        let mut buffer = Buffer::growing();
        (0..1000).for_each(|_| buffer.put(b"abc"));
        assert_eq!(buffer.into_vec(), b"abc".repeat(1000));
    }
}
