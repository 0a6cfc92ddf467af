//! The texts of a payload: what they hold that they should not, and where they come from.

use candor_schema::{Attribute, AttributeId, Collected, Domain, Personal};
use serde_json::{Map, Value};

use crate::audit::copied::Copy;
use crate::audit::hashed::{Hashed, Text, composition, is_hash};
use crate::audit::identity::{Identifier, computed_uuid};
use crate::audit::ledger::{Hit, Spot, Words};
use crate::audit::subject::subject;
use crate::audit::suspicious::{Suspicion, decoded, hexadecimal, named_secret, suspicions};
use crate::audit::walk::Walk;
use crate::audit::{Harm, Rule};
use crate::engine::words;
use crate::json::{self, Noted, why_broken};

/// The catalogue's statements about the place of a text.
#[derive(Clone, Copy)]
pub(super) enum Standing<'c> {
    /// It is that attribute's, and as its domain says or not.
    Listed { id: AttributeId, attribute: &'c Attribute, fits: bool },
    /// Nothing.
    Unlisted,
}

impl Standing<'_> {
    fn id(self) -> Option<AttributeId> {
        match self {
            Standing::Listed { id, .. } => Some(id),
            Standing::Unlisted => None,
        }
    }
}

/// The depth to which JSON in texts is read: texts in JSON in texts.
const DEEPEST: usize = 4;

impl<'w, 'c> Walk<'w, 'c> {
    /// Every text in a value. JSON in a text is read, so that escapes hide nothing.
    pub fn texts(&mut self, value: &Value, standing: Standing<'c>) {
        self.texts_below(value, standing, 0);
    }

    /// A member of an object, whose name may say what its value is.
    pub fn member(&mut self, key: &str, value: &Value, standing: Standing<'c>) {
        self.member_below(key, value, standing, 0);
    }

    fn texts_below(&mut self, value: &Value, standing: Standing<'c>, depth: usize) {
        match value {
            Value::String(text) => match json_in(text).filter(|_| depth < DEEPEST) {
                Some((inner, duplicates)) => {
                    self.printed_json(&inner, standing);
                    self.texts_below(&inner, standing, depth + 1);
                    for (pointer, value) in &duplicates.values {
                        let key = pointer.rsplit('/').next().unwrap_or_default();
                        self.member_below(key, value, standing, depth + 1);
                    }
                }
                None => self.text(text, standing),
            },
            Value::Object(members) if why_broken(value).is_some() => {
                members.values().for_each(|text| self.texts_below(text, standing, DEEPEST));
            }
            Value::Array(items) => {
                items.iter().for_each(|item| self.texts_below(item, standing, depth));
                self.command_line(items, standing);
            }
            Value::Object(members) => {
                members.iter().for_each(|(key, value)| self.member_below(key, value, standing, depth));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// The words of a command line: what an option says about the next word, no word says alone.
    fn command_line(&mut self, items: &[Value], standing: Standing<'c>) {
        const MOST: usize = 1024;
        let words: Vec<&str> = items.iter().take(MOST).filter_map(Value::as_str).collect();
        if words.len() < 2 || !words.iter().any(|word| word.starts_with('-')) {
            return;
        }
        let alone: Vec<Suspicion> = words.iter().flat_map(|word| suspicions(word)).collect();
        let together = suspicions(&words.join(" ")).into_iter().filter(|found| found.rule == Rule::Secret);
        for suspicion in together.filter(|found| !alone.contains(found)).collect::<Vec<_>>() {
            self.suspicious(suspicion, standing);
        }
    }

    fn member_below(&mut self, key: &str, value: &Value, standing: Standing<'c>, depth: usize) {
        self.suspect(key, standing);
        let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        for text in items.iter().filter_map(Value::as_str) {
            // A token that has a form of its own is called by that.
            let has_form = || suspicions(text).iter().any(|suspicion| suspicion.rule == Rule::Secret);
            if let Some(suspicion) = named_secret(key, text).filter(|_| !has_form()) {
                self.suspicious(suspicion, standing);
            }
        }
        self.texts_below(value, standing, depth);
    }

    pub fn text(&mut self, text: &str, standing: Standing<'c>) {
        self.suspect(text, standing);
        match standing {
            Standing::Listed { attribute, .. } if !attribute.collected.is_by_default() => {
                self.opt_in_text(text, attribute);
            }
            Standing::Listed { id, attribute, fits } => {
                self.default_text(text, id, attribute, fits);
            }
            Standing::Unlisted => {
                let spot = self.spot();
                self.look_for_hash(text, &spot, None);
                self.look_for_copy(text, &spot, None);
            }
        }
    }

    /// A text that needs the opt-in: does another one repeat it? Names of systems and the like are too common to tell.
    fn opt_in_text(&mut self, text: &str, attribute: &Attribute) {
        if !attribute.free_text || attribute.identifier.is_some() {
            return;
        }
        let pointer = self.memory.share(self.pointer.as_str());
        for copy in self.memory.copies.add_text(text, &pointer) {
            self.copied(&copy);
        }
        self.hashes_of(&[Text { text, pointer, is_opt_in: true }]);
    }

    /// A text that is sent without opt-in: is it one that needs it?
    fn default_text(&mut self, text: &str, id: AttributeId, attribute: &'c Attribute, fits: bool) {
        let spot = self.spot();
        let is_known_hash = self.look_for_hash(text, &spot, Some(id));
        // A closed domain, a pattern or an identifier has no room for somebody's words.
        let is_narrow = attribute.identifier.is_some()
            || self.expected.has_pattern(id)
            || matches!(attribute.domain.innermost(), Domain::Enum(_));
        if !(fits && is_narrow) {
            self.look_for_copy(text, &spot, Some(id));
        }
        let has_room = !is_known_hash && !self.expected.has_pattern(id) && attribute.identifier.is_none();
        if let Some(suspicion) = hexadecimal(text).filter(|_| has_room) {
            self.suspicious(suspicion, Standing::Listed { id, attribute, fits });
        }
        if let Some(what) = computed_uuid(text).filter(|_| self.expected.is_random(id)) {
            self.note(Hit::new(Rule::NotRandom).of(id), None, format!("is said to be random, and is {what}"));
        }
    }

    /// Reports a text that is a hash of others that are known. Returns true if it is.
    fn look_for_hash(&mut self, text: &str, spot: &Spot, id: Option<AttributeId>) -> bool {
        let hashed = self.memory.hashes.add_value(text, spot, id);
        hashed.as_ref().inspect(|hashed| self.hashed(hashed)).is_some()
    }

    fn look_for_copy(&mut self, text: &str, spot: &Spot, id: Option<AttributeId>) {
        if let Some(copy) = self.memory.copies.add_value(text, spot, id) {
            self.copied(&copy);
        }
    }

    fn hashes_of(&mut self, group: &[Text<'_>]) {
        for hashed in self.memory.hashes.add_texts(group) {
            self.hashed(&hashed);
        }
    }

    fn copied(&mut self, copy: &Copy) {
        let message = format!("repeats the text of {}", subject(&copy.source));
        // Where the user had allowed the text, an attribute that no page lists has it without a row, not without consent.
        let is_allowed = self.memory.ledger.captures()[copy.spot.capture].granted.allows(Collected::OptIn);
        let harm = if copy.attribute.is_none() && is_allowed { Harm::Uncatalogued } else { Rule::CopiedText.harm() };
        let hit = Hit { harm, ..Hit::new(Rule::CopiedText).of_any(copy.attribute) };
        self.note_at(hit, &copy.spot, copy.count, message, None);
    }

    fn hashed(&mut self, hashed: &Hashed) {
        let is_random = hashed.attribute.is_some_and(|id| self.expected.is_random(id));
        let recipe = self.memory.hashes.describe(hashed.recipe);
        let (rule, message) = match hashed.recipe.is_opt_in {
            true => (Rule::HashedText, format!("is {recipe}")),
            false if is_random => (Rule::NotRandom, format!("is said to be random, and is {recipe}")),
            false => return,
        };
        self.note_at(Hit::new(rule).of_any(hashed.attribute), &hashed.spot, hashed.count, message, None);
    }

    /// Judges attributes of one signal, or fields of one object, together.
    pub fn beside_each_other(
        &mut self,
        named: impl Iterator<Item = (AttributeId, &'c str)>,
        members: &'w Map<String, Value>,
    ) {
        let mut group = Vec::new();
        let mut identifiers = Vec::new();
        for (id, name) in named {
            let Some(Value::String(text)) = members.get(name) else { continue };
            let attribute = self.expected.catalogue.attribute(id);
            if attribute.free_text && !text.is_empty() {
                let length = self.pointer.down(name);
                let pointer = self.memory.share(self.pointer.as_str());
                self.pointer.back(length);
                group.push(Text { text, pointer, is_opt_in: !attribute.collected.is_by_default() });
            }
            if self.expected.is_random(id) {
                identifiers.push(Identifier { id, name, value: text });
            }
        }
        self.hashes_of(&group);
        self.identifiers(&identifiers);
    }

    /// A random key does not stay while the id of the same thing changes.
    fn identifiers(&mut self, identifiers: &[Identifier<'_>]) {
        for own in identifiers {
            for partner in identifiers {
                if self.memory.identities.stays(*own, *partner) {
                    let partner = words::key(partner.name);
                    let message = format!("is said to be random, and stays the same while {partner} beside it changes");
                    self.inside(own.name, |walk| walk.note(Hit::new(Rule::NotRandom).of(own.id), None, message));
                }
            }
        }
    }

    /// Keeps a random identifier in a list of objects, when it looks like a hash.
    pub fn keep_hash(&mut self, id: AttributeId, value: &'w Value) {
        let Some(text) = value.as_str().filter(|text| is_hash(text) && self.expected.is_random(id)) else { return };
        if !self.pointer.as_str().contains("/*/") {
            return;
        }
        let pointer = self.memory.share(self.pointer.as_str());
        match self.hashes.iter_mut().find(|(known, _)| *known == pointer) {
            Some((_, values)) => values.push(text),
            None => self.hashes.push((pointer, vec![text])),
        }
    }

    /// Random identifiers of a signal that are hashes of those in its lists.
    pub fn compositions(&mut self, attributes: &Map<String, Value>) {
        let lists = std::mem::take(&mut self.hashes);
        for (key, value) in attributes {
            let id = self.expected.attribute(self.kind, self.signal, key).filter(|id| self.expected.is_random(*id));
            let hash = value.as_str().filter(|text| is_hash(text));
            let (Some(id), Some(hash)) = (id, hash) else { continue };
            if let Some(recipe) = composition(hash, &lists) {
                let message = format!("is said to be random, and is {recipe}");
                self.inside(key, |walk| walk.note(Hit::new(Rule::NotRandom).of(id), None, message));
            }
        }
    }

    /// JSON where the page says that there is a text.
    fn printed_json(&mut self, inner: &Value, standing: Standing<'c>) {
        let Standing::Listed { id, attribute, .. } = standing else { return };
        let is_text =
            matches!(attribute.domain.innermost(), Domain::String { .. }) && attribute.collected.is_by_default();
        if is_text && inner.as_object().is_some_and(|members| !members.is_empty()) {
            self.note(Hit::new(Rule::ObjectDump).of(id), None, "holds a printed object (JSON)");
        }
    }

    /// Texts that the tester typed.
    fn typed(&mut self, text: &str, standing: Standing<'c>) {
        let decoded = decoded(text);
        let mut found: Vec<usize> = self.memory.typed.in_value(text).collect();
        found.extend(decoded.iter().flat_map(|text| self.memory.typed.in_value(text)));
        found.dedup();
        let harm = match standing {
            Standing::Listed { attribute, .. } if self.is_disclosed(attribute) => Harm::Disclosed,
            _ => Rule::TypedText.harm(),
        };
        for position in found {
            let spot = self.spot();
            let hit = Hit { harm, ..Hit::new(Rule::TypedText).of_any(standing.id()) };
            self.note_at(hit, &spot, 1, format!("holds text {position} that the tester typed"), None);
        }
    }

    /// Looks for what should not be in a text.
    pub fn suspect(&mut self, text: &str, standing: Standing<'c>) {
        self.typed(text, standing);
        if self.is_beyond_suspicion(standing) {
            return;
        }
        for suspicion in suspicions(text) {
            self.suspicious(suspicion, standing);
        }
    }

    /// Identifiers, times and members of an enum that are as the page says have no room for anything else.
    fn is_beyond_suspicion(&self, standing: Standing<'_>) -> bool {
        let Standing::Listed { id, attribute, fits: true } = standing else { return false };
        match attribute.domain.innermost() {
            Domain::Enum(_) | Domain::Timestamp => true,
            _ => attribute.identifier.is_some() && self.expected.has_pattern(id),
        }
    }

    fn suspicious(&mut self, suspicion: Suspicion, standing: Standing<'c>) {
        let Suspicion { rule, what, example } = suspicion;
        let Some(harm) = self.harm(rule, standing) else { return };
        let hit = Hit { harm, ..Hit::new(rule).of_any(standing.id()) };
        let spot = self.spot();
        self.note_at(hit, &spot, 1, format!("holds {what}"), Some(example));
    }

    /// Returns the harm that it does here, if any.
    fn harm(&self, rule: Rule, standing: Standing<'_>) -> Option<Harm> {
        let Standing::Listed { id, attribute, fits } = standing else { return Some(rule.harm()) };
        let is_free = attribute.free_text && !attribute.collected.is_by_default();
        let is_disclosed = self.is_disclosed(attribute);
        match rule {
            // People print objects into prompts, and programs into their output.
            Rule::ObjectDump if is_disclosed && is_free => None,
            Rule::RandomText if fits && attribute.identifier.is_some() => None,
            Rule::ObjectDump | Rule::RandomText if !is_free => Some(rule.harm()),
            // Versions of four numbers look like addresses.
            Rule::PrivateAddress if fits && self.expected.has_pattern(id) => None,
            Rule::Secret => Some(Harm::Secret),
            _ if is_disclosed => Some(Harm::Disclosed),
            rule => Some(rule.harm()),
        }
    }

    /// Returns true if the page says that personal data may be here, and the user allowed it.
    fn is_disclosed(&self, attribute: &Attribute) -> bool {
        let is_free = attribute.free_text && !attribute.collected.is_by_default();
        (is_free || attribute.personal == Some(Personal::Possible)) && self.granted.allows(attribute.collected)
    }

    /// Notes a finding at a place that the walk may have passed long ago.
    fn note_at(&mut self, hit: Hit, spot: &Spot, count: u64, message: String, example: Option<String>) {
        let row = hit.attribute.map(|id| self.expected.row(id).to_owned());
        let subject = subject(&spot.pointer);
        let words = Words { subject, message: message.clone(), row, example };
        self.memory.ledger.note(hit.with(message), spot, count, || words);
    }
}

/// The list or object that a text is, when it is JSON.
fn json_in(text: &str) -> Option<Noted> {
    let framed = |text: &str| {
        let text = text.trim();
        let is_framed =
            (text.starts_with('{') && text.ends_with('}')) || (text.starts_with('[') && text.ends_with(']'));
        is_framed.then(|| json::parse(text).ok())?.map(|json| json.to_value())
    };
    framed(text).or_else(|| framed(&decoded(text).filter(|_| text.starts_with('%'))?))
}
