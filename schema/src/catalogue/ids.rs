//! Indices into a catalogue, which only the checks make.

#[cfg(doc)]
use super::Catalogue;

/// Index of a row in [`Catalogue::rows`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId(pub(crate) usize);

/// Index of an attribute in [`Catalogue::attributes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttributeId(pub(crate) usize);

/// Index of an object in [`Catalogue::objects`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(pub(crate) usize);

impl RowId {
    /// Position in [`Catalogue::rows`].
    pub fn index(self) -> usize {
        self.0
    }
}

impl AttributeId {
    /// Position in [`Catalogue::attributes`].
    pub fn index(self) -> usize {
        self.0
    }
}

impl ObjectId {
    /// Position in [`Catalogue::objects`].
    pub fn index(self) -> usize {
        self.0
    }
}
