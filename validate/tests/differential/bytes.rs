//! Payloads as bytes: written in every way that JSON has, and then broken.

use fastrand::Rng;

use crate::node::Node;

/// A way to write JSON.
struct Style {
    whitespace: &'static [&'static str],
    /// One of so many characters is escaped though it need not be.
    escaped: usize,
    shuffled: bool,
}

pub fn write(node: &Node, random: &mut Rng) -> Vec<u8> {
    let style = Style {
        whitespace: [&[][..], &[], &[" "], &["", " "], &["\n  ", "\t", "\r\n", "", ""]][random.usize(..5)],
        escaped: [usize::MAX, usize::MAX, 16, 1][random.usize(..4)],
        shuffled: random.usize(..3) == 0,
    };
    let mut bytes = Vec::new();
    style.write(node, random, &mut bytes);
    style.space(random, &mut bytes);
    bytes
}

impl Style {
    fn space(&self, random: &mut Rng, bytes: &mut Vec<u8>) {
        if !self.whitespace.is_empty() {
            bytes.extend(self.whitespace[random.usize(..self.whitespace.len())].bytes());
        }
    }

    fn write(&self, node: &Node, random: &mut Rng, bytes: &mut Vec<u8>) {
        self.space(random, bytes);
        match node {
            Node::Null => bytes.extend(b"null"),
            Node::Bool(value) => bytes.extend(value.to_string().bytes()),
            Node::Number(number) => bytes.extend(number.bytes()),
            Node::Text(text) => self.write_text(text, random, bytes),
            Node::List(items) => {
                bytes.push(b'[');
                for (position, item) in items.iter().enumerate() {
                    self.separate(position, random, bytes);
                    self.write(item, random, bytes);
                }
                self.space(random, bytes);
                bytes.push(b']');
            }
            Node::Object(members) => {
                bytes.push(b'{');
                let mut order: Vec<usize> = (0..members.len()).collect();
                if self.shuffled {
                    random.shuffle(&mut order);
                }
                for (position, index) in order.into_iter().enumerate() {
                    let (key, member) = &members[index];
                    self.separate(position, random, bytes);
                    self.space(random, bytes);
                    self.write_text(key, random, bytes);
                    self.space(random, bytes);
                    bytes.push(b':');
                    self.write(member, random, bytes);
                }
                self.space(random, bytes);
                bytes.push(b'}');
            }
        }
    }

    fn separate(&self, position: usize, random: &mut Rng, bytes: &mut Vec<u8>) {
        if position > 0 {
            self.space(random, bytes);
            bytes.push(b',');
        }
    }

    fn write_text(&self, text: &str, random: &mut Rng, bytes: &mut Vec<u8>) {
        bytes.push(b'"');
        for character in text.chars() {
            let must = matches!(character, '"' | '\\' | ..'\u{20}');
            if must || (self.escaped < usize::MAX && random.usize(..self.escaped) == 0) {
                write_escape(character, random, bytes);
            } else {
                bytes.extend(character.encode_utf8(&mut [0; 4]).bytes());
            }
        }
        bytes.push(b'"');
    }
}

fn write_escape(character: char, random: &mut Rng, bytes: &mut Vec<u8>) {
    const SHORT: [(char, u8); 8] = [
        ('"', b'"'),
        ('\\', b'\\'),
        ('/', b'/'),
        ('\u{8}', b'b'),
        ('\u{c}', b'f'),
        ('\n', b'n'),
        ('\r', b'r'),
        ('\t', b't'),
    ];
    if let Some((_, letter)) = SHORT.iter().find(|(short, _)| *short == character && random.bool()) {
        return bytes.extend([b'\\', *letter]);
    }
    for unit in character.encode_utf16(&mut [0; 2]) {
        let escape = if random.bool() { format!("\\u{unit:04x}") } else { format!("\\u{unit:04X}") };
        bytes.extend(escape.bytes());
    }
}

/// One of so many payloads is broken as bytes.
const BROKEN: usize = 12;

pub fn change(bytes: &mut Vec<u8>, random: &mut Rng) {
    if random.usize(..BROKEN) > 0 || bytes.is_empty() {
        return;
    }
    let at = random.usize(..bytes.len());
    match random.usize(..8) {
        0 => bytes.truncate(at),
        1 => bytes[at] = random.u8(..),
        2 => bytes[at] ^= 1 << random.u32(..8),
        3 => drop(bytes.remove(at)),
        4 => {
            let end = (at + random.usize(..12)).min(bytes.len());
            let again = bytes[at..end].to_vec();
            bytes.splice(at..at, again);
        }
        5 => bytes.extend([&b" "[..], b"\n\t", b",", b"}", b"0", b"\0", b"\x0b"][random.usize(..7)]),
        _ => {
            const PIECES: [&[u8]; 24] = [
                b"\"",
                b"\\",
                b"{",
                b"}",
                b"[",
                b"]",
                b",",
                b":",
                b"0",
                b"-",
                b"+",
                b".",
                b"e",
                b" ",
                b"\n",
                b"\0",
                b"\xff",
                b"\xc3",
                b"\xed\xa0\x80",
                b"\\ud800",
                b"\\u12",
                b"\x7f",
                b"\xe2\x80\xa8",
                b"//",
            ];
            bytes.splice(at..at, PIECES[random.usize(..PIECES.len())].iter().copied());
        }
    }
}
