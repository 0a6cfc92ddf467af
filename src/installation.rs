//! The number that tells one installation from others.

/// The catalogue's rules for the installation id that the runtime keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InstallationIdPolicy {
    /// The keys of the attributes that carry it. It is made once the user allows one of them.
    pub attributes: &'static [&'static str],
    /// Seconds after which another one takes its place.
    pub rotates_seconds: Option<u64>,
}

#[cfg(feature = "stored")]
pub use kept::InstallationId;
#[cfg(feature = "stored")]
pub(crate) use kept::Installed;

#[cfg(feature = "stored")]
mod kept {
    use std::fmt;
    use std::time::SystemTime;

    use super::InstallationIdPolicy;
    use crate::{Allowance, Consent, Member, Signal, Value, Visitor, kind};

    /// A random number that tells this installation from others: a UUID of version 4.
    ///
    /// [`Pipeline::installation_id`](crate::Pipeline::installation_id) gives it. It is a value of a text attribute, with
    /// hyphens; [`simple`](InstallationId::simple) leaves them out. Debug output does not show it.
    #[derive(Clone, Copy, PartialEq, Eq, Hash)]
    pub struct InstallationId([u8; 16]);

    /// An installation id, and until when it is the same.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Installed {
        pub id: InstallationId,
        pub until: Option<SystemTime>,
    }

    impl InstallationId {
        /// The same one in every test.
        pub(crate) const FIXED: InstallationId = InstallationId(*b"\0\0\0\0\0\0\x40\0\x80\0\0\0\0\0\0\x01");

        /// Draws one from the system's source of random numbers.
        pub(crate) fn draw() -> Result<Self, String> {
            let mut bytes = [0; 16];
            getrandom::fill(&mut bytes).map_err(|error| format!("the system gives no random numbers: {error}"))?;
            bytes[6] = bytes[6] & 0x0f | 0x40;
            bytes[8] = bytes[8] & 0x3f | 0x80;
            Ok(InstallationId(bytes))
        }

        /// Reads what was written; `None` for anything else.
        pub(crate) fn parse(text: &str) -> Option<Self> {
            let digits: String = text.chars().filter(|char| *char != '-').collect();
            let number = u128::from_str_radix(&digits, 16).ok()?;
            let id = InstallationId(number.to_be_bytes());
            (id.to_string() == text).then_some(id)
        }

        /// The 32 hexadecimal digits without hyphens.
        pub fn simple(&self) -> String {
            format!("{:032x}", u128::from_be_bytes(self.0))
        }

        fn text<'b>(&self, buffer: &'b mut [u8; 36]) -> &'b str {
            const DIGITS: &[u8; 16] = b"0123456789abcdef";
            let digits = self.0.iter().flat_map(|byte| [byte >> 4, byte & 15]);
            let places = (0..36).filter(|place| !matches!(place, 8 | 13 | 18 | 23));
            buffer.fill(b'-');
            places.zip(digits).for_each(|(place, digit)| buffer[place] = DIGITS[usize::from(digit)]);
            std::str::from_utf8(buffer).unwrap_or_default()
        }
    }

    /// With hyphens.
    impl fmt::Display for InstallationId {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.text(&mut [0; 36]))
        }
    }

    impl fmt::Debug for InstallationId {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("InstallationId(…)")
        }
    }

    impl Value<kind::Text> for InstallationId {
        fn visit<V: Visitor>(&self, visitor: &mut V) {
            visitor.text(self.text(&mut [0; 36]));
        }
    }

    impl InstallationIdPolicy {
        /// Returns true if one of these signals may carry it now.
        pub(crate) fn is_allowed(&self, signals: &[&Signal], allowance: &Allowance) -> bool {
            signals.iter().any(|signal| {
                let held = allowance.held(signal);
                held.is_some_and(|held| self.is_reached(&signal.attributes, held, allowance.consent()))
            })
        }

        fn is_reached(&self, members: &[Member], held: &[&str], consent: Consent) -> bool {
            members.iter().map(|member| &member.attribute).any(|attribute| {
                let id: &str = &attribute.id;
                let within = || attribute.domain.object().is_some_and(|it| self.is_reached(&it.fields, held, consent));
                let allowed = consent.includes(attribute.needs) && !held.contains(&id);
                allowed && (self.attributes.contains(&id) || within())
            })
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn texts() {
            let id = InstallationId::draw().expect("random numbers");
            let text = id.to_string();
            assert_eq!((text.len(), &text[14..15], InstallationId::parse(&text)), (36, "4", Some(id)));
            assert!(matches!(&text[19..20], "8" | "9" | "a" | "b"), "{text}");
            assert_eq!(id.simple(), text.replace('-', ""));
            assert_ne!(InstallationId::draw().expect("random numbers"), id);
            assert_eq!(format!("{id:?}"), "InstallationId(…)");
            for wrong in
                ["", "5", &id.simple(), &text.to_uppercase().replace(|c: char| c.is_ascii_digit(), "A"), &text[1..]]
            {
                assert_eq!(InstallationId::parse(wrong), None, "{wrong}");
            }
        }
    }
}
