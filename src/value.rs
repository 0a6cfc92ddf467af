//! Rust types as values of attributes.
//!
//! Only an attribute's own type is accepted: a text for a string, a whole number for an int. Nothing is ever turned
//! into text on the way, so an object cannot slip into a "model name" by its `Display`.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::Object;

/// Kinds of attributes, as types: the parameter of [`Attribute`](crate::Attribute) and [`Value`].
pub mod kind {
    use std::marker::PhantomData;

    /// `string`
    #[derive(Debug)]
    pub enum Text {}
    /// `boolean`
    #[derive(Debug)]
    pub enum Boolean {}
    /// `int`
    #[derive(Debug)]
    pub enum Int {}
    /// `double`
    #[derive(Debug)]
    pub enum Double {}
    /// `timestamp`
    #[derive(Debug)]
    pub enum Timestamp {}
    /// `{enum: […]}`: the closed domain that [`domain_id`](crate::domain_id) gives for its attribute.
    #[derive(Debug)]
    pub enum Choice<const DOMAIN: u64> {}
    /// `{enum: […], other: …}`: the same for an open enum. Plain values are values of it, too: what is not listed becomes
    /// the member for all others.
    #[derive(Debug)]
    pub enum Open<const DOMAIN: u64> {}
    /// An object: the structure that [`domain_id`](crate::domain_id) gives for it.
    #[derive(Debug)]
    pub enum Structure<const DOMAIN: u64> {}
    /// A number `K` in a unit of time of so many nanoseconds: also a [`Duration`](std::time::Duration).
    #[derive(Debug)]
    pub struct Elapsed<K, const NANOSECONDS: u64>(PhantomData<fn() -> K>);
    /// `[K]`
    #[derive(Debug)]
    pub struct List<K>(PhantomData<fn() -> K>);
    /// `{map: K, keys: …}`
    #[derive(Debug)]
    pub struct Map<K>(PhantomData<fn() -> K>);
    /// `json`: a text is the value's JSON text. With the feature `json`, a `serde_json::Value` is one, too.
    #[derive(Debug)]
    pub enum Json {}
}

/// Stands for one closed domain or one object of one catalogue in the type system: a hash (FNV-1a) of
/// `catalogue/attribute` or `catalogue/object`.
pub const fn domain_id(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut position = 0;
    while position < bytes.len() {
        hash = (hash ^ bytes[position] as u64).wrapping_mul(0x0100_0000_01b3);
        position += 1;
    }
    hash
}

/// A value of an attribute of the kind `K`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a value of this attribute",
    label = "not the attribute's type in the catalogue",
    note = "text is `&str` or `String`, int is any integer, double is `f32` or `f64`, timestamp is `SystemTime`, a number in a unit of time is also `Duration`, a list is a `Vec` or slice of those",
    note = "a map is a `BTreeMap`, a `HashMap`, or a `Vec` or slice of pairs; a JSON value is its text",
    note = "for an enum or an object, derive `Telemetry` on the type with `#[telemetry(attribute = \"…\")]` or `#[telemetry(object = \"…\")]`",
    note = "a type that was derived for one attribute or object of one catalogue is no value of another one, or of another catalogue: derive a type of its own for each"
)]
pub trait Value<K> {
    /// Shows the value to a visitor, once; or not at all, when there is none.
    fn visit<V: Visitor>(&self, visitor: &mut V);
}

/// Receives a value, by its kind.
pub trait Visitor {
    /// A text.
    fn text(&mut self, value: &str);
    /// A boolean.
    fn boolean(&mut self, value: bool);
    /// A whole number; `None` for one beyond 64 bits, which is in no domain.
    fn int(&mut self, value: Option<i64>);
    /// A number.
    fn double(&mut self, value: f64);
    /// A point in time.
    fn timestamp(&mut self, value: SystemTime);
    /// A text that is a member of an enum.
    fn choice(&mut self, member: &'static str);
    /// A list.
    fn list<K, T: Value<K>>(&mut self, items: &[T]);
    /// An object.
    fn object<O: Object + ?Sized>(&mut self, object: &O);
    /// A map: each key, whether it is the first of its kind, and its value.
    fn map<'m, K, T: Value<K> + 'm>(&mut self, entries: impl Iterator<Item = (&'m str, bool, &'m T)>);
    /// The text of a JSON value.
    fn json(&mut self, text: &str);
}

#[diagnostic::do_not_recommend]
impl<K, T: Value<K> + ?Sized> Value<K> for &T {
    #[inline(always)]
    fn visit<V: Visitor>(&self, visitor: &mut V) {
        (**self).visit(visitor);
    }
}

#[diagnostic::do_not_recommend]
impl<K, T: Value<K> + ?Sized> Value<K> for Box<T> {
    #[inline(always)]
    fn visit<V: Visitor>(&self, visitor: &mut V) {
        (**self).visit(visitor);
    }
}

#[diagnostic::do_not_recommend]
impl<K, T: Value<K> + ?Sized> Value<K> for Arc<T> {
    #[inline(always)]
    fn visit<V: Visitor>(&self, visitor: &mut V) {
        (**self).visit(visitor);
    }
}

#[diagnostic::do_not_recommend]
impl<K, T: Value<K>> Value<K> for Option<T> {
    #[inline(always)]
    fn visit<V: Visitor>(&self, visitor: &mut V) {
        if let Some(value) = self {
            value.visit(visitor);
        }
    }
}

#[diagnostic::do_not_recommend]
impl<K, T: Value<K>> Value<kind::List<K>> for [T] {
    #[inline(always)]
    fn visit<V: Visitor>(&self, visitor: &mut V) {
        visitor.list(self);
    }
}

#[diagnostic::do_not_recommend]
impl<K, T: Value<K>, const N: usize> Value<kind::List<K>> for [T; N] {
    #[inline(always)]
    fn visit<V: Visitor>(&self, visitor: &mut V) {
        visitor.list(self);
    }
}

#[diagnostic::do_not_recommend]
impl<K, T: Value<K>> Value<kind::List<K>> for Vec<T> {
    #[inline(always)]
    fn visit<V: Visitor>(&self, visitor: &mut V) {
        visitor.list(self);
    }
}

#[diagnostic::do_not_recommend]
impl<K, S: AsRef<str>, T: Value<K>> Value<kind::Map<K>> for BTreeMap<S, T> {
    fn visit<V: Visitor>(&self, visitor: &mut V) {
        visitor.map(self.iter().map(|(key, value)| (key.as_ref(), true, value)));
    }
}

#[diagnostic::do_not_recommend]
impl<K, S: AsRef<str>, T: Value<K>, H> Value<kind::Map<K>> for HashMap<S, T, H> {
    fn visit<V: Visitor>(&self, visitor: &mut V) {
        visitor.map(self.iter().map(|(key, value)| (key.as_ref(), true, value)));
    }
}

/// A key that is there again is refused and counted. Each key is compared with those before it, without an allocation: a
/// program with very many entries has them in a map.
#[diagnostic::do_not_recommend]
impl<K, S: AsRef<str>, T: Value<K>> Value<kind::Map<K>> for [(S, T)] {
    fn visit<V: Visitor>(&self, visitor: &mut V) {
        let is_first = |at: usize, key: &str| self[..at].iter().all(|(other, _)| other.as_ref() != key);
        let entries = self.iter().enumerate();
        visitor.map(entries.map(|(at, (key, value))| (key.as_ref(), is_first(at, key.as_ref()), value)));
    }
}

#[diagnostic::do_not_recommend]
impl<K, S: AsRef<str>, T: Value<K>, const N: usize> Value<kind::Map<K>> for [(S, T); N] {
    fn visit<V: Visitor>(&self, visitor: &mut V) {
        Value::<kind::Map<K>>::visit(self.as_slice(), visitor);
    }
}

#[diagnostic::do_not_recommend]
impl<K, S: AsRef<str>, T: Value<K>> Value<kind::Map<K>> for Vec<(S, T)> {
    fn visit<V: Visitor>(&self, visitor: &mut V) {
        Value::<kind::Map<K>>::visit(self.as_slice(), visitor);
    }
}

#[cfg(feature = "json")]
#[diagnostic::do_not_recommend]
impl Value<kind::Json> for serde_json::Value {
    fn visit<V: Visitor>(&self, visitor: &mut V) {
        visitor.json(&self.to_string());
    }
}

/// Implements [`Value`] for plain types: each calls one method of the visitor.
macro_rules! values {
    ($($kind:ident: $($ty:ty),+ => |$visitor:ident, $value:ident| $visit:expr;)+) => {$($(
        #[diagnostic::do_not_recommend]
        impl Value<kind::$kind> for $ty {
            #[inline(always)]
            fn visit<V: Visitor>(&self, $visitor: &mut V) {
                let $value = self;
                $visit;
            }
        }
    )+)+};
}

/// The same for the kinds of open enums, which take plain values of any type.
macro_rules! open_values {
    ($($($ty:ty),+ => |$visitor:ident, $value:ident| $visit:expr;)+) => {$($(
        #[diagnostic::do_not_recommend]
        impl<const DOMAIN: u64> Value<kind::Open<DOMAIN>> for $ty {
            fn visit<V: Visitor>(&self, $visitor: &mut V) {
                let $value = self;
                $visit;
            }
        }
    )+)+};
}

open_values! {
    str, String, Cow<'_, str> => |visitor, value| visitor.text(value);
    bool => |visitor, value| visitor.boolean(*value);
    i64 => |visitor, value| visitor.int(Some(*value));
    i8, i16, i32, u8, u16, u32 => |visitor, value| visitor.int(Some(i64::from(*value)));
    // What is beyond 64 bits is unknown, too.
    u64, usize, isize => |visitor, value| match i64::try_from(*value) {
        Ok(value) => visitor.int(Some(value)),
        Err(_) => visitor.double(*value as f64),
    };
    f64 => |visitor, value| visitor.double(*value);
    f32 => |visitor, value| visitor.double(f64::from(*value));
}

values! {
    Text: str, String, Cow<'_, str> => |visitor, value| visitor.text(value);
    Boolean: bool => |visitor, value| visitor.boolean(*value);
    Int: i64 => |visitor, value| visitor.int(Some(*value));
    Int: i8, i16, i32, u8, u16, u32 => |visitor, value| visitor.int(Some(i64::from(*value)));
    Int: u64, usize, isize, i128, u128 => |visitor, value| visitor.int(i64::try_from(*value).ok());
    Double: f64 => |visitor, value| visitor.double(*value);
    Double: f32 => |visitor, value| visitor.double(f64::from(*value));
    Timestamp: SystemTime => |visitor, value| visitor.timestamp(*value);
    Json: str, String, Cow<'_, str> => |visitor, value| visitor.json(value);
}

/// A number in a unit of time takes what the number alone does.
macro_rules! values_in_time {
    ($($kind:ident: $($ty:ty),+;)+) => {$($(
        #[diagnostic::do_not_recommend]
        impl<const NANOSECONDS: u64> Value<kind::Elapsed<kind::$kind, NANOSECONDS>> for $ty {
            #[inline(always)]
            fn visit<V: Visitor>(&self, visitor: &mut V) {
                Value::<kind::$kind>::visit(self, visitor);
            }
        }
    )+)+};
}

values_in_time! {
    Int: i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize;
    Double: f32, f64;
}

#[diagnostic::do_not_recommend]
impl<const NANOSECONDS: u64> Value<kind::Elapsed<kind::Int, NANOSECONDS>> for Duration {
    #[inline(always)]
    fn visit<V: Visitor>(&self, visitor: &mut V) {
        visitor.int(whole(*self, NANOSECONDS));
    }
}

#[diagnostic::do_not_recommend]
impl<const NANOSECONDS: u64> Value<kind::Elapsed<kind::Double, NANOSECONDS>> for Duration {
    #[inline(always)]
    fn visit<V: Visitor>(&self, visitor: &mut V) {
        visitor.double(self.as_nanos() as f64 / NANOSECONDS as f64);
    }
}

/// The whole units in a duration, rounded down as [`Duration::as_millis`] does; `None` beyond 64 bits.
#[inline]
fn whole(duration: Duration, nanoseconds: u64) -> Option<i64> {
    let count = duration.as_nanos().checked_div(u128::from(nanoseconds))?;
    i64::try_from(count).ok()
}
