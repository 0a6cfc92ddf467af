//! JSON text as values: numbers stay as they are written, keys may be there twice, half a surrogate pair may be escaped.

use super::model::Value;

/// The value that a whole text is. `None` where it is no JSON.
pub fn parse(text: &str) -> Option<Value> {
    let mut parser = Parser { rest: text };
    let value = parser.value()?;
    parser.skip_spaces();
    parser.rest.is_empty().then_some(value)
}

struct Parser<'t> {
    rest: &'t str,
}

impl<'t> Parser<'t> {
    fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn take(&mut self, expected: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(expected)?;
        Some(())
    }

    /// A sign of the grammar with what space is around it.
    fn sign(&mut self, expected: &str) -> Option<()> {
        self.skip_spaces();
        self.take(expected)?;
        self.skip_spaces();
        Some(())
    }

    fn value(&mut self) -> Option<Value> {
        self.skip_spaces();
        match self.rest.chars().next()? {
            'n' => self.take("null").map(|()| Value::Null),
            't' => self.take("true").map(|()| Value::Boolean(true)),
            'f' => self.take("false").map(|()| Value::Boolean(false)),
            '"' => self.string().map(Value::Text),
            '[' => self.several("[", "]", Parser::value).map(Value::List),
            '{' => self.several("{", "}", Parser::member).map(Value::Object),
            _ => self.number(),
        }
    }

    fn several<T>(&mut self, open: &str, close: &str, one: fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut all = Vec::new();
        self.sign(open)?;
        if self.sign(close).is_some() {
            return Some(all);
        }
        loop {
            all.push(one(self)?);
            match self.sign(",") {
                Some(()) => {}
                None => return self.take(close).map(|()| all),
            }
        }
    }

    fn member(&mut self) -> Option<(String, Value)> {
        let key = String::from_utf16_lossy(&self.string()?);
        self.sign(":")?;
        Some((key, self.value()?))
    }

    fn string(&mut self) -> Option<Vec<u16>> {
        self.take("\"")?;
        let mut units = Vec::new();
        loop {
            let character = self.character()?;
            match character {
                '"' => return Some(units),
                '\\' => {
                    let unit = self.escape()?;
                    units.push(unit);
                }
                '\0'..='\u{1f}' => return None,
                other => units.extend_from_slice(other.encode_utf16(&mut [0; 2])),
            }
        }
    }

    fn character(&mut self) -> Option<char> {
        let character = self.rest.chars().next()?;
        self.rest = &self.rest[character.len_utf8()..];
        Some(character)
    }

    fn escape(&mut self) -> Option<u16> {
        Some(match self.character()? {
            character @ ('"' | '\\' | '/') => character as u16,
            'b' => 8,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'u' => {
                let digits = self.rest.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
                self.rest = &self.rest[4..];
                u16::from_str_radix(digits, 16).ok()?
            }
            _ => return None,
        })
    }

    fn number(&mut self) -> Option<Value> {
        let end = self.rest.find(|sign: char| !matches!(sign, '0'..='9' | '-' | '+' | '.' | 'e' | 'E'));
        let (text, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        is_number(text).then(|| Value::Raw(text.to_owned()))
    }
}

/// Returns true for a number in JSON's grammar.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) =
        text.split_once(['e', 'E']).map_or((text, "0"), |(mantissa, exponent)| (mantissa, exponent));
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, "0"), |(whole, fraction)| (whole, fraction));
    let whole = whole.strip_prefix('-').unwrap_or(whole);
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let is_whole = whole == "0" || digits(whole) && !whole.starts_with('0');
    is_whole && digits(fraction) && digits(exponent)
}

/// The value as JSON text: for voices that take structures only so. `None` where JSON cannot say it.
pub fn write(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null => "null".to_owned(),
        Value::Boolean(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Double(value) if value.is_finite() => format!("{value:?}"),
        Value::Double(_) => return None,
        Value::Raw(text) => text.clone(),
        Value::Text(units) => quote(units),
        Value::List(items) => {
            let items: Option<Vec<_>> = items.iter().map(write).collect();
            format!("[{}]", items?.join(","))
        }
        Value::Object(members) => {
            let member = |(key, value): &(String, Value)| {
                Some(format!("{}:{}", quote(&key.encode_utf16().collect::<Vec<_>>()), write(value)?))
            };
            let members: Option<Vec<_>> = members.iter().map(member).collect();
            format!("{{{}}}", members?.join(","))
        }
    })
}

/// A text in quotes; half a surrogate pair as an escape.
pub fn quote(units: &[u16]) -> String {
    let character = |unit: Result<char, std::char::DecodeUtf16Error>| match unit {
        Ok(sign @ ('"' | '\\')) => format!("\\{sign}"),
        Ok(control @ '\0'..='\u{1f}') => format!("\\u{:04x}", control as u32),
        Ok(other) => other.to_string(),
        Err(half) => format!("\\u{:04x}", half.unpaired_surrogate()),
    };
    let inside: String = char::decode_utf16(units.iter().copied()).map(character).collect();
    format!("\"{inside}\"")
}
