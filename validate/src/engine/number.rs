//! Numbers of JSON: exact as long as they are whole and of 64 bits, doubles beyond that.

/// A number, as serde_json tells them apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// Whole, without a fraction or an exponent, from the smallest `i64` to the largest `u64`.
    Whole(i128),
    /// With a fraction or an exponent. Finite: JSON that is beyond that is refused.
    Double(f64),
    /// Whole and beyond 64 bits, without a fraction or an exponent: the nearest double, but no integer of 64 bits.
    Beyond(f64),
}

impl Number {
    /// The number that bytes begin with, and its length; `None` when they begin with none.
    #[inline]
    pub(crate) fn read(bytes: &[u8]) -> Option<(Number, usize)> {
        /// So many digits always fit.
        const FITTING: usize = 19;
        let sign = usize::from(bytes.first() == Some(&b'-'));
        let mut magnitude = 0_u64;
        let mut length = sign;
        while let Some(digit) = bytes.get(length).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
            magnitude = magnitude.wrapping_mul(10).wrapping_add(u64::from(digit));
            length += 1;
        }
        let digits = length - sign;
        if digits == 0 || (digits > 1 && bytes[sign] == b'0') {
            return None;
        }
        if digits > FITTING || matches!(bytes.get(length), Some(b'.' | b'e' | b'E')) {
            return read_long(bytes, length);
        }
        let number = if sign == 0 { Number::Whole(i128::from(magnitude)) } else { negative(magnitude) };
        Some((number, length))
    }

    /// Returns true if JSON Schema calls it an integer: `3.0` is one.
    #[inline]
    pub fn is_integer(self) -> bool {
        match self {
            Number::Whole(_) => true,
            Number::Double(value) => value.fract() == 0.0,
            Number::Beyond(_) => true,
        }
    }

    /// Returns true if it is written as an integer that is exact.
    pub(super) fn is_whole(self) -> bool {
        matches!(self, Number::Whole(_))
    }

    /// Returns true if it is no less than a bound.
    #[inline]
    pub fn at_least(self, bound: Bound) -> bool {
        match (self, bound) {
            (Number::Whole(value), Bound::Whole(bound)) => value >= bound.into(),
            (Number::Whole(value), Bound::Double(bound)) => value as f64 >= bound, // as the filter sends it
            // Casts saturate, beyond any whole number of 64 bits.
            (Number::Double(value), Bound::Whole(bound)) => value.floor() as i128 >= bound.into(),
            (Number::Beyond(value), Bound::Whole(_)) => value > 0.0,
            (Number::Double(value) | Number::Beyond(value), Bound::Double(bound)) => value >= bound,
        }
    }

    /// Returns true if it is no more than a bound.
    #[inline]
    pub fn at_most(self, bound: Bound) -> bool {
        match (self, bound) {
            (Number::Whole(value), Bound::Whole(bound)) => value <= bound.into(),
            (Number::Whole(value), Bound::Double(bound)) => value as f64 <= bound,
            (Number::Double(value), Bound::Whole(bound)) => value.ceil() as i128 <= bound.into(),
            (Number::Beyond(value), Bound::Whole(_)) => value < 0.0,
            (Number::Double(value) | Number::Beyond(value), Bound::Double(bound)) => value <= bound,
        }
    }
}

/// Smallest or largest number of a range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    /// A bound of an integer.
    Whole(i64),
    /// A bound of a double.
    Double(f64),
}

fn negative(magnitude: u64) -> Number {
    match 0_i64.checked_sub_unsigned(magnitude) {
        Some(value) if value < 0 => Number::Whole(value.into()),
        Some(_) => Number::Double(-0.0),
        None => Number::Beyond(-(magnitude as f64)),
    }
}

/// A number with a fraction, an exponent or many digits, whose whole part has this length.
#[cold]
fn read_long(bytes: &[u8], whole: usize) -> Option<(Number, usize)> {
    let digits = |from: usize| bytes.get(from..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit());
    let mut length = whole;
    if bytes.get(length) == Some(&b'.') {
        let fraction = digits(length + 1).count();
        length += 1 + fraction;
        if fraction == 0 {
            return None;
        }
    }
    if matches!(bytes.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        let exponent = digits(length + 1 + sign).count();
        length += 1 + sign + exponent;
        if exponent == 0 {
            return None;
        }
    }
    let token = std::str::from_utf8(&bytes[..length]).ok()?;
    let is_digits = length == whole;
    let number = if is_digits { token.parse::<u64>().ok().map(|value| Number::Whole(value.into())) } else { None };
    let of_double = if is_digits { Number::Beyond } else { Number::Double };
    let double = || token.parse().ok().filter(|value: &f64| value.is_finite()).map(of_double);
    number.or_else(double).map(|number| (number, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(token: &str, expected: Option<Number>) {
        let read = Number::read(format!("{token},").as_bytes());
        assert_eq!(read, expected.map(|number| (number, token.len())), "{token}");
    }

    #[test]
    fn whole_numbers_are_exact() {
        for token in ["0", "7", "-1", "9223372036854775807", "-9223372036854775808", "18446744073709551615"] {
            check(token, Some(Number::Whole(token.parse().expect("a number"))));
        }
    }

    #[test]
    fn others_are_doubles() {
        for token in ["-0", "1.5", "1e2", "1E+2", "0.0e-9", "-9223372036854775808.0", "1e-999"] {
            check(token, Some(Number::Double(token.parse().expect("a number"))));
        }
    }

    #[test]
    fn digits_beyond_64_bits_are_no_integer() {
        for token in ["18446744073709551616", "-9223372036854775809", "-9999999999999999999"] {
            check(token, Some(Number::Beyond(token.parse().expect("a number"))));
        }
        let least = Number::Beyond(-9_223_372_036_854_775_808.0);
        assert!(!least.at_least(Bound::Whole(i64::MIN)) && least.at_most(Bound::Whole(i64::MAX)));
    }

    #[test]
    fn what_is_no_number() {
        for token in ["", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "1.e1", "1e999", "-1e309"] {
            check(token, None);
        }
    }

    #[test]
    fn comparing_is_exact() {
        let double = |value| Number::Double(value);
        assert!(Number::Whole(i64::MAX.into()).at_most(Bound::Whole(i64::MAX)));
        assert!(!Number::Whole(i128::from(i64::MAX) + 1).at_most(Bound::Whole(i64::MAX)));
        assert!(!double(9_223_372_036_854_775_807.0).at_most(Bound::Whole(i64::MAX)));
        assert!(Number::Whole((1 << 53) + 1).at_most(Bound::Double(9_007_199_254_740_992.0)));
        assert!(Number::Whole(1).at_least(Bound::Double(0.5)) && !Number::Whole(0).at_least(Bound::Double(0.5)));
        assert!(!double(0.5).at_least(Bound::Whole(1)) && !double(0.5).at_most(Bound::Whole(0)));
        assert!(double(f64::MAX).at_most(Bound::Double(f64::MAX)) && Number::Whole(5).at_most(Bound::Double(f64::MAX)));
    }
}
