//! Endpoints as written, with the templates of their bodies.

#[cfg(feature = "json-schema")]
use schemars::JsonSchema;

use super::located::{Entries, Located};
use super::words::words;

/// A place where signals go. Each is a promise of its own.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema), schemars(deny_unknown_fields, rename = "Endpoint"))]
pub struct EndpointModel {
    /// The address. OTLP adds `/v1/traces` and `/v1/logs`; of any other form it is the whole address.
    #[cfg_attr(feature = "json-schema", schemars(required))]
    pub url: Option<Located<String>>,
    /// The recipient of the reports, as a phrase for the page.
    pub brief: Option<Located<String>>,
    /// `otlp` when missing, or `json` with a `body`.
    pub form: Option<Located<FormWord>>,
    /// HTTP method of a `json` endpoint: `POST` when missing, or `PUT`.
    pub method: Option<Located<MethodWord>>,
    /// The JSON of one signal, as a template with `$name`, `$time`, `$id`, `$attributes` and `$attributes.KEY`.
    pub body: Option<Located<TemplateModel>>,
    /// The JSON of a request with several signals, as a template with `$signals`. Without it, each signal is a request.
    pub batch: Option<Located<TemplateModel>>,
    /// Checks whose findings about this are taken back, by code, and why: `W0602: it is the public key of the project`.
    #[cfg_attr(feature = "json-schema", schemars(default))]
    pub allow: Entries<Located<String>>,
}

/// A part of a template. A text that starts with `$` is a placeholder; `$$` stands for `$`. Keys are what they are, but
/// for `"...": $attributes`, which puts the attributes beside the other members.
#[derive(Debug, Clone, PartialEq)]
pub enum TemplateModel {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// A whole number.
    Integer(i128),
    /// A number.
    Double(f64),
    /// A placeholder or a text.
    Text(String),
    /// A list.
    List(Vec<Located<TemplateModel>>),
    /// A mapping.
    Map(Vec<(Located<String>, Located<TemplateModel>)>),
}

words!(
    /// The form of signals on the wire.
    FormWord {
        /// OTLP/HTTP with protobuf bodies.
        Otlp = "otlp",
        /// JSON of the program's own.
        Json = "json",
    }
);

words!(
    /// The HTTP method of a request.
    MethodWord {
        /// It adds.
        Post = "POST",
        /// It replaces.
        Put = "PUT",
    }
);
