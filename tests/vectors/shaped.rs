//! Members of a vector in the shape of a sample: the sample visits its own fields, and each shows the member's value in
//! place of its own. So the constants are those of the real types, and so are lists and objects.

use std::time::SystemTime;

use candor::{
    Attribute, AttributeInfo, Domain, Fields, Granted, Members, NeedsNoProof, Object, ObjectInfo, OpenedBy, Recorder,
    Signal, Telemetry, Value as Shown, Visitor,
};
use candor_codegen::vectors::{Value, json_text};
use candor_domain::Scalar;

/// A signal whose fields have other values.
pub struct Shaped<'v, T> {
    pub sample: &'v T,
    pub members: &'v [(String, Value)],
}

impl<T: Telemetry> Telemetry for Shaped<'_, T> {
    type Catalogue = T::Catalogue;

    const SIGNAL: &'static Signal = T::SIGNAL;

    fn record<R: Recorder>(&self, recorder: &mut R) {
        self.sample.record(&mut Replacing { inner: recorder, members: self.members });
    }
}

/// Passes a sample's fields on with the values of members.
struct Replacing<'v, R> {
    inner: &'v mut R,
    members: &'v [(String, Value)],
}

/// The value of a member; null where there is none.
fn given<'v>(members: &'v [(String, Value)], name: &str) -> &'v Value {
    members.iter().find(|(key, _)| key == name).map_or(&Value::Null, |(_, value)| value)
}

impl<R: Recorder> Recorder for Replacing<'_, R> {
    fn granted<const CHANNEL: u8>(&self) -> Option<Granted<CHANNEL>> {
        self.inner.granted()
    }

    fn required<const CHANNEL: u8, K, V: Shown<K> + ?Sized>(
        &mut self,
        attribute: &'static Attribute<K, CHANNEL>,
        value: &V,
    ) where
        Attribute<K, CHANNEL>: NeedsNoProof,
    {
        let member = member(self.members, &attribute.info.name, &attribute.info, value);
        self.inner.required(attribute, &member);
    }

    fn optional<const CHANNEL: u8, K, V: Shown<K> + ?Sized>(
        &mut self,
        attribute: &'static Attribute<K, CHANNEL>,
        value: &V,
    ) where
        Attribute<K, CHANNEL>: NeedsNoProof,
    {
        let member = member(self.members, &attribute.info.name, &attribute.info, value);
        self.inner.optional(attribute, &member);
    }

    fn required_in<const CHANNEL: u8, const GRANTED: u8, K, V: Shown<K> + ?Sized>(
        &mut self,
        granted: Granted<GRANTED>,
        attribute: &'static Attribute<K, CHANNEL>,
        value: &V,
    ) where
        Attribute<K, CHANNEL>: OpenedBy<GRANTED>,
    {
        let member = member(self.members, &attribute.info.name, &attribute.info, value);
        self.inner.required_in(granted, attribute, &member);
    }

    fn optional_in<const CHANNEL: u8, const GRANTED: u8, K, V: Shown<K> + ?Sized>(
        &mut self,
        granted: Granted<GRANTED>,
        attribute: &'static Attribute<K, CHANNEL>,
        value: &V,
    ) where
        Attribute<K, CHANNEL>: OpenedBy<GRANTED>,
    {
        let member = member(self.members, &attribute.info.name, &attribute.info, value);
        self.inner.optional_in(granted, attribute, &member);
    }
}

impl<F: Fields> Fields for Replacing<'_, F> {
    fn granted<const CHANNEL: u8>(&self) -> Option<Granted<CHANNEL>> {
        self.inner.granted()
    }

    fn required<const CHANNEL: u8, K, V: Shown<K> + ?Sized>(
        &mut self,
        name: &'static str,
        attribute: &'static Attribute<K, CHANNEL>,
        value: &V,
    ) where
        Attribute<K, CHANNEL>: NeedsNoProof,
    {
        let member = member(self.members, name, &attribute.info, value);
        self.inner.required(name, attribute, &member);
    }

    fn optional<const CHANNEL: u8, K, V: Shown<K> + ?Sized>(
        &mut self,
        name: &'static str,
        attribute: &'static Attribute<K, CHANNEL>,
        value: &V,
    ) where
        Attribute<K, CHANNEL>: NeedsNoProof,
    {
        let member = member(self.members, name, &attribute.info, value);
        self.inner.optional(name, attribute, &member);
    }

    fn optional_in<const CHANNEL: u8, const GRANTED: u8, K, V: Shown<K> + ?Sized>(
        &mut self,
        granted: Granted<GRANTED>,
        name: &'static str,
        attribute: &'static Attribute<K, CHANNEL>,
        value: &V,
    ) where
        Attribute<K, CHANNEL>: OpenedBy<GRANTED>,
    {
        let member = member(self.members, name, &attribute.info, value);
        self.inner.optional_in(granted, name, attribute, &member);
    }
}

fn member<'v, V: ?Sized>(
    members: &'v [(String, Value)],
    name: &str,
    info: &'static AttributeInfo,
    sample: &'v V,
) -> Member<'v, V> {
    Member { sample, given: given(members, name), domain: &info.domain }
}

/// The value of a member, in the place of a sample's.
struct Member<'v, V: ?Sized> {
    sample: &'v V,
    given: &'v Value,
    domain: &'static Domain,
}

impl<K, V: Shown<K> + ?Sized> Shown<K> for Member<'_, V> {
    fn visit<W: Visitor>(&self, visitor: &mut W) {
        let mut found = Found { visitor, given: self.given, domain: self.domain, done: false };
        if matches!(self.given, Value::List(_) | Value::Object(_)) {
            self.sample.visit(&mut found);
        }
        if !found.done {
            Plain { given: self.given, domain: self.domain }.show(visitor);
        }
    }
}

/// Finds the types of a sample's list or object, and shows the given one as that.
struct Found<'v, W> {
    visitor: &'v mut W,
    given: &'v Value,
    domain: &'static Domain,
    done: bool,
}

impl<W: Visitor> Visitor for Found<'_, W> {
    fn text(&mut self, _: &str) {}
    fn boolean(&mut self, _: bool) {}
    fn int(&mut self, _: Option<i64>) {}
    fn double(&mut self, _: f64) {}
    fn timestamp(&mut self, _: SystemTime) {}
    fn choice(&mut self, _: &'static str) {}

    fn list<K, T: Shown<K>>(&mut self, items: &[T]) {
        let (Value::List(given), Domain::List { item: domain, .. }) = (self.given, self.domain) else { return };
        let Some(sample) = items.first() else { return };
        let members: Vec<_> = given.iter().map(|given| Member { sample, given, domain }).collect();
        self.visitor.list::<K, Member<'_, T>>(&members);
        self.done = true;
    }

    fn map<'m, K, T: Shown<K> + 'm>(&mut self, mut entries: impl Iterator<Item = (&'m str, bool, &'m T)>) {
        let (Value::Object(given), Domain::Map { value: domain, .. }) = (self.given, self.domain) else { return };
        let Some((_, _, sample)) = entries.next() else { return };
        let members: Vec<_> = each_first(given, |given| Member { sample, given, domain });
        self.visitor.map::<K, Member<'_, T>>(members.iter().map(|(key, is_first, value)| (*key, *is_first, value)));
        self.done = true;
    }

    fn json(&mut self, _: &str) {}

    fn object<O: Object + ?Sized>(&mut self, object: &O) {
        let Value::Object(members) = self.given else { return };
        self.visitor.object(&Borrowed { sample: object, members });
        self.done = true;
    }
}

/// The same as [`Shaped`], for objects whose size is not known.
struct Borrowed<'v, O: ?Sized> {
    sample: &'v O,
    members: &'v [(String, Value)],
}

impl<O: Object + ?Sized> Object for Borrowed<'_, O> {
    const OBJECT: &'static ObjectInfo = O::OBJECT;

    fn record<F: Fields>(&self, fields: &mut F) {
        self.sample.record(&mut Replacing { inner: fields, members: self.members });
    }
}

/// A value that has no sample.
struct Plain<'v> {
    given: &'v Value,
    domain: &'static Domain,
}

impl<K> Shown<K> for Plain<'_> {
    fn visit<W: Visitor>(&self, visitor: &mut W) {
        self.show(visitor);
    }
}

impl Plain<'_> {
    fn show<W: Visitor>(&self, visitor: &mut W) {
        if let (Domain::Json { .. }, false) = (self.domain, *self.given == Value::Null) {
            // What JSON cannot say is no JSON text.
            return visitor.json(&json_text::write(self.given).unwrap_or_else(|| "NaN".to_owned()));
        }
        match self.given {
            Value::Null => {}
            Value::Boolean(value) => visitor.boolean(*value),
            Value::Int(value) => visitor.int(Some(*value)),
            Value::Double(value) => visitor.double(*value),
            Value::Raw(digits) => visitor.int(digits.parse().ok()),
            Value::Text(_) => show_text(&self.given.as_text().unwrap_or_default(), self.domain, visitor),
            Value::List(items) => {
                let domain = if let Domain::List { item, .. } = self.domain { item } else { self.domain };
                let items: Vec<_> = items.iter().map(|given| Plain { given, domain }).collect();
                visitor.list::<(), Plain<'_>>(&items);
            }
            Value::Object(given) => match self.domain {
                Domain::Map { value: domain, .. } => {
                    let entries = each_first(given, |given| Plain { given, domain });
                    visitor.map::<(), Plain<'_>>(entries.iter().map(|(key, is_first, value)| (*key, *is_first, value)));
                }
                _ => visitor.object(&Foreign),
            },
        }
    }
}

/// Entries of a map, each with whether its key is new.
fn each_first<'v, T>(given: &'v [(String, Value)], make: impl Fn(&'v Value) -> T) -> Vec<(&'v str, bool, T)> {
    let is_first = |at: usize, key: &str| given[..at].iter().all(|(other, _)| other != key);
    given.iter().enumerate().map(|(at, (key, value))| (key.as_str(), is_first(at, key), make(value))).collect()
}

/// A text as what its attribute asks for, where it is one.
fn show_text<W: Visitor>(text: &str, domain: &'static Domain, visitor: &mut W) {
    match domain {
        Domain::Enum(members) if members.is_open() => visitor.text(text),
        Domain::Enum(members) => match members.position_of_text(text) {
            Some(position) => visitor.choice(known(members, position)),
            None => visitor.choice("a member of another enum"),
        },
        Domain::Timestamp => match moment(text) {
            Some(moment) => visitor.timestamp(moment),
            None => visitor.text(text),
        },
        _ => visitor.text(text),
    }
}

/// A member as the program has it.
fn known(members: &'static Members, position: usize) -> &'static str {
    if let Some(Scalar::Text(text)) = members.iter().nth(position) { text } else { "" }
}

/// The point in time that is written so, as a program has it.
pub fn moment(text: &str) -> Option<SystemTime> {
    humantime::parse_rfc3339(text).ok().filter(|moment| humantime::format_rfc3339(*moment).to_string() == *text)
}

/// An object of no catalogue.
struct Foreign;

impl Object for Foreign {
    const OBJECT: &'static ObjectInfo = {
        static FOREIGN: ObjectInfo = candor::define::object("no catalogue", "foreign", &[]);
        &FOREIGN
    };

    fn record<F: Fields>(&self, _: &mut F) {}
}
