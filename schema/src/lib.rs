//! The Candor catalogue: one YAML file (or a folder of them) that lists everything a program may ever report.
//!
//! ```text
//! *.yaml ─load→ Model (as written) ─check→ Catalogue (as checked)
//! ```
//!
//! [`load()`] reads a folder or a file and gives back the [`Catalogue`] **and** every [`Finding`]; nothing stops at the
//! first mistake. Only the checks can build a `Catalogue`, so whoever holds one holds a catalogue without errors.
//! This crate renders nothing: a finding is data, and the command decides how it looks.
//!
//! ```
//! let loaded = candor_schema::load_str("telemetry.yaml", "
//! candor: 1
//! name: demo
//! title: Demo
//! version: 1.0.0
//! service: demo
//! rows:
//!   usage: {title: Usage, reason: How the program is used., personal: none}
//! attributes:
//!   runs: {row: usage, collected: default, type: int, minimum: 0, brief: number of runs}
//! spans:
//!   started: {name: Started, collected: default, brief: The program started., attributes: {runs: required}}
//! ");
//! let catalogue = loaded.catalogue.expect("no findings");
//! assert_eq!(catalogue.signals()[0].name, "Started");
//! ```

mod catalogue;
mod channel;
mod check;
pub mod checks;
mod cycles;
mod did_you_mean;
mod diff;
mod example;
mod finding;
mod fix;
#[cfg(feature = "json-schema")]
mod format;
mod ground;
mod handling;
mod identifier;
mod index;
mod invisible;
mod load;
pub mod model;
mod names;
mod opt_out;
mod page;
mod patterns;
mod read;
mod repeats;
mod section_names;
mod source;
mod template;
mod unit;
mod unread;
mod version;
mod waivers;

pub use candor_domain::{
    Body, Choice, Clock, Form, JsonValue, Members, Method, Own, Part, Period, Scalar, TIMESTAMP_PATTERN,
};
pub use catalogue::*;
pub use check::check;
pub use did_you_mean::did_you_mean;
pub use diff::{Change, Class, Diff, Side, diff, judge};
pub use example::{DomainError, admits};
pub use finding::{Check, Finding, Fix, Label, Severity};
pub use fix::{Fixed, fix};
#[cfg(feature = "json-schema")]
pub use format::format_schema;
pub use handling::{Expiry, Handling, HandlingModel, LegalBasis, Retention};
pub use identifier::{Identifier, IdentifierOf, IdentifierScope, IdentifierSource, IdentifierWord};
pub use invisible::{escape_invisible, invisible};
pub use load::{Loaded, load, load_past, load_str, load_texts};
pub use names::{camel_case, variants};
pub use opt_out::{OptOut, OptOutKind, UNIVERSAL_OPT_OUTS};
pub use page::{Column, ColumnModel, Layout, Lines, PageForm, PageModel};
pub use source::{Place, Source, Sources};
pub use template::placeholder_text;
pub use unit::Unit;

/// The version of the catalogue format that this crate reads: the value of the head's `candor:` key.
pub const FORMAT_VERSION: i64 = 1;
