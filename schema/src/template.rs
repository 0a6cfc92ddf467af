//! Templates as written to templates as filled in, with everything that is wrong about their placeholders.

use candor_domain::{Body, Clock, Endpoint, Form, Method, Own, Part, SPREAD, quote as json_quote};

use crate::Place;
use crate::did_you_mean::near;
use crate::finding::quote;
use crate::index::{Index, wire_name};
use crate::model::{EndpointModel, FormWord, Located, MethodWord, TemplateModel};
use crate::unread::Part as Unread;

/// A mistake of a template.
pub(crate) struct TemplateFault {
    /// True if it is one of the template's form, not of a placeholder.
    pub of_form: bool,
    pub place: Place,
    pub message: String,
    pub help: String,
    /// The place where the same was written first.
    pub first: Option<Place>,
}

/// An endpoint as it is filled in. The name is none where the catalogue has the short form.
pub(crate) fn endpoint(index: &Index<'_>, name: &str, model: &EndpointModel) -> Option<Endpoint> {
    let form = match &model.body {
        Some(template) if is_json(model) => {
            let method = model.method.as_ref().map_or(MethodWord::Post, |method| method.value);
            let method = if method == MethodWord::Post { Method::Post } else { Method::Put };
            Form::Json(method, body(index, template, model.batch.as_ref(), &mut Vec::new())?)
        }
        _ => Form::Otlp,
    };
    Some(Endpoint { name: name.to_owned().into(), url: model.url.as_ref()?.value.clone().into(), form })
}

/// Returns true if the form is the program's own.
pub(crate) fn is_json(model: &EndpointModel) -> bool {
    model.form.as_ref().is_some_and(|form| form.value == FormWord::Json)
}

/// The body of a signal and of a request, with what is wrong about them; `None` where no body can be made of that.
pub(crate) fn body(
    index: &Index<'_>,
    template: &Located<TemplateModel>,
    batch: Option<&Located<TemplateModel>>,
    faults: &mut Vec<TemplateFault>,
) -> Option<Body> {
    let mut reader = Reader { index, own: Vec::new(), of_resource: Vec::new(), once: Vec::new(), faults };
    if !matches!(&template.value, TemplateModel::Map(_))
        && !matches!(&template.value, TemplateModel::Text(text) if text == "$attributes")
    {
        let help = "write it as pairs: `{event: $name, properties: $attributes}`";
        return reader.misshapen(template.place, "a body has to be a mapping", help);
    }
    let part = reader.part(template, Where::Member, 1)?;
    let batch = match batch {
        Some(batch) => {
            let part = reader.part(batch, Where::Batch, 1)?;
            if !part.any(&|part| *part == Part::Signals) {
                let help = "write `$signals` where the list of bodies belongs";
                reader.misshapen::<()>(batch.place, "a `batch` has no place for the signals", help);
            }
            Some(part)
        }
        None => None,
    };
    Some(Body { template: part, own: reader.own.into(), of_resource: reader.of_resource.into(), batch })
}

/// The place of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Where {
    /// A member of an object, or the whole body.
    Member,
    /// An item of a list.
    Item,
    /// Somewhere in a request.
    Batch,
}

struct Reader<'r, 'm> {
    index: &'r Index<'m>,
    own: Vec<Own>,
    /// The attributes of the process that have a place of their own, in either template.
    of_resource: Vec<Own>,
    /// The placeholders that were there and may be there once only.
    once: Vec<(String, Place)>,
    faults: &'r mut Vec<TemplateFault>,
}

impl Reader<'_, '_> {
    fn part(&mut self, template: &Located<TemplateModel>, place: Where, depth: usize) -> Option<Part> {
        if depth > Body::DEEPEST {
            let message = format!("a template is nested deeper than {} levels", Body::DEEPEST);
            return self.misshapen(template.place, message, "make it flatter");
        }
        Some(match &template.value {
            TemplateModel::Null => Part::Literal("null".into()),
            TemplateModel::Boolean(value) => Part::Literal(value.to_string().into()),
            TemplateModel::Integer(value) => Part::Literal(value.to_string().into()),
            TemplateModel::Double(value) => Part::Literal(format!("{value:?}").into()),
            TemplateModel::Text(text) => self.text(text, template.place, place)?,
            TemplateModel::List(items) => {
                let place = if place == Where::Batch { place } else { Where::Item };
                let parts: Vec<_> = items.iter().filter_map(|item| self.part(item, place, depth + 1)).collect();
                Part::List((parts.len() == items.len()).then_some(parts)?.into())
            }
            TemplateModel::Map(members) => {
                let place = if place == Where::Batch { place } else { Where::Member };
                let parts: Vec<_> =
                    members.iter().filter_map(|(key, value)| self.member(key, value, place, depth)).collect();
                Part::Object((parts.len() == members.len()).then_some(parts)?.into())
            }
        })
    }

    fn member(
        &mut self,
        key: &Located<String>,
        value: &Located<TemplateModel>,
        place: Where,
        depth: usize,
    ) -> Option<(std::borrow::Cow<'static, str>, Part)> {
        let part =
            if key.value == SPREAD { self.spread(key, value, place)? } else { self.part(value, place, depth + 1)? };
        Some((key.value.clone().into(), part))
    }

    /// A part that is spread into the object around it.
    fn spread(&mut self, key: &Located<String>, value: &Located<TemplateModel>, place: Where) -> Option<Part> {
        match &value.value {
            TemplateModel::Text(text) if text == "$attributes" && place == Where::Member => {
                self.once(text, value.place)?;
                Some(Part::Spread)
            }
            TemplateModel::Text(text) if text == "$resource" => {
                self.resource(value.place)?;
                Some(Part::SpreadResource)
            }
            _ => {
                let help = "write `\"...\": $attributes` in `body`, `\"...\": $resource`, or give the key a name";
                self.wrong(key.place, "only `$attributes` of one signal and `$resource` can be spread", help)
            }
        }
    }

    /// A placeholder, or a text that is always the same.
    fn text(&mut self, text: &str, at: Place, place: Where) -> Option<Part> {
        let Some(name) = text.strip_prefix('$').filter(|rest| !rest.starts_with('$')) else {
            let text = text.strip_prefix('$').unwrap_or(text);
            if let Some(inner) = inner_placeholder(text) {
                let message = format!("the placeholder `{inner}` stands inside a longer text");
                let help = "give it a member of its own: a text cannot be put together";
                return self.wrong(at, message, help);
            }
            let mut json = Vec::new();
            json_quote(&mut json, text);
            return Some(Part::Literal(String::from_utf8(json).ok()?.into()));
        };
        if let Some(key) = name.strip_prefix("attributes.") {
            return self.attribute(key, at, place);
        }
        if let Some(key) = name.strip_prefix("resource.") {
            return self.of_resource(key, at, place);
        }
        let Some(part) = placeholder(name) else {
            return self.unknown(text, at);
        };
        let misplaced = match (&part, place) {
            (Part::Signals, Where::Batch) => None,
            (Part::Signals, _) => Some("`$signals` belongs in `batch`"),
            (Part::Resource, _) => None,
            (_, Where::Batch) => {
                Some("a request is of several signals, and has a place for `$signals` and `$resource` only")
            }
            (Part::Dropped, Where::Item) => Some("`$dropped` may be absent, so it cannot be an item of a list"),
            (Part::Channels, Where::Item) => Some("`$channels` may be absent, so it cannot be an item of a list"),
            _ => None,
        };
        if let Some(message) = misplaced {
            let help = "move it to a member of `body`, or remove it";
            return self.wrong(at, message, help);
        }
        match part {
            Part::Attributes | Part::Signals | Part::Id | Part::Dropped => self.once(text, at)?,
            Part::Channels => self.channels(at)?,
            Part::Resource => self.resource(at)?,
            _ => {}
        }
        Some(part)
    }

    /// The place of the marker, where a signal may need more than `default`.
    fn channels(&mut self, at: Place) -> Option<()> {
        if !self.index.is_unread(&[Unread::Consent]) && self.index.model.consent.is_none() {
            let message =
                "`$channels` stands for nothing: the catalogue has no `consent`, so all is collected by default";
            self.wrong::<()>(at, message, "remove the member");
        }
        self.once("$channels", at)
    }

    /// The place of the attributes of the process.
    fn resource(&mut self, at: Place) -> Option<()> {
        if !self.index.is_unread(&[Unread::Carried]) && self.index.model.resource.0.is_empty() {
            let message = "`$resource` stands for nothing: the catalogue has no `resource`";
            self.wrong::<()>(at, message, "list the attributes of the process under `resource`, or remove the member");
        }
        self.once("$resource", at)
    }

    /// The place of one attribute of the process.
    fn of_resource(&mut self, key: &str, at: Place, place: Where) -> Option<Part> {
        let listed = || self.index.model.resource.names();
        if listed().all(|name| name != key) {
            if !self.index.is_unread(&[Unread::Carried]) {
                let help = near(key, listed()).map(|near| meant("resource.", near.name));
                let help = help.unwrap_or_else(|| "list it under `resource`, or remove the member".to_owned());
                self.wrong::<()>(at, format!("the resource has no attribute {}", quote(key)), help);
            }
            return None;
        }
        if place == Where::Item {
            let message = "an attribute may be absent, so it cannot be an item of a list";
            return self.wrong(at, message, "give it a member of its own");
        }
        let own = self.own(key)?;
        self.once(&format!("$resource.{key}"), at)?;
        self.of_resource.push(own);
        self.count(self.of_resource.len(), at, "let the others go with `$resource`").map(Part::OfResource)
    }

    /// An attribute with a place of its own.
    fn own(&self, key: &str) -> Option<Own> {
        let (id, attribute) = self.index.model.attributes.0.get(self.index.attributes.get(key)?)?;
        Some(Own { key: key.to_owned().into(), name: wire_name(&id.value, attribute).to_owned().into() })
    }

    /// The position of the last of so many attributes.
    fn count(&mut self, length: usize, at: Place, help: &str) -> Option<u8> {
        if length > Body::MOST_OWN {
            let message = format!("more than {} attributes have a place of their own", Body::MOST_OWN);
            return self.misshapen(at, message, help);
        }
        Some((length - 1) as u8)
    }

    fn attribute(&mut self, key: &str, at: Place, place: Where) -> Option<Part> {
        let Some(own) = self.own(key) else {
            if self.index.attributes.lacks(key) {
                let near = self.index.attributes.near(key);
                let help = near.map(|near| meant("attributes.", near.name));
                let help = help.unwrap_or_else(|| "name it by its key under `attributes`".to_owned());
                self.wrong::<()>(at, format!("there is no attribute {}", quote(key)), help);
            }
            return None;
        };
        if place != Where::Member {
            let message = "an attribute may be absent, so it has its place in a mapping of `body` only";
            return self.wrong(at, message, "give it a member of its own");
        }
        self.once(&format!("$attributes.{key}"), at)?;
        self.own.push(own);
        self.count(self.own.len(), at, "let the others go with `$attributes`").map(Part::Attribute)
    }

    fn once(&mut self, placeholder: &str, at: Place) -> Option<()> {
        let first = self.once.iter().find(|(before, _)| before == placeholder).map(|(_, first)| *first);
        if first.is_some() {
            let (message, help) = (format!("{} is there twice", quote(placeholder)), "keep one of them".to_owned());
            self.faults.push(TemplateFault { of_form: false, place: at, message, help, first });
            return None;
        }
        self.once.push((placeholder.to_owned(), at));
        Some(())
    }

    /// A mistake of the template's form.
    fn misshapen<T>(&mut self, place: Place, message: impl Into<String>, help: impl Into<String>) -> Option<T> {
        let (message, help) = (message.into(), help.into());
        self.faults.push(TemplateFault { of_form: true, place, message, help, first: None });
        None
    }

    /// A mistake of a placeholder.
    fn wrong<T>(&mut self, place: Place, message: impl Into<String>, help: impl Into<String>) -> Option<T> {
        let (message, help) = (message.into(), help.into());
        self.faults.push(TemplateFault { of_form: false, place, message, help, first: None });
        None
    }

    fn unknown<T>(&mut self, text: &str, at: Place) -> Option<T> {
        let known = names();
        let bare = text.trim_start_matches('$').trim_matches(['{', '}']);
        let same = known.iter().find(|name| name.as_str() == bare).map(String::as_str);
        let meant_name = same.or_else(|| near(bare, known.iter().map(String::as_str)).map(|near| near.name));
        let help = "the placeholders are $name, $id, $time, $start_time, $dropped, $channels, $attributes, \
                    $attributes.KEY, $resource and $resource.KEY; `$$` stands for `$`";
        let help = meant_name.map_or_else(|| help.to_owned(), |name| meant("", name));
        self.wrong(at, format!("there is no placeholder {}", quote(text)), help)
    }
}

fn meant(before: &str, name: &str) -> String {
    format!("did you mean `${before}{name}`?")
}

/// The part for a placeholder's name.
fn placeholder(name: &str) -> Option<Part> {
    let timed = |before: &str| Clock::ALL.into_iter().find(|clock| name.strip_prefix(before) == Some(clock.suffix()));
    Some(match name {
        "name" => Part::Name,
        "id" => Part::Id,
        "dropped" => Part::Dropped,
        "attributes" => Part::Attributes,
        "channels" => Part::Channels,
        "resource" => Part::Resource,
        "signals" => Part::Signals,
        _ => timed("time").map(Part::Time).or_else(|| timed("start_time").map(Part::StartTime))?,
    })
}

/// The names of all placeholders.
fn names() -> Vec<String> {
    let mut names: Vec<String> =
        ["name", "id", "dropped", "channels", "attributes", "resource", "signals"].map(str::to_owned).into();
    for before in ["time", "start_time"] {
        names.extend(Clock::ALL.map(|clock| format!("{before}{}", clock.suffix())));
    }
    names
}

/// A placeholder inside a text.
fn inner_placeholder(text: &str) -> Option<String> {
    text.match_indices('$').find_map(|(at, _)| {
        let rest = &text[at + 1..];
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let length = rest.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(rest.len());
        placeholder(&rest[..length]).map(|_| format!("${}", &rest[..length]))
    })
}

/// The text of a template's placeholder, as a catalogue writes it; `None` for what is no placeholder.
pub fn placeholder_text(part: &Part, body: &Body) -> Option<String> {
    Some(match part {
        Part::Name => "$name".to_owned(),
        Part::Id => "$id".to_owned(),
        Part::Dropped => "$dropped".to_owned(),
        Part::Attributes | Part::Spread => "$attributes".to_owned(),
        Part::Channels => "$channels".to_owned(),
        Part::Resource | Part::SpreadResource => "$resource".to_owned(),
        Part::OfResource(place) => format!("$resource.{}", body.of_resource.get(usize::from(*place))?.key),
        Part::Signals => "$signals".to_owned(),
        Part::Time(clock) => format!("$time{}", clock.suffix()),
        Part::StartTime(clock) => format!("$start_time{}", clock.suffix()),
        Part::Attribute(place) => format!("$attributes.{}", body.own.get(usize::from(*place))?.key),
        Part::Literal(_) | Part::List(_) | Part::Object(_) => return None,
    })
}
