//! Lines of telemetry, one by one: the verdict on each, and what of each may be kept.
//!
//! For engines that hand over a column of texts and want a column back: one answer per line, whatever is in it.

use candor_domain::{Member, Signal, SignalKind, quote};
use candor_schema::{Catalogue, Consent};

use crate::allow::Allow;
use crate::engine::{Rule, Validator, Violation};
use crate::input::{MAX_MEMORY, read_each};
use crate::item::Item;
use crate::json::keys;
use crate::payload::Payload;
use crate::signal::known;
use crate::stopped::Stopped;

/// Judges lines, and brings them to what may be kept.
///
/// ```
/// use candor_validate::{Consent, Lines, Sifted, Stopped};
/// # let catalogue = candor_schema::load_str("telemetry.yaml", "
/// # candor: 1
/// # name: demo
/// # title: Demo
/// # version: 1.0.0
/// # service: demo
/// # consent: {opt_in: share_host}
/// # rows:
/// #   usage: {title: Usage, reason: How the program is used., personal: none}
/// #   machine: {title: Machine, reason: What it runs on., personal: none}
/// # attributes:
/// #   runs: {row: usage, collected: default, type: int, minimum: 0, brief: number of runs}
/// #   host: {row: machine, collected: opt_in, type: string, max_length: 64, brief: name of the machine}
/// # spans:
/// #   started: {name: Started, collected: default, brief: It started., attributes: {runs: required, host: optional}}
/// # ").catalogue.expect("no findings");
///
/// let lines = Lines::new(&catalogue, Consent::Default);
/// let line = br#"{"kind":"span","name":"Started","startTimeUnixNano":"1","endTimeUnixNano":"2","attributes":{"runs":3,"host":"babbage"}}"#;
/// let mut verdict = Vec::new();
/// lines.judge(line, &mut verdict);
/// assert_eq!(
///     String::from_utf8(verdict).expect("JSON"),
///     r#"{"valid":false,"signals":1,"rules":["not_allowed"],"findings":[{"rule":"not_allowed","signal":"Started","attribute":"host","row":"Machine","pointer":"/attributes/host"}]}"#
/// );
///
/// let (mut kept, mut stopped) = (Vec::new(), Stopped::default());
/// assert_eq!(lines.sift(line, &mut kept, &mut stopped), Sifted::Cut);
/// assert_eq!(
///     String::from_utf8(kept).expect("JSON"),
///     r#"{"kind":"span","name":"Started","startTimeUnixNano":"1","endTimeUnixNano":"2","attributes":{"runs":3}}"#
/// );
/// ```
#[derive(Debug)]
pub struct Lines<'c> {
    catalogue: &'c Catalogue,
    validator: Validator<'c>,
    allow: Allow<'c>,
}

/// The outcome for one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sifted {
    /// Nothing stood in it.
    Blank,
    /// All of it may be kept, byte for byte.
    Kept,
    /// A part of it may be kept.
    Cut,
    /// Nothing of it may be kept.
    Stopped,
    /// It is no payload, so nothing of it is kept.
    Unreadable,
}

impl<'c> Lines<'c> {
    /// For what users with this consent sent.
    pub fn new(catalogue: &'c Catalogue, consent: Consent) -> Self {
        let (validator, allow) = (Validator::new(catalogue, consent), Allow::new(catalogue, consent));
        Lines { catalogue, validator, allow }
    }

    /// Appends the verdict on a line as JSON, without a line break: `valid`, the number of `signals`, the `rules` that are
    /// broken, each once and sorted, and all `findings`, each with its `rule`, `signal`, `attribute`, `row` and
    /// `pointer`.
    ///
    /// The line is a payload, or anything that [`read`](crate::read) knows. An empty one is valid and has no signals.
    pub fn judge(&self, line: &[u8], out: &mut Vec<u8>) {
        if self.validator.is_valid(line) {
            return out.extend_from_slice(br#"{"valid":true,"signals":1,"rules":[],"findings":[]}"#);
        }
        let mut verdict = Verdict::default();
        if !line.trim_ascii().is_empty() {
            let read = read_each(self.catalogue, line, MAX_MEMORY, |item| match item {
                Item::Payload(payload) => self.judge_payload(&payload, &mut verdict),
                Item::Unreadable(_) => verdict.unreadable(),
            });
            if read.is_err() {
                verdict.unreadable();
            }
        }
        verdict.write(out);
    }

    fn judge_payload(&self, payload: &Payload, verdict: &mut Verdict) {
        verdict.signals += 1;
        let member = |name| payload.value[name].as_str().unwrap_or_default();
        let kind = SignalKind::of_word(member("kind"));
        let signal = kind.and_then(|kind| known(self.catalogue, kind, member("name"))).map(|signal| &signal.info);
        for violation in self.validator.check_payload(payload) {
            let keys: Vec<String> = keys(&violation.pointer).collect();
            let (member, attribute, inner) = self.attribute(signal, &keys);
            let row = member.map(|member| row(member, inner));
            verdict.finding(&violation, signal.map(|signal| &*signal.name), attribute, row);
        }
    }

    /// The attribute that a pointer leads to, its name as it was sent, and the rest of the pointer.
    fn attribute<'k>(
        &self,
        signal: Option<&'c Signal>,
        keys: &'k [String],
    ) -> (Option<&'c Member>, Option<&'k str>, &'k [String])
    where
        'c: 'k,
    {
        match keys {
            [part, key, inner @ ..] if part == "attributes" => {
                (signal.and_then(|signal| signal.attribute(key)), Some(key), inner)
            }
            [part, key, inner @ ..] if part == "resource" => {
                (self.catalogue.resource().info.attribute(key), Some(key), inner)
            }
            [part, inner @ ..] if part == "body" => {
                let body = signal.and_then(Signal::body);
                (body, body.map(Member::name), inner)
            }
            _ => (None, None, &[]),
        }
    }

    /// Appends what may be kept of a payload, without a line break, and counts the rest.
    ///
    /// A payload that a [`Validator`] of the same consent accepts is kept byte for byte, and what is kept of any other is
    /// such a payload. So sifting what was sifted changes nothing.
    pub fn sift(&self, line: &[u8], out: &mut Vec<u8>, stopped: &mut Stopped) -> Sifted {
        let line = line.trim_ascii();
        if line.is_empty() {
            return Sifted::Blank;
        }
        if self.validator.is_valid(line) {
            out.extend_from_slice(line);
            return Sifted::Kept;
        }
        match self.allow.pass_payload(line, stopped) {
            // What was built is held against the rules as well: what they refuse is not kept.
            Ok(Some(kept)) if self.validator.is_valid(&kept) => {
                out.extend_from_slice(&kept);
                Sifted::Cut
            }
            Ok(_) => Sifted::Stopped,
            Err(_) => Sifted::Unreadable,
        }
    }
}

/// The verdict on one line.
#[derive(Default)]
struct Verdict {
    signals: u64,
    rules: Vec<&'static str>,
    /// The findings as JSON, with commas between them.
    findings: Vec<u8>,
}

impl Verdict {
    fn unreadable(&mut self) {
        self.put("unreadable", None, None, None, "");
    }

    fn finding(&mut self, violation: &Violation, signal: Option<&str>, attribute: Option<&str>, row: Option<&str>) {
        let Violation { rule, pointer, .. } = violation;
        self.put(Rule::name(*rule), signal, attribute, row, pointer);
    }

    fn put(&mut self, rule: &'static str, signal: Option<&str>, attribute: Option<&str>, row: Option<&str>, at: &str) {
        if let Err(place) = self.rules.binary_search(&rule) {
            self.rules.insert(place, rule);
        }
        let out = &mut self.findings;
        out.extend_from_slice(if out.is_empty() { b"{\"rule\":" } else { b",{\"rule\":" });
        quote(out, rule);
        for (key, text) in [("signal", signal), ("attribute", attribute), ("row", row), ("pointer", Some(at))] {
            out.push(b',');
            quote(out, key);
            out.push(b':');
            match text {
                Some(text) => quote(out, text),
                None => out.extend_from_slice(b"null"),
            }
        }
        out.push(b'}');
    }

    fn write(&self, out: &mut Vec<u8>) {
        let (valid, rules) = (self.rules.is_empty(), self.rules.join("\",\""));
        let rules = if valid { rules } else { format!("\"{rules}\"") };
        let head = format!(r#"{{"valid":{valid},"signals":{},"rules":[{rules}],"findings":["#, self.signals);
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(&self.findings);
        out.extend_from_slice(b"]}");
    }
}

/// The row of the innermost attribute that a pointer leads to.
fn row<'m>(member: &'m Member, keys: &[String]) -> &'m str {
    let (mut row, mut domain) = (&member.attribute.row, &member.attribute.domain);
    for key in keys {
        let Some((inner, field)) = domain.within(key) else { break };
        row = field.map_or(row, |field| &field.row);
        domain = inner;
    }
    row
}
