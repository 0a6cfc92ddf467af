//! Indices into a catalogue. Only a check gives them out.

/// Index of a row in [`Catalogue::rows`](crate::Catalogue::rows).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId(pub(crate) usize);

/// Index of an attribute in [`Catalogue::attributes`](crate::Catalogue::attributes).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttributeId(pub(crate) usize);

/// Index of an object in [`Catalogue::objects`](crate::Catalogue::objects).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(pub(crate) usize);

impl RowId {
    /// Position in [`Catalogue::rows`](crate::Catalogue::rows).
    pub fn index(self) -> usize {
        self.0
    }
}

impl AttributeId {
    /// Position in [`Catalogue::attributes`](crate::Catalogue::attributes).
    pub fn index(self) -> usize {
        self.0
    }
}

impl ObjectId {
    /// Position in [`Catalogue::objects`](crate::Catalogue::objects).
    pub fn index(self) -> usize {
        self.0
    }
}
