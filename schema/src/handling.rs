//! Handling: why something is collected, who answers for it, how long it is kept, and on which legal basis.
//!
//! Rows and attributes have the same keys. Each attribute inherits from its row what it does not say itself.

#[cfg(feature = "json-schema")]
use schemars::JsonSchema;

use candor_domain::Period;

use crate::model::located::Located;
use crate::model::words::words;
use crate::version::{is_day, parts};

/// The purpose of data, the owner, how long it is kept, and on which legal basis, as written.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
pub struct HandlingModel {
    /// The question that it answers, or the feature that needs it. An attribute inherits its row's.
    pub purpose: Option<Located<String>>,
    /// The owner: a team or an address that answers for it. An attribute inherits its row's.
    pub owner: Option<Located<String>>,
    /// Longest time that it is kept: `90d`, `12h`, `2w`, `session`, or `until_deleted` on request. An attribute inherits
    /// its row's.
    #[cfg_attr(feature = "json-schema", schemars(regex(pattern = "^([1-9][0-9]*[smhdw]|session|until_deleted)$")))]
    pub retention: Option<Located<String>>,
    /// The day, or the version of the disclosure, from which it is no longer collected. An attribute inherits its row's.
    #[cfg_attr(
        feature = "json-schema",
        schemars(regex(pattern = "^([0-9]+\\.[0-9]+(\\.[0-9]+)?|[0-9]{4}-[0-9]{2}-[0-9]{2})$"))
    )]
    pub expires: Option<Located<String>>,
    /// Legal basis in the words of the GDPR, article 6. An attribute inherits its row's.
    pub legal_basis: Option<Located<LegalBasis>>,
    /// Links to more, such as a decision or a dashboard. An attribute adds to its row's.
    #[cfg_attr(feature = "json-schema", schemars(default, inner(regex(pattern = "^https?://"))))]
    pub links: Vec<Located<String>>,
}

words!(
    /// The legal bases of the GDPR, article 6.
    LegalBasis {
        /// The user agreed.
        Consent = "consent",
        /// A contract with the user needs it.
        Contract = "contract",
        /// A law demands it.
        LegalObligation = "legal_obligation",
        /// A person's life depends on it.
        VitalInterests = "vital_interests",
        /// A task in the public interest needs it.
        PublicTask = "public_task",
        /// The collector's interest, weighed against the user's.
        LegitimateInterests = "legitimate_interests",
    }
);

/// The purpose of data, the owner, how long it is kept, and on which legal basis.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Handling {
    /// The question that it answers, or the feature that needs it.
    pub purpose: Option<String>,
    /// The owner, who answers for it.
    pub owner: Option<String>,
    /// Longest time that it is kept.
    pub retention: Option<Retention>,
    /// From when it is no longer collected.
    pub expires: Option<Expiry>,
    /// Legal basis.
    pub legal_basis: Option<LegalBasis>,
    /// Links to more.
    pub links: Vec<String>,
}

impl Handling {
    /// The handling as checked; `None` where the checks have something to say.
    pub(crate) fn of(model: &HandlingModel) -> Option<Handling> {
        let text = |located: &Option<Located<String>>| located.as_ref().map(|located| located.value.clone());
        Some(Handling {
            purpose: text(&model.purpose),
            owner: text(&model.owner),
            retention: match &model.retention {
                Some(retention) => Some(Retention::of(&retention.value)?),
                None => None,
            },
            expires: match &model.expires {
                Some(expires) => Some(Expiry::of(&expires.value)?),
                None => None,
            },
            legal_basis: model.legal_basis.as_ref().map(|basis| basis.value),
            links: model.links.iter().map(|link| link.value.clone()).collect(),
        })
    }

    /// The handling of an attribute whose row has `row`: its own words first, and the links of both.
    pub fn within(&self, row: &Handling) -> Handling {
        let new = self.links.iter().filter(|link| !row.links.contains(link));
        Handling {
            purpose: self.purpose.clone().or_else(|| row.purpose.clone()),
            owner: self.owner.clone().or_else(|| row.owner.clone()),
            retention: self.retention.clone().or_else(|| row.retention.clone()),
            expires: self.expires.clone().or_else(|| row.expires.clone()),
            legal_basis: self.legal_basis.or(row.legal_basis),
            links: row.links.iter().chain(new).cloned().collect(),
        }
    }
}

/// Longest time that something is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Retention {
    /// No longer than the session or run that it was sent in.
    Session,
    /// This long, and how that is written.
    For(Period, String),
    /// Until somebody asks for its deletion.
    UntilDeleted,
}

impl Retention {
    /// Reads `session`, `until_deleted` or a duration such as `90d`.
    pub fn of(text: &str) -> Option<Retention> {
        Some(match text {
            "session" => Retention::Session,
            "until_deleted" => Retention::UntilDeleted,
            _ => Retention::For(text.parse().ok()?, text.to_owned()),
        })
    }

    /// A number that is greater for what is kept longer.
    pub fn length(&self) -> u128 {
        match self {
            Retention::Session => 0,
            Retention::For(length, _) => u128::from(length.seconds()),
            Retention::UntilDeleted => u128::MAX,
        }
    }

    /// The retention as a catalogue writes it.
    pub fn word(&self) -> &str {
        match self {
            Retention::Session => "session",
            Retention::For(_, written) => written,
            Retention::UntilDeleted => "until_deleted",
        }
    }

    /// The retention in English, behind “kept”: `for 90 days`.
    pub fn words(&self) -> String {
        match self {
            Retention::Session => "for the session".to_owned(),
            Retention::For(length, _) => format!("for {}", length.words()),
            Retention::UntilDeleted => "until its deletion is asked for".to_owned(),
        }
    }
}

/// The day, or the version of the disclosure, from which something is no longer collected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expiry(String);

impl Expiry {
    /// Reads a day or a version.
    pub fn of(text: &str) -> Option<Expiry> {
        parts(text).map(|_| Expiry(text.to_owned()))
    }

    /// The expiry as written.
    pub fn word(&self) -> &str {
        &self.0
    }

    /// Returns whether it is a day, and not a version.
    pub fn is_day(&self) -> bool {
        is_day(&self.0)
    }

    /// Returns whether it is past on a day, for a catalogue of this version.
    pub(crate) fn is_past(&self, version: &str, today: &str) -> bool {
        let reached = parts(version) >= parts(&self.0);
        if is_day(&self.0) { today >= self.word() || is_day(version) && reached } else { !is_day(version) && reached }
    }

    /// Returns whether it is no later than another one. Of a day and a version nobody can say that.
    pub(crate) fn is_within(&self, other: &Expiry) -> bool {
        is_day(&self.0) == is_day(&other.0) && parts(&self.0) <= parts(&other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retentions_have_an_order_and_words() {
        let of = |text: &str| Retention::of(text).expect(text);
        let ordered = ["session", "45s", "30m", "12h", "1d", "2w", "90d", "until_deleted"].map(of);
        assert!(ordered.is_sorted_by(|a, b| a.length() < b.length()));
        assert_eq!(of("1d").words(), "for 1 day");
        assert_eq!(of("12h").words(), "for 12 hours");
        for none in ["", "d", "0d", "1.5d", "-1d", "90 d", "90D", "1y", "forever", "99999999999999999999d"] {
            assert_eq!(Retention::of(none), None, "{none}");
        }
    }

    #[test]
    fn an_expiry_is_past_from_its_day_or_version_on() {
        let past = |expiry: &str, version: &str| Expiry::of(expiry).expect(expiry).is_past(version, "2026-11-30");
        assert!(past("2026-11-30", "1.0.0") && !past("2026-12-01", "1.0.0"));
        assert!(past("2.0.0", "2.0") && past("2.0.0", "2.1.0") && !past("2.0.0", "1.9.9"));
        assert!(past("2026-12-01", "2027-01-01") && !past("3.0", "2026-11-30"));
    }

    #[test]
    fn an_attribute_inherits_what_it_does_not_say() {
        let handling = |owner: &str, links: &[&str]| Handling {
            owner: (!owner.is_empty()).then(|| owner.to_owned()),
            links: links.iter().map(|link| (*link).to_owned()).collect(),
            ..Handling::default()
        };
        let row = handling("the team", &["https://a.example"]);
        assert_eq!(handling("", &[]).within(&row), row);
        let both = handling("me", &["https://a.example", "https://b.example"]);
        assert_eq!(handling("me", &["https://b.example"]).within(&row), both);
    }
}
