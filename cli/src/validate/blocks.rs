//! A file's lines, many at a time, so that its size does not matter.

use std::io::{self, Read};

use memchr::{memchr, memchr_iter, memrchr};

/// The number of bytes that are read at once.
pub const BLOCK_BYTES: usize = 1 << 20;

/// The longest line that is looked at.
pub const MAX_LINE_BYTES: usize = 16 << 20;

/// Reads blocks of whole lines.
pub struct Blocks<R> {
    reader: R,
    /// The beginning of a line whose end has not been read.
    rest: Vec<u8>,
    /// Number of the next line.
    line: usize,
    /// The reason why nothing more can be read. It is told after the last lines.
    failed: Option<io::Error>,
}

/// A part of a file.
#[derive(Debug, PartialEq, Eq)]
pub enum Block {
    /// Whole lines.
    Lines {
        /// Number of the first, from 1.
        first: usize,
        bytes: Vec<u8>,
    },
    /// One line that is longer than [`MAX_LINE_BYTES`].
    TooLong {
        /// Its number, from 1.
        line: usize,
    },
}

impl<R: Read> Blocks<R> {
    pub fn new(reader: R) -> Self {
        Blocks { reader, rest: Vec::new(), line: 1, failed: None }
    }

    /// The next block, in `spare`'s memory; `None` at the end.
    pub fn next(&mut self, mut spare: Vec<u8>) -> io::Result<Option<Block>> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        spare.clear();
        spare.append(&mut self.rest);
        loop {
            let searched = spare.len();
            let ended = self.fill(&mut spare);
            match memrchr(b'\n', &spare[searched..]) {
                Some(newline) => {
                    let end = searched + newline + 1;
                    self.rest.extend_from_slice(&spare[end..]);
                    spare.truncate(end);
                }
                None if ended => {}
                None if spare.len() > MAX_LINE_BYTES => return Ok(Some(self.skip())),
                None => continue,
            }
            let first = self.line;
            self.line += memchr_iter(b'\n', &spare).count();
            if spare.is_empty() {
                return self.failed.take().map_or(Ok(None), Err);
            }
            return Ok(Some(Block::Lines { first, bytes: spare }));
        }
    }

    /// Appends up to a block. Says whether there is no more.
    fn fill(&mut self, bytes: &mut Vec<u8>) -> bool {
        bytes.reserve(BLOCK_BYTES);
        match self.reader.by_ref().take(BLOCK_BYTES as u64).read_to_end(bytes) {
            Ok(read) => read < BLOCK_BYTES,
            Err(error) => {
                self.failed = Some(error);
                true
            }
        }
    }

    /// Passes over the rest of a line.
    fn skip(&mut self) -> Block {
        let line = self.line;
        self.line += 1;
        let mut bytes = Vec::new();
        loop {
            bytes.clear();
            let ended = self.fill(&mut bytes);
            if let Some(newline) = memchr(b'\n', &bytes) {
                self.rest.extend_from_slice(&bytes[newline + 1..]);
                return Block::TooLong { line };
            }
            if ended {
                return Block::TooLong { line };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &[u8]) {
        let mut blocks = Blocks::new(text);
        let (mut read, mut line) = (Vec::new(), 1);
        while let Some(block) = blocks.next(Vec::new()).expect("in memory") {
            let Block::Lines { first, bytes } = block else { panic!("no line is too long") };
            assert_eq!(first, line);
            line += bytes.iter().filter(|byte| **byte == b'\n').count();
            read.extend(bytes);
        }
        assert!(read == text);
    }

    #[test]
    fn lines_come_whole_and_numbered() {
        check(b"");
        check(b"\n");
        check(b"one");
        check(b"one\ntwo\n\nfour");
        let long = |bytes: usize| [vec![b'x'; bytes], vec![b'\n']].concat();
        for around in [BLOCK_BYTES - 2, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1] {
            check(&[long(3), long(around), long(5), vec![b'y'; 7]].concat());
            check(&[long(around), long(around), long(0)].concat());
        }
        check(&vec![b'x'; 3 * BLOCK_BYTES]);
        check(&b"a line\n".repeat(BLOCK_BYTES / 3));
    }

    #[test]
    fn a_line_that_is_too_long_costs_itself() {
        let text =
            [b"one\n".to_vec(), vec![b'x'; MAX_LINE_BYTES + 3 * BLOCK_BYTES], b"\nthree\nfour".to_vec()].concat();
        let mut blocks = Blocks::new(text.as_slice());
        let mut next = || blocks.next(Vec::new()).expect("in memory");
        let lines = |first, text: &str| Some(Block::Lines { first, bytes: text.as_bytes().to_vec() });
        assert_eq!(next(), lines(1, "one\n"));
        assert_eq!(next(), Some(Block::TooLong { line: 2 }));
        assert_eq!(next(), lines(3, "three\nfour"));
        assert_eq!(next(), None);
    }
}
