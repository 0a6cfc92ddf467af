//! Vectors as plain data. Nothing here knows of a catalogue or judges a value.

/// One line of a file of vectors.
#[derive(Debug, Clone, PartialEq)]
pub enum Vector {
    /// The members of one signal, and what is left of them.
    Signal(Box<SignalVector>),
    /// One value of one attribute.
    Value(ValueVector),
    /// Two domains, of which one may cover the other.
    Pair(PairVector),
}

/// The members given for one signal, and the answer that every voice must give.
#[derive(Debug, Clone, PartialEq)]
pub struct SignalVector {
    /// The signal's key in the catalogue.
    pub signal: String,
    /// The channels that the user granted, sorted. None of them is `off`.
    pub consent: Vec<String>,
    /// Keys and values in the order given.
    pub members: Vec<(String, Value)>,
    /// The part that a filter lets through.
    pub filtered: Filtered,
    /// True if the members are a valid payload at this consent without being filtered.
    pub valid: bool,
    /// The voices that cannot say this, and why.
    pub skip: Vec<Skip>,
}

/// The part of a signal that a filter lets through.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Filtered {
    /// The attributes that pass. `None` where the signal itself does not.
    pub payload: Option<Vec<(String, Value)>>,
    /// The number of values that were left out, as `dropped_attributes_count` says it.
    pub dropped: u32,
    /// The counted values, with the reasons.
    pub reasons: Vec<Reason>,
}

/// Something that a filter counted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    /// `attribute`, or `attribute.field`. Items of a list have the path of the list.
    pub path: String,
    /// The reason why it was counted.
    pub why: Why,
    /// The number of times.
    pub count: u32,
}

/// The reason why a filter counted something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// The catalogue does not list it there.
    Unknown,
    /// It needs a permission that was not granted. It is not counted as dropped.
    Consent,
    /// It is of another type, or outside its domain.
    Value,
    /// It was given again later.
    Duplicate,
    /// It has to be there and is not.
    Missing,
    /// It was cut to its longest length. It is not counted as dropped.
    Cut,
}

impl Why {
    const ALL: [Why; 6] = [Why::Unknown, Why::Consent, Why::Value, Why::Duplicate, Why::Missing, Why::Cut];

    /// The word for it in a file of vectors.
    pub fn name(self) -> &'static str {
        match self {
            Why::Unknown => "unknown",
            Why::Consent => "consent",
            Why::Value => "value",
            Why::Duplicate => "duplicate",
            Why::Missing => "missing",
            Why::Cut => "cut",
        }
    }

    /// The reason behind a word.
    pub fn named(name: &str) -> Option<Why> {
        Why::ALL.into_iter().find(|why| why.name() == name)
    }

    /// Returns true if it adds to [`Filtered::dropped`].
    pub fn drops(self) -> bool {
        !matches!(self, Why::Consent | Why::Cut)
    }
}

/// One value of one attribute, alone.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueVector {
    /// The attribute's key in the catalogue.
    pub attribute: String,
    /// The value.
    pub value: Value,
    /// True if the whole value is inside the attribute's domain.
    pub admits: bool,
    /// The voices that cannot say this, and why.
    pub skip: Vec<Skip>,
}

/// Two domains.
#[derive(Debug, Clone, PartialEq)]
pub struct PairVector {
    /// The domain that was agreed to.
    pub old: Domain,
    /// The domain that is asked for now.
    pub new: Domain,
    /// True if `old` admits everything that `new` does.
    pub covers: bool,
}

/// A voice that cannot say a vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skip {
    /// The voice's name.
    pub voice: String,
    /// The thing that it cannot say.
    pub why: String,
}

/// A value with its type.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// No value: JSON's null, an empty `AnyValue`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number of 64 bits.
    Int(i64),
    /// A number of double precision, finite or not.
    Double(f64),
    /// A text in UTF-16, so that half a surrogate pair can be said.
    Text(Vec<u16>),
    /// A list.
    List(Vec<Value>),
    /// An object. Keys may be there twice.
    Object(Vec<(String, Value)>),
    /// A number as JSON writes it, such as `1e17` or digits beyond 64 bits.
    Raw(String),
}

impl Value {
    /// A text.
    pub fn text(text: &str) -> Value {
        Value::Text(text.encode_utf16().collect())
    }

    /// The text, where it is one that Unicode can say whole.
    pub fn as_text(&self) -> Option<String> {
        if let Value::Text(units) = self { String::from_utf16(units).ok() } else { None }
    }

    /// Returns true if this value or one inside it satisfies a condition.
    pub fn any(&self, test: &dyn Fn(&Value) -> bool) -> bool {
        let inside = match self {
            Value::List(items) => items.iter().any(|item| item.any(test)),
            Value::Object(members) => members.iter().any(|(_, value)| value.any(test)),
            _ => false,
        };
        inside || test(self)
    }
}

/// The members that a signal may carry, as vectors need to know it.
#[derive(Debug, Clone)]
pub struct Signal {
    /// Key in the catalogue.
    pub id: String,
    /// `span` or `event`.
    pub kind: &'static str,
    /// Name on the wire.
    pub name: String,
    /// The channels that it needs.
    pub needs: Vec<String>,
    /// Its attributes.
    pub members: Vec<Member>,
}

/// An attribute of a signal, or a field of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Name on the wire.
    pub name: String,
    /// True if it has to be there.
    pub required: bool,
    /// The attribute behind it.
    pub attribute: Attribute,
}

/// A named value.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// Key in the catalogue.
    pub id: String,
    /// The channels that it needs.
    pub needs: Vec<String>,
    /// The values that it admits.
    pub domain: Domain,
    /// True if its objects and lists may be given as JSON text.
    pub may_be_json: bool,
    /// True if a text that is too long is cut.
    pub cuts: bool,
    /// Values as the catalogue shows them.
    pub examples: Vec<Value>,
}

/// The values that an attribute admits.
#[derive(Debug, Clone, PartialEq)]
pub enum Domain {
    /// A text.
    Text {
        /// Most characters.
        max_length: Option<usize>,
        /// A regular expression.
        pattern: Option<String>,
    },
    /// `true` or `false`.
    Boolean,
    /// A whole number of 64 bits.
    Int {
        /// Smallest.
        minimum: Option<i64>,
        /// Largest.
        maximum: Option<i64>,
    },
    /// A finite number.
    Double {
        /// Smallest.
        minimum: Option<f64>,
        /// Largest.
        maximum: Option<f64>,
    },
    /// A point in time.
    Timestamp,
    /// One of these texts.
    OneOf(Vec<String>),
    /// A named structure with its fields.
    Object {
        /// Key in the catalogue.
        id: String,
        /// Its fields.
        fields: Vec<Member>,
    },
    /// A list.
    List {
        /// Domain of its items.
        item: Box<Domain>,
        /// Most items.
        max_items: Option<usize>,
    },
}
