//! Findings that are taken back.

/// A finding that is taken back, and why. Whoever reads the catalogue again needs it: it may be an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The check's code.
    pub code: String,
    /// The reason why that is fine.
    pub reason: String,
}
