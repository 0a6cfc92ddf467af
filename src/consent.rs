//! Decides which channels are granted: a [`Consent`], with its reason and what each layer said.
//!
//! Six layers are asked, strongest first. The first one that says anything decides.
//!
//! | Layer | Says |
//! | --- | --- |
//! | environment | off, if `DO_NOT_TRACK`, `OTEL_SDK_DISABLED` or a variable of the catalogue says so |
//! | switches | off, if the application says so of a flag, a setting or a command that the catalogue lists |
//! | application | the value of [`Builder::consent`] or [`Pipeline::set_consent`] |
//! | stored choice | the user's choice: off, on or share; off if it cannot be read or trusted (feature `stored`) |
//! | continuous integration | off, if one of [`CONTINUOUS_INTEGRATION`] is set: no user reads a notice there |
//! | default | the default; with a store, off until the notice was shown |
//!
//! A variable counts as not set if it is empty or a word for no: `0`, `false`, `no`, `off`, `n`, `f`, `disabled`. Every
//! other word sets it, known or not. Of a variable with `off_when: false` it is the other way round: when set, it switches
//! off unless its value is a word for yes. An application that sets consent needs no notice, because it asks in its own way.
//!
//! A [`Consent`] is a set of channels without an order. Of two sets, neither need hold the other, so consent shrinks
//! unless the new set includes the old one. A pipeline has one consent per process, in an atomic. Each handle may have
//! its own switch: `sharing(true)` grants the opt-in channel, `sharing(false)` takes it away, and off stays off for
//! all.
//!
//! [`Builder::consent`]: crate::Builder::consent
//! [`Pipeline::set_consent`]: crate::Pipeline::set_consent

use std::fmt;

use crate::opt_out::{Switches, Variable, says_no};
use crate::{Catalogue, Consent, OptOut};

/// A decision about consent, and why it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The channels that are granted.
    pub consent: Consent,
    /// The reason.
    pub reason: Reason,
    /// The answer of each layer, strongest first. The first one that says anything decides.
    pub layers: Vec<Layer>,
}

/// One of the places that consent is decided in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// The name of the layer.
    pub name: &'static str,
    /// The consent that it asks for, with the reason; `None` when it says nothing.
    pub says: Option<(Consent, Reason)>,
    /// True for the layer that decided.
    pub decided: bool,
}

/// The reason for a consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// An environment variable switched everything off.
    Environment {
        /// Its name.
        variable: String,
        /// Its value, as found.
        value: String,
    },
    /// A flag, a setting or a command of the program switched everything off.
    Switch {
        /// The switch.
        switch: OptOut,
    },
    /// The application said so.
    Explicit,
    /// The user chose it, and the choice was stored. Feature `stored`.
    Stored {
        /// The date, in RFC 3339.
        date: String,
    },
    /// The program runs in continuous integration, where nobody reads a notice.
    ContinuousIntegration {
        /// The variable that says so.
        variable: &'static str,
    },
    /// There is a stored choice, but it cannot be read or trusted. That means off. Feature `stored`.
    Doubt {
        /// The file and what is wrong with it.
        why: String,
    },
    /// The user has not seen the notice yet. Feature `stored`.
    NoticeDue,
    /// The notice was shown in this run; what it tells of is reported from the next run on. Feature `stored`.
    NoticeShown,
    /// The application asks first, and the user has not said yes.
    NotAsked,
    /// No layer said anything else.
    Default,
    /// Requests could never be sent as the application has it.
    Misconfigured {
        /// The mistake, and what to write.
        why: String,
    },
    /// There is nowhere to send to: neither the application nor the catalogue names an endpoint.
    NoEndpoint,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Environment { variable, value } => write!(f, "the environment has {variable}={value}"),
            Reason::Switch { switch } => match switch {
                OptOut::Flag(name) => write!(f, "the flag {name} was given"),
                OptOut::Command(name) => write!(f, "the command {name} was run"),
                other => write!(f, "the {} {} is off", other.kind(), other.name()),
            },
            Reason::Explicit => f.write_str("the application set it"),
            Reason::Stored { date } => write!(f, "chosen on {}", date.get(..10).unwrap_or(date)),
            Reason::ContinuousIntegration { variable } => write!(f, "{variable} says that nobody is here to ask"),
            Reason::Doubt { why } => write!(f, "{why}; that means off"),
            Reason::NoticeDue => f.write_str("the notice was not shown yet"),
            Reason::NoticeShown => f.write_str("the notice was shown in this run"),
            Reason::NotAsked => f.write_str("the user has not agreed yet"),
            Reason::Default => f.write_str("nobody said otherwise"),
            Reason::Misconfigured { why } => f.write_str(why),
            Reason::NoEndpoint => f.write_str("there is no endpoint to send to"),
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.says {
            Some((consent, reason)) => write!(f, "{}: {consent} ({reason})", self.name)?,
            None => write!(f, "{}: nothing", self.name)?,
        }
        f.write_str(if self.decided { ", which decides" } else { "" })
    }
}

impl Decision {
    /// The same, where nothing can be sent for this reason.
    pub(crate) fn without_endpoint(mut self, reason: &Reason) -> Self {
        if self.consent != Consent::Off {
            self.consent = Consent::Off;
            self.reason = reason.clone();
            self.layers.iter_mut().for_each(|layer| layer.decided = false);
        }
        self
    }
}

/// The application's settings for single channels.
#[derive(Debug, Clone, Default)]
pub(crate) struct Channels(Vec<(u8, bool)>);

impl Channels {
    pub fn set(&mut self, catalogue: &Catalogue, channel: u8, on: bool) {
        self.0.retain(|(known, _)| *known != channel);
        if catalogue.channel_name(channel).is_some() {
            self.0.push((channel, on));
        }
    }

    /// The decision with these. Off stays off.
    pub fn apply(&self, catalogue: &Catalogue, mut decision: Decision) -> Decision {
        if !decision.consent.is_off() {
            decision.consent = self.0.iter().fold(decision.consent, |consent, (channel, on)| match on {
                true => catalogue.granting(consent, *channel),
                false => catalogue.refusing(consent, *channel),
            });
        }
        decision
    }
}

/// The opt-outs that count for every catalogue: <https://consoledonottrack.com> and OpenTelemetry's own.
pub const UNIVERSAL_OPT_OUTS: [&str; 2] = ["DO_NOT_TRACK", "OTEL_SDK_DISABLED"];

/// The variables that tell continuous integration, each where it is set to anything but a word for no.
pub const CONTINUOUS_INTEGRATION: [&str; 16] = [
    "CI",
    "CONTINUOUS_INTEGRATION",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "TF_BUILD", // Azure Pipelines
    "JENKINS_URL",
    "TEAMCITY_VERSION",
    "BUILDKITE",
    "CIRCLECI",
    "TRAVIS",
    "APPVEYOR",
    "DRONE",
    "CODEBUILD_BUILD_ID", // AWS
    "BITBUCKET_BUILD_NUMBER",
    "CIRRUS_CI",
    "WOODPECKER_CI",
];

/// The user's answer, as far as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Remembered {
    /// The application remembers nothing.
    NotKept,
    /// The notice was not shown yet.
    #[cfg(feature = "stored")]
    NoticeDue,
    /// The notice was shown, and the user chose nothing.
    #[cfg(feature = "stored")]
    NoticeShown,
    /// The notice was shown in this run.
    #[cfg(feature = "stored")]
    NoticeInThisRun,
    /// The user chose.
    #[cfg(feature = "stored")]
    Chosen { consent: Consent, date: String },
    /// There is a choice that cannot be read or trusted.
    #[cfg(feature = "stored")]
    Doubtful { why: String },
}

impl Remembered {
    /// Returns its answer as the stored choice, and as the default. Where the application asks first, nothing but a
    /// choice switches on.
    fn says(self, ask_first: bool) -> (Option<(Consent, Reason)>, (Consent, Reason)) {
        let default = if ask_first { (Consent::Off, Reason::NotAsked) } else { (Consent::Default, Reason::Default) };
        #[cfg(feature = "stored")]
        let off = |reason| if ask_first { (Consent::Off, Reason::NotAsked) } else { (Consent::Off, reason) };
        match self {
            Remembered::NotKept => (None, default),
            #[cfg(feature = "stored")]
            Remembered::NoticeDue => (None, off(Reason::NoticeDue)),
            #[cfg(feature = "stored")]
            Remembered::NoticeInThisRun => (None, off(Reason::NoticeShown)),
            #[cfg(feature = "stored")]
            Remembered::NoticeShown => (None, default),
            #[cfg(feature = "stored")]
            Remembered::Chosen { consent, date } => (Some((consent, Reason::Stored { date })), default),
            #[cfg(feature = "stored")]
            Remembered::Doubtful { why } => (Some((Consent::Off, Reason::Doubt { why })), default),
        }
    }
}

/// Decides what may leave: environment opt-outs, then what the application set, then continuous integration, then the
/// default. A stored choice, which comes before continuous integration, is the `Store`'s to read.
///
/// An opt-out counts in every common spelling (`1`, `true`, `TRUE`, `yes`, `on`), and an unknown spelling means off. In
/// continuous integration, nothing is sent without an explicit choice.
///
/// ```
/// # const DEMO: candor::Catalogue = candor::Catalogue { name: "demo", title: "Demo", version: "1.0.0",
/// #     opt_out: &[candor::OptOut::Variable("DEMO_NO_TELEMETRY")], ..candor::Catalogue::EMPTY };
/// # let catalogue: &'static candor::Catalogue = &DEMO;
/// use candor::{Consent, resolve_with};
/// let environment = |name: &str| (name == "DEMO_NO_TELEMETRY").then(|| "Yes".to_owned());
/// assert_eq!(resolve_with(catalogue, Some(Consent::OptedIn), environment).consent, Consent::Off);
/// ```
pub fn resolve_with(
    catalogue: &Catalogue,
    explicit: Option<Consent>,
    environment: impl Fn(&str) -> Option<String>,
) -> Decision {
    let opt_outs = OptOuts { promised: &[], switches: &Switches::default() };
    decide(catalogue, explicit, (Remembered::NotKept, false), opt_outs, environment)
}

/// [`resolve_with`] over this process's environment. A variable that is not UTF-8 means off, too.
pub fn resolve(catalogue: &Catalogue, explicit: Option<Consent>) -> Decision {
    resolve_with(catalogue, explicit, variable)
}

/// A variable of this process's environment.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

/// Opt-outs beside the catalogue's variables: those that the user was promised, and those that the application handed over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OptOuts<'a> {
    /// The variables that the user was told of, and that the catalogue has no more.
    pub promised: &'a [Variable<'a>],
    /// The states of flags, settings and commands.
    pub switches: &'a Switches,
}

/// Asks every layer; the first one that says anything decides. `remembered` comes with whether the application asks
/// first.
pub(crate) fn decide(
    catalogue: &Catalogue,
    explicit: Option<Consent>,
    (remembered, ask_first): (Remembered, bool),
    opt_outs: OptOuts<'_>,
    environment: impl Fn(&str) -> Option<String>,
) -> Decision {
    let (stored, default) = remembered.says(ask_first);
    let mut said = vec![("environment", opted_out(catalogue, opt_outs.promised, &environment))];
    if catalogue.opt_out.iter().any(|opt_out| opt_out.variable().is_none()) {
        said.push(("switches", switched_off(catalogue, opt_outs.switches)));
    }
    said.extend([
        ("application", explicit.map(|consent| (consent, Reason::Explicit))),
        ("stored choice", stored),
        ("continuous integration", integrated(&environment)),
        ("default", Some(default.clone())),
    ]);
    let first = said.iter().position(|(_, says)| says.is_some());
    let (consent, reason) = first.and_then(|first| said[first].1.clone()).unwrap_or(default);
    let layer = |(position, (name, says))| Layer { name, says, decided: Some(position) == first };
    Decision { consent, reason, layers: said.into_iter().enumerate().map(layer).collect() }
}

fn opted_out(
    catalogue: &Catalogue,
    promised: &[Variable<'_>],
    environment: &impl Fn(&str) -> Option<String>,
) -> Option<(Consent, Reason)> {
    let off = |variable: Variable<'_>| {
        let value = environment(variable.name).filter(|value| variable.switches_off(value))?;
        Some((Consent::Off, Reason::Environment { variable: variable.name.to_owned(), value }))
    };
    variables(catalogue).find_map(off).or_else(|| promised.iter().copied().find_map(off))
}

fn switched_off(catalogue: &Catalogue, switches: &Switches) -> Option<(Consent, Reason)> {
    let switch = switches.first(catalogue.opt_out)?;
    Some((Consent::Off, Reason::Switch { switch }))
}

/// The variables that switch everything off: those that always do, and the catalogue's.
pub(crate) fn variables(catalogue: &Catalogue) -> impl Iterator<Item = Variable<'static>> {
    let always = UNIVERSAL_OPT_OUTS.into_iter().map(|name| Variable { name, off_when_false: false });
    always.chain(catalogue.opt_out.iter().filter_map(OptOut::variable))
}

fn integrated(environment: &impl Fn(&str) -> Option<String>) -> Option<(Consent, Reason)> {
    let set = |variable: &&&str| environment(variable).is_some_and(|value| !says_no(&value));
    let variable = CONTINUOUS_INTEGRATION.iter().find(set)?;
    Some((Consent::Off, Reason::ContinuousIntegration { variable }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_layer_that_says_anything_decides() {
        let catalogue = Catalogue {
            name: "demo",
            title: "Demo",
            version: "1.0.0",
            service: "demo",
            endpoints: &[],
            opt_in: None,
            opt_out: &[OptOut::Variable("DEMO_NO_TELEMETRY")],
            installation_id: None,
            channels: &[],
            ask: None,
            signals: &[],
            resource: const { &crate::define::resource("demo", &[]) },
            disclosure: crate::Disclosure::NONE,
        };
        let check = |explicit, variables: &[(&str, &str)], consent, decided: &str| {
            let found = |name: &str| variables.iter().find(|(known, _)| *known == name);
            let environment = |name: &str| found(name).map(|(_, value)| (*value).to_owned());
            let decision = resolve_with(&catalogue, explicit, environment);
            let by: Vec<_> = decision.layers.iter().filter(|layer| layer.decided).map(Layer::to_string).collect();
            assert_eq!((decision.consent, by), (consent, vec![decided.to_owned()]), "{variables:?}");
        };
        let (off, opted_in) = (Consent::Off, Consent::OptedIn);
        check(None, &[], Consent::Default, "default: default (nobody said otherwise), which decides");
        let ci = "continuous integration: off (GITLAB_CI says that nobody is here to ask), which decides";
        check(None, &[("GITLAB_CI", "yes")], off, ci);
        check(None, &[("CI", "false")], Consent::Default, "default: default (nobody said otherwise), which decides");
        let application = "application: opted-in (the application set it), which decides";
        check(Some(opted_in), &[("CI", "1")], opted_in, application);
        let environment = "environment: off (the environment has DEMO_NO_TELEMETRY=perhaps), which decides";
        check(Some(opted_in), &[("CI", "1"), ("DEMO_NO_TELEMETRY", "perhaps")], off, environment);
    }
}
