//! A reference that a constant can hold as well as a catalogue that was just read.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A part of a constant, or a counted reference.
pub enum Shared<T: ?Sized + 'static> {
    /// In the program itself.
    Static(&'static T),
    /// On the heap, freed with its last owner.
    Counted(Arc<T>),
}

impl<T: ?Sized> Deref for Shared<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        match self {
            Shared::Static(reference) => reference,
            Shared::Counted(counted) => counted,
        }
    }
}

impl<T: ?Sized> Clone for Shared<T> {
    fn clone(&self) -> Self {
        match self {
            Shared::Static(reference) => Shared::Static(reference),
            Shared::Counted(counted) => Shared::Counted(counted.clone()),
        }
    }
}

impl<T> From<T> for Shared<T> {
    fn from(value: T) -> Self {
        Shared::Counted(Arc::new(value))
    }
}

impl<T> From<Vec<T>> for Shared<[T]> {
    fn from(items: Vec<T>) -> Self {
        Shared::Counted(items.into())
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}
