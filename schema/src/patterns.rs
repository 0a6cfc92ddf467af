//! The patterns of a catalogue, each looked at once.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use candor_domain::{Pattern, Shape, SyntaxFault};

/// Every pattern of a catalogue that was asked for.
#[derive(Default)]
pub(crate) struct Patterns(RefCell<HashMap<String, Rc<KnownPattern>>>);

/// One pattern: its shape, or what is wrong with it.
pub(crate) struct KnownPattern {
    pub shape: Result<Shape, SyntaxFault>,
    ambiguous: OnceCell<bool>,
}

impl Patterns {
    pub fn get(&self, pattern: &str) -> Rc<KnownPattern> {
        if let Some(known) = self.0.borrow().get(pattern) {
            return known.clone();
        }
        let known = Rc::new(KnownPattern { shape: Pattern::shape(pattern), ambiguous: OnceCell::new() });
        self.0.borrow_mut().insert(pattern.to_owned(), known.clone());
        known
    }
}

impl KnownPattern {
    pub fn shape(&self) -> Option<&Shape> {
        self.shape.as_ref().ok()
    }

    /// See [`Shape::is_ambiguous`].
    pub fn is_ambiguous(&self) -> bool {
        *self.ambiguous.get_or_init(|| self.shape().is_some_and(Shape::is_ambiguous))
    }
}
