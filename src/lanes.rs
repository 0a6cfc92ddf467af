//! Lanes: the batches that a catalogue's signals are sorted into, one per endpoint and kind of request.
//!
//! An OTLP endpoint has a lane for spans and one for events, because OTLP has a request for each. An endpoint with bodies
//! of the program's own has one lane. Only lanes that a signal of the catalogue takes are there.

use std::borrow::Cow;

use candor_domain::Frame;

use fastrand::Rng;

use crate::encode::{Buffer, Envelope, OtlpEncoder, Stamp, put_body};
use crate::filter::Tally;
use crate::process::AllowedProcess;
use crate::{Body, Catalogue, Consent, Content, Destination, Form, Method, Signal, SignalKind, Telemetry};

/// All lanes of a catalogue.
#[derive(Debug)]
pub(crate) struct Lanes {
    lanes: Box<[Lane]>,
    /// By endpoint and kind: the lane's position.
    of: [u8; SignalKind::ALL.len() * Lanes::MOST_ENDPOINTS],
}

/// The batches of one endpoint and kind of request.
#[derive(Debug)]
pub(crate) struct Lane {
    /// Position of its endpoint in the catalogue.
    pub position: u8,
    /// Key of its endpoint in the catalogue.
    pub endpoint: &'static str,
    pub form: LaneForm,
}

#[derive(Debug)]
pub(crate) enum LaneForm {
    /// OTLP with signals of this kind.
    Otlp(SignalKind, Envelope),
    /// JSON of the program's own.
    Json(Method, &'static Body, Frame),
}

impl Lanes {
    /// Most endpoints of a catalogue.
    const MOST_ENDPOINTS: usize = 16;

    /// `process_room` is how many bytes the attributes of the process take.
    pub fn new(catalogue: &Catalogue, process_room: usize) -> Self {
        let mut lanes = Vec::new();
        let mut of = [0; SignalKind::ALL.len() * Self::MOST_ENDPOINTS];
        for position in 0..catalogue.endpoints.len().clamp(1, Self::MOST_ENDPOINTS) {
            for kind in SignalKind::ALL {
                let is_there = |signal: &&&Signal| usize::from(signal.endpoint) == position && signal.kind == kind;
                if catalogue.signals.iter().find(is_there).is_none() {
                    continue;
                }
                let position = position as u8;
                let shared = lanes
                    .iter()
                    .position(|lane: &Lane| lane.position == position && matches!(lane.form, LaneForm::Json(..)));
                of[place(position, kind)] = shared.unwrap_or(lanes.len()) as u8;
                if shared.is_none() {
                    lanes.push(Lane::new(catalogue, position, kind, process_room));
                }
            }
        }
        Lanes { lanes: lanes.into(), of }
    }

    /// The position of a signal's lane.
    #[inline]
    pub fn of(&self, signal: &Signal) -> usize {
        self.of.get(place(signal.endpoint, signal.kind)).copied().unwrap_or_default().into()
    }

    pub fn get(&self, lane: usize) -> Option<&Lane> {
        self.lanes.get(lane)
    }

    pub fn len(&self) -> usize {
        self.lanes.len()
    }
}

fn place(endpoint: u8, kind: SignalKind) -> usize {
    SignalKind::ALL.len() * usize::from(endpoint) + kind as usize
}

impl Lane {
    fn new(catalogue: &Catalogue, position: u8, kind: SignalKind, process_room: usize) -> Self {
        let endpoint = catalogue.endpoints.get(usize::from(position));
        let form = match endpoint.map(|endpoint| &endpoint.form) {
            Some(Form::Json(method, body)) => LaneForm::Json(*method, body, body.frame()),
            Some(Form::Otlp) | None => LaneForm::Otlp(kind, Envelope::new(catalogue, process_room)),
        };
        Lane { position, endpoint: endpoint.map_or("default", |endpoint| &endpoint.name), form }
    }

    /// Returns the destination of its requests.
    pub fn destination(&self) -> Destination<'static> {
        let content = match self.form {
            LaneForm::Otlp(kind, _) => Content::Otlp(kind),
            LaneForm::Json(method, ..) => Content::Json(method),
        };
        Destination { endpoint: self.endpoint, content }
    }

    /// Appends one signal in this form.
    pub fn write<T: Telemetry + ?Sized>(
        &self,
        out: &mut Buffer,
        ids: &mut Rng,
        (consent, held): (Consent, &[&'static str]),
        stamp: Stamp<'_>,
        value: &T,
    ) -> Tally {
        match &self.form {
            LaneForm::Otlp(..) => OtlpEncoder::signal(out, ids, consent, held, stamp, value),
            LaneForm::Json(_, body, _) => {
                put_body((out, &mut Buffer::growing()), body, ids, (consent, held), stamp, value)
            }
        }
    }

    /// Most bytes that stand before the signals.
    pub fn room_before(&self) -> usize {
        match &self.form {
            LaneForm::Otlp(_, envelope) => envelope.room(),
            LaneForm::Json(_, _, frame) => frame.before.len(),
        }
    }

    /// The bytes behind the signals.
    pub fn behind(&self) -> &[u8] {
        match &self.form {
            LaneForm::Otlp(..) => &[],
            LaneForm::Json(_, _, frame) => &frame.behind,
        }
    }

    /// The bytes before `length` bytes of signals. In JSON, the places of the attributes of the process are still holes.
    pub fn header(&self, process: &AllowedProcess<'_>, length: usize) -> Cow<'_, [u8]> {
        match &self.form {
            LaneForm::Otlp(_, envelope) => envelope.header(&process.otlp(), length).into(),
            LaneForm::Json(_, _, frame) => (&*frame.before).into(),
        }
    }

    /// A request with the attributes of the process in its holes.
    pub fn fill<'b>(&self, process: &AllowedProcess<'_>, request: Cow<'b, [u8]>) -> Cow<'b, [u8]> {
        match &self.form {
            LaneForm::Otlp(..) => request,
            LaneForm::Json(_, body, _) => process.fill(body, request),
        }
    }

    /// The whole request with these signals.
    pub fn request(&self, process: &AllowedProcess<'_>, signals: &[u8]) -> Vec<u8> {
        let header = self.header(process, signals.len());
        self.fill(process, [&header, signals, self.behind()].concat().into()).into_owned()
    }

    /// Returns true if each signal is a request.
    pub fn sends_one_by_one(&self) -> bool {
        matches!(self.form, LaneForm::Json(_, Body { batch: None, .. }, _))
    }
}
