//! Numbers: which doubles are whole, and what the digits of JSON mean.

use crate::{Misfit, Scalar};

/// 2⁶³: the first double beyond the largest whole number of 64 bits.
const BEYOND: f64 = 9_223_372_036_854_775_808.0;

/// The whole number of 64 bits that a double is. `3.0` is 3; `3.5`, `NaN` and 2⁶³ are none.
#[inline]
pub fn whole(value: f64) -> Option<i64> {
    (value.fract() == 0.0 && (-BEYOND..BEYOND).contains(&value)).then_some(value as i64)
}

/// The whole number of 64 bits that a JSON number means. Digits alone are exact; with a fraction or an exponent it is
/// the double that counts.
pub fn int_of_digits(text: &str) -> Option<i64> {
    if text.contains(['.', 'e', 'E']) { whole(text.parse().ok()?) } else { text.parse().ok() }
}

/// The nearest double to a JSON number, if it is finite.
pub fn double_of_digits(text: &str) -> Option<f64> {
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// The whole number that a value means, bounds aside.
pub(crate) fn int_of(value: Scalar<'_>) -> Result<i64, Misfit> {
    let (int, double) = match value {
        Scalar::Int(value) => return Ok(value),
        Scalar::Double(value) => (whole(value), Some(value)),
        Scalar::Digits(digits) => (int_of_digits(digits), double_of_digits(digits)),
        Scalar::Text(_) | Scalar::Boolean(_) => return Err(Misfit::Type),
    };
    let is_whole = double.is_none_or(|double| double.fract() == 0.0);
    int.ok_or(if is_whole { Misfit::TooLarge } else { Misfit::Type })
}

/// The finite number that a value means.
pub(crate) fn double_of(value: Scalar<'_>) -> Result<f64, Misfit> {
    let double = match value {
        Scalar::Int(value) => Some(value as f64),
        Scalar::Double(value) => Some(value).filter(|value| value.is_finite()),
        Scalar::Digits(digits) => double_of_digits(digits),
        Scalar::Text(_) | Scalar::Boolean(_) => return Err(Misfit::Type),
    };
    double.ok_or(Misfit::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, int: Option<i64>, double: Option<f64>) {
        assert_eq!((int_of_digits(text), double_of_digits(text)), (int, double), "{text}");
    }

    #[test]
    fn digits_are_exact() {
        check("9223372036854775807", Some(i64::MAX), Some(BEYOND));
        check("9223372036854775808", None, Some(BEYOND));
        check("-9223372036854775808", Some(i64::MIN), Some(-BEYOND));
        check("-9223372036854775809", None, Some(-BEYOND));
        check("-0", Some(0), Some(-0.0));
    }

    #[test]
    fn a_fraction_or_an_exponent_makes_a_double() {
        check("3.0", Some(3), Some(3.0));
        check("1e17", Some(100_000_000_000_000_000), Some(1e17));
        check("-9223372036854775808.0", Some(i64::MIN), Some(-BEYOND));
        check("9223372036854775807.0", None, Some(BEYOND));
        check("0.5", None, Some(0.5));
        check("1e400", None, None);
    }

    #[test]
    fn what_is_no_number_is_not_whole() {
        assert_eq!([f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(whole), [None; 3]);
    }
}
