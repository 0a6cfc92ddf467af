//! Endpoints and templates as they are declared.

use std::borrow::Cow;

use super::hole::{put_member_hole, put_object_hole, separate};
use crate::{Clock, Output, Shared, quote};

/// A place where signals go, and the form they have there.
#[derive(Debug, Clone, PartialEq)]
pub struct Endpoint {
    /// Key in the catalogue.
    pub name: Cow<'static, str>,
    /// Address: of an OTLP endpoint without the paths that OTLP adds, of any other the whole.
    pub url: Cow<'static, str>,
    /// Form of the signals.
    pub form: Form,
}

/// The form of signals on the wire.
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    /// OTLP/HTTP with protobuf bodies.
    Otlp,
    /// JSON of the program's own.
    Json(Method, Body),
}

impl Form {
    /// The word for it in a catalogue.
    pub const fn word(&self) -> &'static str {
        match self {
            Form::Otlp => "otlp",
            Form::Json(..) => "json",
        }
    }

    /// The body of a form that has one.
    pub const fn body(&self) -> Option<&Body> {
        match self {
            Form::Otlp => None,
            Form::Json(_, body) => Some(body),
        }
    }
}

/// The HTTP method of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// `POST`
    Post,
    /// `PUT`
    Put,
}

impl Method {
    /// The word for it in a catalogue and on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Method::Post => "POST",
            Method::Put => "PUT",
        }
    }
}

/// The JSON form of one signal and of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    /// The template of one signal.
    pub template: Part,
    /// The attributes that have a place of their own in the template; [`Part::Attribute`] counts in it.
    pub own: Shared<[Own]>,
    /// The attributes of the process that have a place of their own, in the template or in `batch`; [`Part::OfResource`]
    /// counts in it.
    pub of_resource: Shared<[Own]>,
    /// The template of a request with several signals. Without one, each signal is a request.
    pub batch: Option<Part>,
}

/// An attribute with a place of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Own {
    /// Key in the catalogue.
    pub key: Cow<'static, str>,
    /// Name on the wire.
    pub name: Cow<'static, str>,
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// The JSON text of null, a boolean, a number or a text that is always the same.
    Literal(Cow<'static, str>),
    /// `$name`: the signal's name on the wire.
    Name,
    /// `$id`: a random UUID.
    Id,
    /// `$time`: the end of a span, the time of an event.
    Time(Clock),
    /// `$start_time`: the start of a span, the time of an event.
    StartTime(Clock),
    /// `$dropped`: how many values were left out. Absent if there are none.
    Dropped,
    /// `$attributes.KEY`: one attribute, by its position in [`Body::own`]. Absent as the attribute is.
    Attribute(u8),
    /// `$attributes`: the attributes without a place of their own, as an object.
    Attributes,
    /// `"...": $attributes`: the same, as members of the object around it.
    Spread,
    /// `$channels`: the marker, the names of the channels that the signal needs beyond `default`. Absent if there are none.
    Channels,
    /// `$resource.KEY`: one attribute of the process, by its position in [`Body::of_resource`]. Absent as the attribute is.
    OfResource(u8),
    /// `$resource`: the attributes of the process without a place of their own, as an object.
    Resource,
    /// `"...": $resource`: the same, as members of the object around it.
    SpreadResource,
    /// `$signals`: the bodies of several signals, as an array.
    Signals,
    /// An array.
    List(Shared<[Part]>),
    /// An object.
    Object(Shared<[(Cow<'static, str>, Part)]>),
}

/// The key that spreads attributes into the object that it is in.
pub const SPREAD: &str = "...";

impl Body {
    /// Most attributes with a place of their own.
    pub const MOST_OWN: usize = 32;
    /// Deepest nesting of a template.
    pub const DEEPEST: usize = 8;
    /// Most bytes of a template's text.
    pub const LONGEST: usize = 8192;

    /// Returns true if the template names the signal.
    pub fn has_name(&self) -> bool {
        self.template.any(&|part| *part == Part::Name)
    }

    /// Returns true if the template says how many values were left out.
    pub fn has_dropped(&self) -> bool {
        self.template.any(&|part| *part == Part::Dropped)
    }

    /// Returns true if the template says which channels a signal needs.
    pub fn has_channels(&self) -> bool {
        self.template.any(&|part| *part == Part::Channels)
    }

    /// Returns true if attributes of the process have a place, in the body of a signal or of a request.
    pub fn has_resource(&self) -> bool {
        self.any(&|part| matches!(part, Part::OfResource(_) | Part::Resource | Part::SpreadResource))
    }

    /// Returns true if an attribute of the process, by its name on the wire, has a place.
    pub fn places_of_resource(&self, name: &str) -> bool {
        self.of_resource.iter().any(|own| own.name == name)
            || self.any(&|part| matches!(part, Part::Resource | Part::SpreadResource))
    }

    fn any(&self, sort: &dyn Fn(&Part) -> bool) -> bool {
        self.template.any(sort) || self.batch.as_ref().is_some_and(|batch| batch.any(sort))
    }

    /// Returns true if attributes without a place of their own have one in common.
    pub fn has_rest(&self) -> bool {
        self.template.any(&|part| matches!(part, Part::Attributes | Part::Spread))
    }

    /// Returns whether an attribute, by its name on the wire, has a place of its own.
    pub fn is_own(&self, name: &str) -> bool {
        self.own.iter().any(|own| own.name == name)
    }

    /// The bytes before, between and behind the signals of a request, with holes where [`Filling::fill`] writes the
    /// attributes of the process.
    ///
    /// [`Filling::fill`]: super::Filling::fill
    pub fn frame(&self) -> Frame {
        let Some(batch) = &self.batch else { return Frame { before: Vec::new(), between: b'\n', behind: Vec::new() } };
        let (mut out, mut split) = (Vec::new(), 0);
        batch.write_around(&mut out, &mut split);
        Frame { behind: out.split_off(split), before: out, between: b',' }
    }

    /// The JSON pointer of the list of signals in a request.
    pub fn pointer_to_signals(&self) -> String {
        let mut pointer = String::new();
        let is_it = |part: &Part| *part == Part::Signals;
        self.batch.as_ref().and_then(|batch| batch.find(&is_it, &mut pointer)).map_or_else(String::new, |_| pointer)
    }

    /// The JSON pointer of an attribute's value in a body. `None` where it has no place.
    pub fn pointer_to(&self, name: &str) -> Option<String> {
        let own = self.own.iter().position(|own| own.name == name);
        let is_it = |part: &Part| match (own, part) {
            (Some(own), Part::Attribute(place)) => usize::from(*place) == own,
            (None, Part::Attributes | Part::Spread) => true,
            _ => false,
        };
        let mut pointer = String::new();
        self.template.find(&is_it, &mut pointer).map(|part| {
            if !matches!(part, Part::Attribute(_)) {
                push_key(&mut pointer, name);
            }
            pointer
        })
    }
}

/// The bytes around the signals of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Before the first.
    pub before: Vec<u8>,
    /// Between two. A new line where each signal is a request.
    pub between: u8,
    /// Behind the last.
    pub behind: Vec<u8>,
}

impl Part {
    /// Returns true if this or a part of it is of some sort.
    pub fn any(&self, sort: &dyn Fn(&Part) -> bool) -> bool {
        sort(self)
            || match self {
                Part::List(items) => items.iter().any(|item| item.any(sort)),
                Part::Object(members) => members.iter().any(|(_, member)| member.any(sort)),
                _ => false,
            }
    }

    /// The first part of some sort, with its JSON pointer.
    fn find(&self, sort: &dyn Fn(&Part) -> bool, pointer: &mut String) -> Option<&Part> {
        if sort(self) {
            return Some(self);
        }
        let length = pointer.len();
        let mut within = |key: &str, part: &'_ Part| -> bool {
            pointer.truncate(length);
            if !part.is_spread() {
                push_key(pointer, key);
            }
            part.any(sort)
        };
        let found = match self {
            Part::List(items) => {
                items.iter().enumerate().find(|(place, item)| within(&place.to_string(), item)).map(|(_, item)| item)
            }
            Part::Object(members) => members.iter().find(|(key, member)| within(key, member)).map(|(_, member)| member),
            _ => None,
        };
        found?.find(sort, pointer)
    }

    /// Returns true if this may be missing from the object that it is in.
    pub const fn may_be_absent(&self) -> bool {
        matches!(self, Part::Attribute(_) | Part::OfResource(_) | Part::Dropped | Part::Channels) || self.is_spread()
    }

    /// Returns true if this has no key of its own.
    pub const fn is_spread(&self) -> bool {
        matches!(self, Part::Spread | Part::SpreadResource)
    }

    /// Appends a request without its signals, and says where they belong.
    fn write_around(&self, out: &mut Vec<u8>, split: &mut usize) {
        match self {
            Part::Signals => {
                out.push(b'[');
                *split = out.len();
                out.push(b']');
            }
            Part::List(items) => {
                out.push(b'[');
                for item in items.iter() {
                    separate(out);
                    item.write_around(out, split);
                }
                out.push(b']');
            }
            Part::Object(members) => {
                out.push(b'{');
                for (key, member) in members.iter() {
                    if put_member_hole(out, key, member) {
                        continue;
                    }
                    separate(out);
                    quote(out, key);
                    out.push(b':');
                    member.write_around(out, split);
                }
                out.push(b'}');
            }
            Part::Literal(text) => out.put(text.as_bytes()),
            Part::Resource => put_object_hole(out),
            // The checks of a catalogue refuse what belongs to one signal.
            _ => out.put(b"null"),
        }
    }
}

/// Appends a key to a JSON pointer.
pub(super) fn push_key(pointer: &mut String, key: &str) {
    pointer.push('/');
    pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
}
