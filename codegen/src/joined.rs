//! The implementations that say which spans a signal may be joined with.

use candor_schema::{Catalogue, Join, REMOTE, Signal, SignalKind};
use proc_macro2::TokenStream;
use quote::quote;

use crate::expand::RecordPlan;

/// Every decision about them, with spans by their keys.
#[derive(Debug, Clone, Default)]
pub struct JoinedPlan {
    catalogue: String,
    /// The key of the span itself, if others may belong or link to it.
    own: Option<String>,
    parents: Vec<String>,
    links_to: Vec<String>,
    propagates: bool,
}

impl JoinedPlan {
    /// Decides which implementations a signal has. One that stands for itself has none.
    pub fn new(catalogue: &Catalogue, signal: &Signal) -> Self {
        let keys = |join| signal.relations.of(join).iter().map(|key| key.to_string()).collect();
        let others = catalogue.signals().iter();
        let mut named = others.flat_map(|other| Join::ALL.into_iter().flat_map(|join| other.relations.of(join)));
        let is_named = signal.kind == SignalKind::Span && named.any(|key| *key == signal.id && key != REMOTE);
        JoinedPlan {
            catalogue: catalogue.head().name().to_owned(),
            own: is_named.then(|| signal.id.to_string()),
            parents: keys(Join::Parent),
            links_to: keys(Join::Link),
            propagates: signal.relations.propagates,
        }
    }

    /// The type that stands for a span.
    fn span(&self, key: &str) -> TokenStream {
        if key == REMOTE {
            return quote!(::candor::Remote);
        }
        // No name of a catalogue has a slash.
        let span = format!("{}/{key}", self.catalogue);
        quote!(::candor::SpanId<{ ::candor::domain_id(#span) }>)
    }
}

/// Writes the implementations of `Span`, `BelongsTo`, `LinksTo` and `Propagates`.
pub(crate) fn expand_joined(plan: &RecordPlan, joined: &JoinedPlan) -> TokenStream {
    let RecordPlan { impl_generics, ty, where_clause, .. } = plan;
    let own = joined.own.iter().map(|key| {
        let id = joined.span(key);
        quote!(impl #impl_generics ::candor::Span for #ty #where_clause { type Id = #id; })
    });
    let parents = joined.parents.iter().map(|key| {
        let id = joined.span(key);
        quote!(impl #impl_generics ::candor::BelongsTo<#id> for #ty #where_clause {})
    });
    let links_to = joined.links_to.iter().map(|key| {
        let id = joined.span(key);
        quote!(impl #impl_generics ::candor::LinksTo<#id> for #ty #where_clause {})
    });
    let propagates =
        joined.propagates.then(|| quote!(impl #impl_generics ::candor::Propagates for #ty #where_clause {}));
    quote!(#(#own)* #(#parents)* #(#links_to)* #propagates)
}
