//! Mistakes as compile errors, each with its code.

use candor_schema::Check;
use proc_macro2::Span;

/// A compile error of this check: what is wrong, and the code that `candor explain` knows.
pub fn mistake(check: &Check, span: Span, message: impl std::fmt::Display) -> syn::Error {
    syn::Error::new(span, format!("{message} [{}]", check.code))
}
