//! `#[derive(Telemetry)]` and `catalogue!`: Rust held against a telemetry catalogue while it compiles.
//!
//! ```text
//! tokens ─input→ Input ─attr→ attributes ─validate→ plan ─expand→ tokens      mistakes ─fallback→ inert impls
//! ```
//! The plan and its expansion are `candor-codegen`'s: the derive and the generator write the same code.
//! Use it through the crate `candor`, which re-exports and documents it.

mod attr;
mod constants;
mod fallback;
mod input;
mod mistake;
#[cfg(test)]
mod random;
mod source;
mod validate;
mod written;

use proc_macro::TokenStream;

/// Implements `Telemetry` for a struct that is a span or event of a catalogue, or makes a struct or enum a value of it.
///
/// On a struct: `#[telemetry(catalogue = "…", span = "…")]`, or `event = "…"`, or `object = "…"`. Each field is the
/// attribute of the same name, or `#[telemetry(attribute = "…")]`, or `#[telemetry(skip)]`: a new field forces a
/// decision. On an enum: `#[telemetry(catalogue = "…", attribute = "…")]`; each variant is the member of the same name,
/// or `#[telemetry(member = "…")]`.
///
/// The catalogue's path is seen from the package's own folder (the one with `Cargo.toml`) or, when there is nothing,
/// from the folders above it up to the workspace's root. Without a path, `telemetry` or `telemetry.yaml` is used.
/// Editing the catalogue rebuilds the crate.
#[proc_macro_derive(Telemetry, attributes(telemetry))]
pub fn derive_telemetry(tokens: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(tokens as syn::DeriveInput);
    input::derive(&input).into()
}

/// A catalogue as a `&'static candor::Catalogue`: `candor::catalogue!("telemetry")`.
///
/// The path is found as for the derive. A pipeline is built with it.
#[proc_macro]
pub fn catalogue(tokens: TokenStream) -> TokenStream {
    let path = syn::parse_macro_input!(tokens as Option<syn::LitStr>);
    input::catalogue(path.as_ref()).into()
}
