//! The constants of endpoints and of the templates of their bodies.

use candor_schema::{Clock, Endpoint, Form, Head, Method, Own, Part};
use proc_macro2::TokenStream;

use super::tokens;

/// A slice with all endpoints.
pub(crate) fn expand_endpoints(head: &Head) -> TokenStream {
    let endpoints: Vec<String> = head.endpoints().iter().map(endpoint).collect();
    tokens(&format!("&[{}]", endpoints.join(", ")))
}

fn endpoint(endpoint: &Endpoint) -> String {
    let (name, url) = (&endpoint.name, &endpoint.url);
    match &endpoint.form {
        Form::Otlp => format!("::candor::define::otlp({name:?}, {url:?})"),
        Form::Json(method, body) => {
            let method = match method {
                Method::Post => "Post",
                Method::Put => "Put",
            };
            let batch = match &body.batch {
                Some(batch) => format!("::core::option::Option::Some({})", part(batch)),
                None => "::core::option::Option::None".to_owned(),
            };
            format!(
                "::candor::define::json({name:?}, {url:?}, ::candor::Method::{method}, {}, {}, {}, {batch})",
                part(&body.template),
                own(&body.own),
                own(&body.of_resource),
            )
        }
    }
}

fn own(own: &[Own]) -> String {
    let own = own.iter().map(|own| format!("::candor::define::own({:?}, {:?}),", own.key, own.name));
    format!("const {{ &[{}] }}", own.collect::<String>())
}

fn part(part: &Part) -> String {
    let variant = match part {
        Part::Literal(json) => return format!("::candor::define::literal({json:?})"),
        Part::List(items) => {
            let items: String = items.iter().map(|item| self::part(item) + ",").collect();
            return format!("::candor::define::items(const {{ &[{items}] }})");
        }
        Part::Object(members) => {
            let member =
                |(key, member): &(_, Part)| format!("::candor::define::member({key:?}, {}),", self::part(member));
            let members: String = members.iter().map(member).collect();
            return format!("::candor::define::members(const {{ &[{members}] }})");
        }
        Part::Time(clock) => format!("Time(::candor::Clock::{})", variant_of(*clock)),
        Part::StartTime(clock) => format!("StartTime(::candor::Clock::{})", variant_of(*clock)),
        Part::Attribute(place) => format!("Attribute({place})"),
        Part::Name => "Name".to_owned(),
        Part::Id => "Id".to_owned(),
        Part::Dropped => "Dropped".to_owned(),
        Part::Attributes => "Attributes".to_owned(),
        Part::Spread => "Spread".to_owned(),
        Part::OfResource(place) => format!("OfResource({place})"),
        Part::Channels => "Channels".to_owned(),
        Part::Resource => "Resource".to_owned(),
        Part::SpreadResource => "SpreadResource".to_owned(),
        Part::Signals => "Signals".to_owned(),
    };
    format!("::candor::Part::{variant}")
}

fn variant_of(clock: Clock) -> &'static str {
    match clock {
        Clock::Text => "Text",
        Clock::Milliseconds => "Milliseconds",
        Clock::Seconds => "Seconds",
        Clock::Nanoseconds => "Nanoseconds",
    }
}
