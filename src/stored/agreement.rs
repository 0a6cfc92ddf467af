//! Records what a user agreed to, in enough detail to tell what a later catalogue collects beyond it.
//!
//! Everything that can be sent is an item: a signal, an attribute of a signal, a field of an object. An item of today's
//! catalogue is covered if it was there, needed no channel less, and had a domain that admits all of today's values.
//! Every other item is *held back* until the user has seen the notice: a new one, one that was opt-in, one whose domain
//! admits more. A change that only narrows needs no agreement, nor does a signal that may lack something since.
//!
//! Promises about the items are recorded, too. A signal that goes to another address than before is held back: all of
//! them, if the catalogue names another one for all. If another switch opts in, all opt-in items are. An opt-out that the catalogue no longer has still counts
//! until the user has seen that it will not. Texts are not compared.
//!
//! [`Allowance`](crate::Allowance) joins a consent and what is held back. The filter leaves out an attribute that is
//! held back, with all its values, as if the program had not set it; a required one counts as missing. Usually nothing
//! is held back and nothing is looked up: a bit beside the consent says so.

mod joined;

use std::collections::BTreeMap;

use candor_domain::{Choice, Members, OPT_IN_NAME, Pattern, Period, Scalar, Shared, covers};
use serde::{Deserialize, Serialize};

use super::agreed_opt_out::AgreedOptOut;
use crate::allowance::{Held, HeldPart};
use crate::consent::variables;
use crate::opt_out::Variable;
use crate::{AttributeInfo, Catalogue, Consent, DEFAULT, Domain, OPT_IN, ObjectInfo, OnViolation, Signal};

/// The agreement of a user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Agreement {
    /// The address that signals go to, when the catalogue says so: that of its first endpoint.
    pub(super) endpoint: Option<String>,
    /// The addresses of the signals that go elsewhere, by their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) elsewhere: BTreeMap<String, String>,
    /// The switches that turn everything off, beside the variables that always do.
    pub(super) opt_out: Vec<AgreedOptOut>,
    /// The switch that opts in.
    pub(super) opt_in: Option<String>,
    /// Seconds after which the installation id is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) rotates: Option<u64>,
    /// The channels that the catalogue named, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) channels: BTreeMap<String, AgreedChannel>,
    /// By name: `span Exported`, `span Exported: format`, `object part: note`.
    pub(super) items: BTreeMap<String, Item>,
}

/// A channel, as the user was shown it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AgreedChannel {
    /// True if it was on by default.
    on: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Item {
    /// The channels that it needs beyond what is collected by default, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    channels: Vec<String>,
    /// Seconds that pass at least from one to the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    every: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    values: Option<Values>,
    /// Set if it may be null.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    nullable: bool,
}

/// The values that an item may have. A missing bound means that there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Values {
    Text {
        max_length: Option<u64>,
        pattern: Option<String>,
        cut: bool,
    },
    Boolean,
    Int {
        minimum: i64,
        maximum: i64,
    },
    Double {
        minimum: f64,
        maximum: f64,
    },
    Timestamp,
    OneOf(Vec<String>),
    /// An enum that is open, or has members that are no texts.
    Choice {
        members: Vec<StoredChoice>,
        open: bool,
    },
    Object(String),
    List {
        of: Box<Values>,
        max_items: Option<u64>,
    },
    Map {
        keys: Box<Values>,
        of: Box<Values>,
        max_items: Option<u64>,
    },
    Json {
        max_depth: Option<u64>,
        max_length: Option<u64>,
    },
}

/// A member of an enum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum StoredChoice {
    Boolean(bool),
    Int(i64),
    Double(f64),
    Text(String),
}

impl Agreement {
    /// To all that a catalogue lists.
    pub fn of(catalogue: &Catalogue) -> Self {
        let mut items = BTreeMap::new();
        for signal in catalogue.signals {
            let every = (signal.every > 0).then_some(signal.every);
            items.insert(signal_name(signal), Item { every, ..Item::needing(catalogue, signal.needs, None) });
            for (name, needs) in joined::names(catalogue, signal) {
                items.insert(name, Item::needing(catalogue, needs, None));
            }
            for carried in signal.attributes.iter() {
                let needs = signal.needs.and(carried.attribute.needs);
                let item = Item::of(catalogue, needs, &carried.attribute);
                items.insert(attribute_name(signal, &carried.attribute), item);
                insert_fields(&mut items, catalogue, &carried.attribute);
            }
        }
        for carried in catalogue.resource.attributes.iter() {
            let item = Item::of(catalogue, carried.attribute.needs, &carried.attribute);
            items.insert(process_name(&carried.attribute), item);
            insert_fields(&mut items, catalogue, &carried.attribute);
        }
        Agreement {
            endpoint: catalogue.endpoint().map(str::to_owned),
            elsewhere: elsewhere(catalogue),
            opt_out: catalogue.opt_out.iter().map(AgreedOptOut::of).collect(),
            opt_in: catalogue.opt_in.map(str::to_owned),
            rotates: catalogue.installation_id.and_then(|policy| policy.rotates_seconds),
            channels: catalogue
                .channels
                .iter()
                .map(|one| (one.name.to_owned(), AgreedChannel { on: one.is_on() }))
                .collect(),
            items,
        }
    }

    /// The variables that were promised to switch everything off, and are none of this catalogue's. Until the user has
    /// seen that, they count.
    pub fn promised(&self, catalogue: &Catalogue) -> Vec<Variable<'_>> {
        let promised = self.opt_out.iter().filter_map(AgreedOptOut::variable);
        promised.filter(|promised| variables(catalogue).all(|variable| variable != *promised)).collect()
    }

    /// The names of what was promised to switch everything off, and no longer does.
    fn broken(&self, catalogue: &Catalogue) -> Vec<String> {
        let now: Vec<AgreedOptOut> = catalogue.opt_out.iter().map(AgreedOptOut::of).collect();
        let always = |agreed: &AgreedOptOut| {
            agreed.variable().is_some_and(|variable| variables(catalogue).any(|it| it == variable))
        };
        let gone = self.opt_out.iter().filter(|agreed| !now.contains(agreed) && !always(agreed));
        gone.map(|agreed| format!("{agreed} no longer switches it off")).collect()
    }

    /// Names the installation id if it is the same for longer than was agreed to. Until the user has seen that, it is not.
    fn kept_longer(&self, catalogue: &Catalogue) -> Option<String> {
        let (policy, agreed) = (catalogue.installation_id?, self.rotates?);
        match policy.rotates_seconds {
            Some(now) if now <= agreed => None,
            Some(now) => Some(format!("the installation id is the same for {}", Period::of_seconds(now).words())),
            None => Some("the installation id stays the same".to_owned()),
        }
    }

    /// Returns the part of this catalogue that goes beyond the agreement at a consent, and the names of all that does.
    /// If everything would go to another endpoint, that is everything; if another switch opts in, all that is
    /// opt-in. `granted` are the channels that the user chose, if they chose.
    pub fn beyond(&self, catalogue: &Catalogue, consent: Consent, granted: Option<&[String]>) -> (Held, Vec<String>) {
        let mut held = Held::default();
        let moved = |signal: &Signal| self.address(signal) != address(catalogue, signal);
        let switch = catalogue.opt_in.filter(|switch| self.opt_in.as_deref() != Some(switch));
        let switched = consent.is_opted_in() && switch.is_some();
        let had = |channel: &str| match granted {
            _ if channel == OPT_IN_NAME => consent.is_opted_in(),
            Some(granted) => granted.iter().any(|name| name == channel),
            None => self.channels.get(channel).is_some_and(|channel| channel.on),
        };
        let is_concerned = |item: &Item| {
            item.channels.iter().all(|name| {
                let number = if name == OPT_IN_NAME { Some(OPT_IN) } else { catalogue.channel(name) };
                number.is_some_and(|number| consent.includes(Consent::of(number)))
            })
        };
        let mut names = self.moves(catalogue, consent);
        names.extend(self.broken(catalogue));
        names.extend(self.kept_longer(catalogue));
        if let Some(switch) = switch.filter(|_| switched) {
            names.push(format!("`{switch}` is what opts in"));
        }
        let added = catalogue.channels.iter().filter(|one| one.is_on() && consent.includes(Consent::of(one.number)));
        let added = added.filter(|one| self.channels.get(one.name).is_none_or(|before| !before.on) && !had(one.name));
        names.extend(added.map(|one| format!("`{}` ({}) is on by default", one.name, one.title)));
        let now = Agreement::of(catalogue);
        let mut missing = |name: String| {
            let item = now.items.get(&name);
            let asked = switched && item.is_some_and(|item| item.channels.iter().any(|name| name == OPT_IN_NAME));
            // Whoever grants a channel later sees then what goes through it.
            let covered = item.is_some_and(|item| !is_concerned(item) || self.covers(item, &name, &had));
            let agreed = !asked && covered;
            if !agreed && !asked && !names.contains(&name) {
                names.push(name);
            }
            !agreed
        };
        for signal in catalogue.signals.iter().filter(|signal| consent.includes(signal.needs)) {
            if missing(signal_name(signal)) || moved(signal) {
                held.insert(signal, HeldPart::All);
                continue;
            }
            let mut attributes = Vec::new();
            for carried in signal.attributes.iter() {
                let reached = reached(attribute_name(signal, &carried.attribute), &carried.attribute, consent);
                attributes.extend(reached.filter_map(|(name, attribute)| missing(name).then_some(&*attribute.id)));
            }
            if !attributes.is_empty() {
                held.insert(signal, HeldPart::Attributes(attributes));
            }
            joined::hold(signal, &mut held, &mut missing);
        }
        for carried in catalogue.resource.attributes.iter() {
            let reached = reached(process_name(&carried.attribute), &carried.attribute, consent);
            reached.filter_map(|(name, attribute)| missing(name).then_some(&*attribute.id)).for_each(|attribute| {
                held.hold_of_process(attribute);
            });
        }
        (held, names)
    }

    /// The address that a signal was agreed to go to.
    fn address(&self, signal: &Signal) -> Option<&str> {
        self.elsewhere.get(&signal_name(signal)).or(self.endpoint.as_ref()).map(String::as_str)
    }

    /// The signals that go to another address than was agreed to, in words.
    fn moves(&self, catalogue: &Catalogue, consent: Consent) -> Vec<String> {
        let one = catalogue.endpoints.len() <= 1 && self.elsewhere.is_empty();
        match (catalogue.endpoint(), &self.endpoint) {
            (Some(now), before) if one && before.as_deref() != Some(now) => vec![format!("everything goes to {now}")],
            (None, Some(before)) => vec![format!("everything goes where the program says, and not to {before}")],
            _ => {
                let sent = catalogue.signals.iter().filter(|signal| consent.includes(signal.needs));
                let known = sent.filter(|signal| self.items.contains_key(&signal_name(signal)));
                let moves = known.filter_map(|signal| {
                    let now = address(catalogue, signal)?;
                    (self.address(signal) != Some(now)).then(|| format!("{} goes to {now}", signal_name(signal)))
                });
                moves.collect()
            }
        }
    }

    /// Returns true if an item of today was agreed to: through channels that the user had, with all of today's values.
    fn covers(&self, now: &Item, name: &str, had: &dyn Fn(&str) -> bool) -> bool {
        self.items.get(name).is_some_and(|agreed| {
            let all = |item: &Item| item.channels.iter().all(|channel| had(channel));
            // What was collected by default may need a permission now; what needed one needs no other.
            let when = agreed.channels.is_empty() || all(agreed) && all(now);
            let is_null_agreed = agreed.nullable || !now.nullable;
            let often = agreed.every.is_none_or(|agreed| now.every.is_some_and(|now| now >= agreed));
            let values = match (&agreed.values, &now.values) {
                (Some(agreed), Some(now)) => agreed.admit(now),
                (agreed, now) => agreed == now,
            };
            when && often && is_null_agreed && values
        })
    }
}

/// The address that the catalogue names for a signal.
fn address(catalogue: &Catalogue, signal: &Signal) -> Option<&'static str> {
    catalogue.endpoints.get(usize::from(signal.endpoint)).map(|endpoint| &*endpoint.url)
}

/// The signals that do not go to the first endpoint's address, with theirs.
fn elsewhere(catalogue: &Catalogue) -> BTreeMap<String, String> {
    let others = catalogue.signals.iter().filter_map(|signal| {
        let address = address(catalogue, signal).filter(|address| Some(*address) != catalogue.endpoint())?;
        Some((signal_name(signal), address.to_owned()))
    });
    others.collect()
}

impl Item {
    /// An item of a catalogue without channels of its own.
    pub(super) fn new(by_default: bool, values: Option<Values>) -> Self {
        let channels = if by_default { Vec::new() } else { vec![OPT_IN_NAME.to_owned()] };
        Item { channels, every: None, values, nullable: false }
    }

    fn of(catalogue: &Catalogue, needs: Consent, attribute: &AttributeInfo) -> Self {
        let item = Item::needing(catalogue, needs, Some(Values::of(attribute)));
        Item { nullable: attribute.nullable, ..item }
    }

    fn needing(catalogue: &Catalogue, needs: Consent, values: Option<Values>) -> Self {
        let beyond = catalogue.channel_names(needs.without(Consent::of(DEFAULT)));
        Item { channels: beyond.into_iter().map(str::to_owned).collect(), every: None, values, nullable: false }
    }
}

impl Values {
    fn of(attribute: &AttributeInfo) -> Self {
        Values::of_domain(&attribute.domain, attribute.on_violation == OnViolation::Truncate)
    }

    fn of_domain(domain: &Domain, cut: bool) -> Self {
        let bound = |size: usize| (size != usize::MAX).then_some(size as u64);
        match domain {
            Domain::String { max_length, pattern } => {
                let pattern = pattern.as_ref().map(|pattern| pattern.source().to_owned());
                Values::Text { max_length: bound(*max_length), pattern, cut }
            }
            Domain::Boolean => Values::Boolean,
            Domain::Int { minimum, maximum } => Values::Int { minimum: *minimum, maximum: *maximum },
            Domain::Double { minimum, maximum } => Values::Double { minimum: *minimum, maximum: *maximum },
            Domain::Timestamp => Values::Timestamp,
            Domain::Enum(members) => match members.as_texts().filter(|_| !members.is_open()) {
                Some(texts) => Values::OneOf(texts.into_iter().map(str::to_owned).collect()),
                None => {
                    let members_stored = members.iter().map(StoredChoice::from).collect();
                    Values::Choice { members: members_stored, open: members.is_open() }
                }
            },
            Domain::Object(object) => Values::Object(object.id.to_string()),
            Domain::List { item, max_items } => {
                Values::List { of: Box::new(Values::of_domain(item, cut)), max_items: bound(*max_items) }
            }
            Domain::Map { key, value, max_items } => Values::Map {
                keys: Box::new(Values::of_domain(key, false)),
                of: Box::new(Values::of_domain(value, cut)),
                max_items: bound(*max_items),
            },
            Domain::Json { max_depth, max_length } => {
                Values::Json { max_depth: bound(*max_depth), max_length: bound(*max_length) }
            }
        }
    }

    /// Returns true if every value of `now` is one of these. A text that may be cut is wider than one that may not.
    fn admit(&self, now: &Values) -> bool {
        let cuts = |values: &Values| matches!(values, Values::Text { cut: true, .. });
        covers(&self.domain(), &now.domain()) && (cuts(self) || !cuts(now))
    }

    fn domain(&self) -> Domain {
        let size = |size: Option<u64>| size.and_then(|size| usize::try_from(size).ok()).unwrap_or(usize::MAX);
        match self {
            Values::Text { max_length, pattern, .. } => {
                let pattern = pattern.clone().map(|pattern| Shared::from(Pattern::of(pattern)));
                Domain::String { max_length: size(*max_length), pattern }
            }
            Values::Boolean => Domain::Boolean,
            Values::Int { minimum, maximum } => Domain::Int { minimum: *minimum, maximum: *maximum },
            Values::Double { minimum, maximum } => Domain::Double { minimum: *minimum, maximum: *maximum },
            Values::Timestamp => Domain::Timestamp,
            Values::OneOf(members) => Domain::Enum(members.clone().into()),
            Values::Choice { members, open } => {
                let members = Members::from(members.iter().map(Choice::from).collect::<Vec<_>>());
                Domain::Enum(if *open { members.open() } else { members })
            }
            // The fields of an object are items of their own.
            Values::Object(id) => {
                Domain::Object(ObjectInfo::new("".into(), id.clone().into(), Vec::new().into()).into())
            }
            Values::List { of, max_items } => Domain::List { item: of.domain().into(), max_items: size(*max_items) },
            Values::Map { keys, of, max_items } => {
                let (key, value) = (keys.domain().into(), of.domain().into());
                Domain::Map { key, value, max_items: size(*max_items) }
            }
            Values::Json { max_depth, max_length } => {
                Domain::Json { max_depth: size(*max_depth), max_length: size(*max_length) }
            }
        }
    }
}

impl From<Scalar<'_>> for StoredChoice {
    fn from(value: Scalar<'_>) -> Self {
        match value {
            Scalar::Boolean(value) => StoredChoice::Boolean(value),
            Scalar::Int(value) => StoredChoice::Int(value),
            Scalar::Double(value) => StoredChoice::Double(value),
            Scalar::Text(text) | Scalar::Digits(text) => StoredChoice::Text(text.to_owned()),
        }
    }
}

impl From<&StoredChoice> for Choice {
    fn from(member: &StoredChoice) -> Self {
        match member {
            StoredChoice::Boolean(value) => Choice::Boolean(*value),
            StoredChoice::Int(value) => Choice::Int(*value),
            StoredChoice::Double(value) => Choice::Double(*value),
            StoredChoice::Text(text) => Choice::Text(text.clone().into()),
        }
    }
}

pub(super) fn signal_name(signal: &Signal) -> String {
    format!("{} {}", signal.kind.word(), signal.name)
}

fn attribute_name(signal: &Signal, attribute: &AttributeInfo) -> String {
    format!("{}: {}", signal_name(signal), attribute.name)
}

fn process_name(attribute: &AttributeInfo) -> String {
    format!("resource: {}", attribute.name)
}

fn insert_fields(items: &mut BTreeMap<String, Item>, catalogue: &Catalogue, attribute: &'static AttributeInfo) {
    for (object, name, field) in fields(&attribute.domain) {
        let item = Item::of(catalogue, field.needs, field);
        items.insert(field_name(object, name), item);
    }
}

/// An attribute by its name, and the fields of its objects, as far as this consent collects them.
fn reached(
    name: String,
    attribute: &'static AttributeInfo,
    consent: Consent,
) -> impl Iterator<Item = (String, &'static AttributeInfo)> {
    let inner = if consent.includes(attribute.needs) { fields(&attribute.domain) } else { Vec::new() };
    let inner = inner.into_iter().map(|(object, name, field)| (field_name(object, name), field));
    [(name, attribute)].into_iter().chain(inner)
}

fn field_name(object: &ObjectInfo, field: &str) -> String {
    format!("object {}: {field}", object.id)
}

/// The fields of all objects that a domain leads to. Objects are never cyclic.
fn fields(domain: &'static Domain) -> Vec<(&'static ObjectInfo, &'static str, &'static AttributeInfo)> {
    let Some(object) = domain.object() else { return Vec::new() };
    let own = object.fields.iter().map(|field| (object, field.name(), &*field.attribute));
    let inner = object.fields.iter().flat_map(|field| fields(&field.attribute.domain));
    own.chain(inner).collect()
}
