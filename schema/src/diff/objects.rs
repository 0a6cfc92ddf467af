//! Objects compared. What uses an object that came or went changed as well, and says so.

use super::{At, Class, Comparison, Pair, pairs};
use crate::finding::quote;
use crate::{Field, Object};

impl<'c> Comparison<'c> {
    pub(super) fn objects(&mut self) {
        for pair in pairs(&self.old.objects, &self.new.objects, |object| &*object.id) {
            let Pair::Kept(was, is) = pair else { continue };
            let at = At::new(format!("objects.{}", is.id), is.place);
            self.wording(&at, &was.brief, &is.brief, || format!("object `{}` has another brief", is.id));
            self.waivers(&at, &format!("object `{}`", is.id), &was.allow, &is.allow);
            self.fields(was, is);
            let names =
                |object: &'c Object| -> Vec<&'c str> { object.fields.iter().map(|field| &*field.name).collect() };
            self.order(&at, &names(was), &names(is), &format!("the fields of object `{}`", is.id));
        }
    }

    fn fields(&mut self, was: &Object, is: &Object) {
        let subject = |field: &Field| format!("objects.{}.fields.{}", is.id, field.name);
        for pair in pairs(&was.fields, &is.fields, |field| &*field.name) {
            match pair {
                Pair::Added(field) => self.added_field(&At::new(subject(field), field.place), is, field),
                Pair::Removed(field) => self.removed_field(&At::old(subject(field), field.place), was, field),
                Pair::Kept(before, after) => self.field(&At::new(subject(after), after.place), is, before, after),
            }
        }
    }

    /// A field that came with its attribute is told there.
    fn added_field(&mut self, at: &At, object: &Object, field: &Field) {
        let attribute = self.new.attribute(field.attribute);
        if self.old_attributes.contains_key(&*attribute.id) {
            let sentence =
                format!("object `{}` has a new field {}, which is `{}`", object.id, quote(&field.name), attribute.id);
            self.change(at, [Class::more(attribute.collected)], sentence);
        }
    }

    /// A field that went with its attribute is told there.
    fn removed_field(&mut self, at: &At, object: &Object, field: &Field) {
        let attribute = self.old.attribute(field.attribute);
        if !self.new_attributes.contains_key(&*attribute.id) {
            return;
        }
        let sentence = format!("object `{}` has no field {} any more", object.id, quote(&field.name));
        match field.required {
            true => self.change(at, [Class::Widens, Class::Breaks], format!("{sentence}, which had to be there")),
            false => self.change(at, [Class::Breaks], sentence),
        }
    }

    fn field(&mut self, at: &At, object: &Object, was: &Field, is: &Field) {
        let what = format!("field {} of object `{}`", quote(&is.name), object.id);
        let (from, to) = (self.old.attribute(was.attribute), self.new.attribute(is.attribute));
        let may_be_missing = was.required && !is.required;
        if from.id != to.id {
            let more = Class::more(to.collected);
            let sentence = format!("{what} was `{}` and is `{}`", from.id, to.id);
            match may_be_missing && more != Class::Widens {
                true => {
                    let sentence = format!("{sentence}; it was required and may be missing");
                    self.change(at, [Class::Widens, Class::Breaks, more], sentence);
                }
                false => self.change(at, [more, Class::Breaks], sentence),
            }
        } else if may_be_missing {
            // What is required is collected by default.
            let sentence = format!("{what} was required and may be missing");
            self.change(at, [Class::Widens, Class::Breaks], sentence);
        } else if from.collected == to.collected && is.required && !was.required {
            self.change(at, [Class::Breaks], format!("{what} could be missing and is required"));
        }
    }
}
