//! Log records can have maps. The events of `demo.yaml` have no objects, so here is a catalogue whose event does.

use candor::{Attribute, Domain, Encoding, ObjectInfo, OptInAttribute, Signal, define, kind};

use super::*;

static CATALOGUE: Catalogue = Catalogue {
    name: "maps",
    title: "Maps",
    version: "1.0.0",
    service: "maps",
    endpoints: &[],
    opt_in: None,
    opt_out: &[],
    channels: &[],
    ask: None,
    installation_id: None,
    signals: &[&OPENED],
    resource: &NO_RESOURCE,
    disclosure: candor::Disclosure::NONE,
};
static NO_RESOURCE: candor::ResourceInfo = define::resource("maps", &[]);
static OPENED: Signal = define::event(
    "maps",
    "opened",
    "Opened",
    candor::DEFAULT,
    const { &[define::optional(&BOOKS.info), define::optional(&BOOKS_JSON.info)] },
);
static BOOKS: Books = define::attribute("books", "books", "Books", BOOK_LIST);
static BOOKS_JSON: Books = define::attribute("books.json", "books.json", "Books", BOOK_LIST).encoded(Encoding::Json);
static TITLE: OptInAttribute<kind::Text> = define::attribute("title", "title", "Books", define::text(20));
static PAGES: Attribute<kind::Int> = define::attribute("pages", "pages", "Books", define::int(1, 9999));
static RATING: Attribute<kind::Double> = define::attribute("rating", "rating", "Books", define::double(0.0, 5.0));
static BOOK: ObjectInfo = define::object(
    "maps",
    "book",
    const {
        &[
            define::optional_field("title", &TITLE.info),
            define::required_field("pages", &PAGES.info),
            define::optional_field("rating", &RATING.info),
        ]
    },
);
const BOOK_LIST: Domain = define::list(const { &define::structure(&BOOK) }, usize::MAX);
type Books = Attribute<kind::List<kind::Structure<{ candor::domain_id("maps/objects/book") }>>>;

fn book<const N: usize>(fields: [(&'static str, AnyValue); N]) -> AnyValue {
    AnyValue::from_iter(fields)
}

#[track_caller]
fn check(consent: Consent, key: &'static str, given: AnyValue, expected: AnyValue, stops: &[(&str, Why, u64)]) {
    let scope = InstrumentationScope::default();
    let resource = Resource::builder_empty().build();
    let sent = send_logs_of(&CATALOGUE, consent, resource, scope, |logger| {
        emit_log(logger, Some("Opened"), [(key, given)], |_| {});
    });
    let attributes: Vec<_> = sent.signals[0]
        .record
        .attributes_iter()
        .filter(|(key, _)| key.as_str() != "candor.channels")
        .cloned()
        .collect();
    assert_eq!(attributes, [(key.into(), expected)]);
    check_stops(&sent.stops, stops);
}

#[test]
fn maps_are_filtered_field_by_field() {
    let good = || book([("title", "T".into()), ("pages", 10.into())]);
    let given = AnyValue::from_iter([
        good(),
        book([("title", "T".into()), ("pages", 10.into()), ("rating", 9.0.into()), ("isbn", "i".into())]),
        book([("title", "T".into())]),
        book([("title", 7.into()), ("pages", 10.into())]),
    ]);
    let stops = [
        ("Opened: attribute books", Why::Value, 1),
        ("Opened: attribute books.isbn", Why::Unknown, 1),
        ("Opened: attribute books.rating", Why::Value, 1),
        ("Opened: attribute books.title", Why::Value, 1),
    ];
    let expected = AnyValue::from_iter([good(), good(), book([("pages", 10.into())])]);
    check(Consent::OptedIn, "books", given, expected, &stops);
}

#[test]
fn opt_in_fields_only_after_the_opt_in() {
    let given = || book([("title", "T".into()), ("pages", 10.into())]);
    check(Consent::OptedIn, "books", AnyValue::from_iter([given()]), AnyValue::from_iter([given()]), &[]);
    let expected = AnyValue::from_iter([book([("pages", 10.into())])]);
    let stops = [("Opened: attribute books.title", Why::Consent, 1)];
    check(Consent::Default, "books", AnyValue::from_iter([given()]), expected, &stops);
}

#[test]
fn numbers_in_json_text_are_what_the_catalogue_says() {
    let given = r#"[{"pages": 10, "rating": 5}, {"pages": 10.0}, {"pages": 1e2}, {"pages": 18446744073709551615}]"#;
    let stops = [("Opened: attribute books.json", Why::Value, 1)];
    let expected = r#"[{"pages":10,"rating":5.0},{"pages":10},{"pages":100}]"#;
    check(Consent::Default, "books.json", given.into(), expected.into(), &stops);
}
