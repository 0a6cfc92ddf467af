//! Positions of rows, attributes and objects in a checked catalogue.

/// Index of a row in [`Catalogue::rows`](super::Catalogue::rows).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId(pub(crate) usize);

/// Index of an attribute in [`Catalogue::attributes`](super::Catalogue::attributes).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttributeId(pub(crate) usize);

/// Index of an object in [`Catalogue::objects`](super::Catalogue::objects).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(pub(crate) usize);

impl RowId {
    /// Position in [`Catalogue::rows`](super::Catalogue::rows).
    pub fn index(self) -> usize {
        self.0
    }
}

impl AttributeId {
    /// Position in [`Catalogue::attributes`](super::Catalogue::attributes).
    pub fn index(self) -> usize {
        self.0
    }
}

impl ObjectId {
    /// Position in [`Catalogue::objects`](super::Catalogue::objects).
    pub fn index(self) -> usize {
        self.0
    }
}
