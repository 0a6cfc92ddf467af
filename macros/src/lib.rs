//! `#[derive(Telemetry)]` and `catalogue!`: hold Rust types against a telemetry catalogue while they compile.
//!
//! ```text
//! tokens ─attr→ #[telemetry(…)] ─source→ Catalogue ─validate→ RecordPlan | ChoicePlan ─expand→ tokens
//!                                                      └ mistakes ─fallback→ compile errors and inert implementations
//! ```
//!
//! * The plan and its expansion are `candor-codegen`'s: the derive and the generator write the same code. Of that crate
//!   the derive takes no renderer (feature `artefacts`).
//! * The code stands in a `const _` block with absolute paths (`::candor`, `::core`). `tests/ui/pass/shadowed-names.rs`
//!   shadows the prelude and compiles.
//! * After a mistake the type still gets an implementation that does nothing (`fallback.rs`), so one mistake makes one
//!   message. Mistakes of the catalogue are reported to the first type that asks for it, and to no other.
//! * If the written type of a field certainly contradicts the catalogue (`String` for an `int`), the derive says so,
//!   with the place in the YAML (`written.rs`).
//!
//! Use it through the crate `candor`, which re-exports and documents it.

mod attr;
mod choice;
mod constants;
mod fallback;
mod included;
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

/// Includes the emitters that a `build.rs` wrote: `candor::include!("telemetry")` for the catalogue `telemetry` or
/// `telemetry.yaml`.
///
/// ```text
/// // build.rs
/// fn main() -> std::process::ExitCode {
///     candor_codegen::Builder::new("telemetry").generate()
/// }
/// ```
/// and in the program: `mod telemetry { candor::include!("telemetry"); }`. Where the build script is missing, or writes
/// another catalogue's emitters, the error says what to write.
#[proc_macro]
pub fn include(tokens: TokenStream) -> TokenStream {
    let name = syn::parse_macro_input!(tokens as syn::LitStr);
    included::include(&name).into()
}

/// A catalogue as a `&'static candor::Catalogue`: `candor::catalogue!("telemetry")`.
///
/// The path is found as for the derive. A pipeline is built with it.
#[proc_macro]
pub fn catalogue(tokens: TokenStream) -> TokenStream {
    let path = syn::parse_macro_input!(tokens as Option<syn::LitStr>);
    input::catalogue(path.as_ref()).into()
}
