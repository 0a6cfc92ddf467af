//! Generates files from a checked catalogue.
//!
//! ```text
//! Catalogue ─plan→ *Plan ─render→ Artefact{path, text} ─write | compare→ files
//! ```
//!
//! Every kind of artefact is one module: a plan in which all decisions are made, and a renderer that lays it out.
//! [`expand`] and [`constants`] are what the derive macro shares with the Rust emitters: one function on one plan, so
//! that they cannot differ. Artefacts are values;
//! [`compare`] and [`write()`] hold them against a folder for the command, and [`Builder`] serves a `build.rs`.

#[cfg(feature = "artefacts")]
mod artefact;
#[cfg(feature = "artefacts")]
mod builder;
#[cfg(feature = "artefacts")]
pub mod canaries;
#[cfg(feature = "artefacts")]
pub mod changes;
#[cfg(feature = "artefacts")]
pub mod checks_page;
pub mod constants;
#[cfg(feature = "artefacts")]
pub mod docs;
mod document;
pub mod embedded;
#[cfg(feature = "artefacts")]
mod emitters;
pub mod expand;
#[cfg(feature = "artefacts")]
mod explanation;
pub mod fields;
#[cfg(feature = "artefacts")]
mod files;
mod identifiers;
pub mod joined;
#[cfg(feature = "artefacts")]
pub mod json_schema;
#[cfg(feature = "artefacts")]
mod layout;
#[cfg(feature = "artefacts")]
mod markdown;
#[cfg(feature = "artefacts")]
pub mod markers;
pub mod names;
mod phrases;
mod prose;
#[cfg(feature = "artefacts")]
pub mod python;
#[cfg(feature = "artefacts")]
pub mod review;
#[cfg(feature = "artefacts")]
pub mod rust;
#[cfg(feature = "artefacts")]
mod switches;
mod table;
mod types;
#[cfg(feature = "artefacts")]
pub mod typescript;
#[cfg(feature = "artefacts")]
pub mod validator;
#[cfg(feature = "artefacts")]
pub mod vectors;

#[cfg(feature = "artefacts")]
pub use artefact::{Artefact, Difference, GENERATED, compare, place, write};
#[cfg(feature = "artefacts")]
pub use builder::Builder;
pub use document::document;
#[cfg(feature = "artefacts")]
pub use emitters::{generate, generate_language, languages};
#[cfg(feature = "artefacts")]
pub use files::{write_document, write_file};
