//! What may leave: [`Consent`], and how it is decided.

use std::fmt;

use crate::Catalogue;

/// What may leave the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Consent {
    /// Nothing: nothing is built, queued, written or sent.
    Off = 0,
    /// What the catalogue collects by default.
    Default = 1,
    /// That, and what the user opted in to.
    OptedIn = 2,
}

impl Consent {
    #[inline]
    pub(crate) fn from_u8(value: u8) -> Self {
        match value {
            2 => Consent::OptedIn,
            1 => Consent::Default,
            _ => Consent::Off,
        }
    }
}

impl fmt::Display for Consent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Consent::Off => "off",
            Consent::Default => "default",
            Consent::OptedIn => "opted-in",
        })
    }
}

/// A decision about consent, and why it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What may leave.
    pub consent: Consent,
    /// The layer that decided.
    pub reason: Reason,
}

/// Which layer decided, strongest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// An environment variable switched everything off.
    Environment {
        /// Its name.
        variable: String,
        /// Its value, as found.
        value: String,
    },
    /// The application said so.
    Explicit,
    /// Nobody said anything.
    Default,
    /// There is nowhere to send to: neither the application nor the catalogue names an endpoint.
    NoEndpoint,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Environment { variable, value } => write!(f, "the environment has {variable}={value}"),
            Reason::Explicit => f.write_str("the application set it"),
            Reason::Default => f.write_str("nobody said otherwise"),
            Reason::NoEndpoint => f.write_str("there is no endpoint to send to"),
        }
    }
}

/// The opt-outs that count for every catalogue: <https://consoledonottrack.com> and OpenTelemetry's own.
pub const UNIVERSAL_OPT_OUTS: [&str; 2] = ["DO_NOT_TRACK", "OTEL_SDK_DISABLED"];

/// Decides what may leave: environment opt-outs, then what the application set, then the default.
///
/// An opt-out counts in every common spelling (`1`, `true`, `TRUE`, `yes`, `on`), and a spelling that nobody knows
/// means off.
///
/// ```
/// # let catalogue = &candor::Catalogue { name: "demo", title: "Demo", version: "1.0.0", service: "demo",
/// #     endpoint: None, opt_in: None, opt_out: &["DEMO_NO_TELEMETRY"], signals: &[] };
/// use candor::{Consent, resolve_with};
/// let environment = |name: &str| (name == "DEMO_NO_TELEMETRY").then(|| "Yes".to_owned());
/// assert_eq!(resolve_with(catalogue, Some(Consent::OptedIn), environment).consent, Consent::Off);
/// ```
pub fn resolve_with(
    catalogue: &Catalogue,
    explicit: Option<Consent>,
    environment: impl Fn(&str) -> Option<String>,
) -> Decision {
    let variables = UNIVERSAL_OPT_OUTS.iter().chain(catalogue.opt_out);
    for variable in variables {
        if let Some(value) = environment(variable).filter(|value| switches_off(value)) {
            let reason = Reason::Environment { variable: (*variable).to_owned(), value };
            return Decision { consent: Consent::Off, reason };
        }
    }
    match explicit {
        Some(consent) => Decision { consent, reason: Reason::Explicit },
        None => Decision { consent: Consent::Default, reason: Reason::Default },
    }
}

/// [`resolve_with`] over this process's environment. A variable that is not UTF-8 means off, too.
pub fn resolve(catalogue: &Catalogue, explicit: Option<Consent>) -> Decision {
    resolve_with(catalogue, explicit, |name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
}

/// Whether an opt-out variable's value switches telemetry off.
fn switches_off(value: &str) -> bool {
    let value = value.trim();
    !["", "0", "false", "no", "off", "n", "f", "disabled"].iter().any(|not| value.eq_ignore_ascii_case(not))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_opt_out() {
        for value in ["1", "true", "TRUE", "True", "yes", "YES", "on", "y", "t", " 1 ", "2", "jawohl"] {
            assert!(switches_off(value), "{value:?}");
        }
        for value in ["", "0", "false", "FALSE", "no", "off", " ", "n"] {
            assert!(!switches_off(value), "{value:?}");
        }
    }
}
