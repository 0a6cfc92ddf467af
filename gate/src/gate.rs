//! The three calls, without pointers.

use candor_schema::{Catalogue, Consent, Severity, load_str};
use candor_validate::{Allow, Lines, Request, Signals, Stopped};

use crate::answer::{Answer, report};

/// Most bytes of memory that one request may take while it is read: 256 MiB.
const MOST_MEMORY: usize = 256 << 20;

/// An opened catalogue.
///
/// ```
/// use candor_gate::Gate;
/// use candor_validate::Signals;
///
/// let gate = Gate::open(br#"{"candor":1,"name":"demo","title":"Demo","version":"1.0.0","service":"demo",
///     "rows":{"usage":{"title":"Usage","personal":"none"}},
///     "attributes":{"runs":{"row":"usage","collected":"default","type":"int","brief":"number of runs"}},
///     "spans":{"started":{"name":"Started","collected":"default","brief":"It started.","attributes":{"runs":"required"}}}}"#)?;
/// let request = br#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"Started"},{"name":"Tea Break"}]}]}]}"#;
/// let answer = gate.pass(Signals::Traces, "default", request)?;
/// assert_eq!(answer.signals, 1);
/// assert_eq!(
///     answer.report,
///     r#"{"reasons":{"unknown":1,"missing":1},"stopped":[{"key":"Started `runs`","reason":"missing","count":1},{"key":"span `Tea Break`","reason":"unknown","count":1}]}"#
/// );
/// # Ok::<(), String>(())
/// ```
#[derive(Debug)]
pub struct Gate {
    catalogue: Catalogue,
}

impl Gate {
    /// Opens a catalogue: the document that a built program carries and `candor extract` prints, or the text of a
    /// catalogue in one file.
    ///
    /// # Errors
    /// The first finding of a catalogue that has errors.
    pub fn open(document: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(document).map_err(|_| "the catalogue is not UTF-8".to_owned())?;
        let loaded = load_str("catalogue", text);
        let errors = || loaded.findings.iter().filter(|finding| finding.severity == Severity::Error);
        let why = errors().next().map(|finding| finding.message.clone()).unwrap_or_default();
        let catalogue = loaded.catalogue.ok_or_else(|| format!("the catalogue cannot be opened: {why}"))?;
        Ok(Gate { catalogue })
    }

    /// Rebuilds an OTLP request in protobuf or JSON, keeping only what may be forwarded. The answer's body is protobuf,
    /// empty when there is nothing to send.
    ///
    /// `consent` is `off`, `default`, `opted-in` or names of channels with commas; or `marked`, where each signal passes
    /// with the permissions that its marker names.
    ///
    /// # Errors
    /// The consent names no channel of the catalogue, or the bytes are no such request, or take too much memory.
    pub fn pass(&self, signals: Signals, consent: &str, request: &[u8]) -> Result<Answer, String> {
        let allow = match consent {
            "marked" => Allow::marked(&self.catalogue),
            consent => Allow::new(&self.catalogue, self.consent(consent)?),
        };
        let request = read(signals, request)?;
        let mut stopped = Stopped::default();
        let passed = allow.pass(&request, &mut stopped);
        Ok(Answer { signals: passed.signals, body: passed.body, report: report(&stopped) })
    }

    /// Judges lines as `candor validate --lines` does: the answer's body has one line of JSON for each, and its number of
    /// signals is that of the lines.
    ///
    /// # Errors
    /// The consent names no channel of the catalogue.
    pub fn check_lines(&self, consent: &str, lines: &[u8]) -> Result<Answer, String> {
        let judge = Lines::new(&self.catalogue, self.consent(consent)?);
        let mut answer = Answer::default();
        let lines = lines.strip_suffix(b"\n").unwrap_or(lines);
        for line in lines.split(|byte| *byte == b'\n') {
            judge.judge(line.strip_suffix(b"\r").unwrap_or(line), &mut answer.body);
            answer.body.push(b'\n');
            answer.signals += 1;
        }
        Ok(answer)
    }

    fn consent(&self, text: &str) -> Result<Consent, String> {
        let head = self.catalogue.head();
        match text {
            "off" => Ok(Consent::Off),
            "default" => Ok(Consent::Default),
            "opted-in" | "opted_in" => Ok(Consent::OptedIn),
            names => {
                let consent = head.consent_of(names.split(','));
                consent
                    .map(|consent| head.closed(consent))
                    .map_err(|name| format!("the catalogue has no channel `{name}`"))
            }
        }
    }
}

fn read(signals: Signals, bytes: &[u8]) -> Result<Request, String> {
    let is_json = bytes.starts_with(b"{");
    let weight = match is_json {
        true => Request::weigh_json(bytes),
        false => Request::weigh_protobuf(signals, bytes),
    };
    if weight > MOST_MEMORY {
        return Err(format!("reading the request may take more than {} MiB", MOST_MEMORY >> 20));
    }
    let request = if is_json { Request::from_json(signals, bytes) } else { Request::from_protobuf(signals, bytes) };
    request.map_err(|error| error.to_string())
}
