//! Endpoints, and the bodies that a program sends in a form of its own.
//!
//! A body is a JSON template of one signal. [`Body::write`] fills it in, [`Body::read`] is the inverse: given a JSON
//! document it gives the signal's name, times, id and attributes, or says why the document is none of that form.
//! Values are in payload form: an object is JSON, whatever its encoding in OTLP.

mod filling;
mod hole;
mod payload;
mod read;
mod template;
mod write;

pub use filling::Filling;
pub use read::{BatchReading, Fault, Reading};
pub use template::{Body, Endpoint, Form, Frame, Method, Own, Part, SPREAD};
pub use write::{Facts, MembersEncoder, Recorded};
