//! The environment as a value, so that tests can make one up.

use std::ffi::OsString;

/// Looks up a variable of the environment.
pub(super) type Environment<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// The variable and its value. One that is empty, or only spaces, is not set.
pub(super) fn set<'n>(name: &'n str, environment: Environment<'_>) -> Option<(&'n str, OsString)> {
    let value = environment(name)?;
    let is_blank = value.to_str().is_some_and(|value| value.trim().is_empty());
    (!is_blank).then_some((name, value))
}
