//! The spans that payloads may be joined with, in the generated validator.

use std::borrow::Cow;

use candor_schema::{Catalogue, Consent, DEFAULT, Join, Signal};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{SignalPlan, ValidatorPlan};

/// For each way to be joined, the channels of the spans: one of these sets has to be granted.
pub(super) fn plan_joins(catalogue: &Catalogue, signal: &Signal) -> [Vec<Consent>; 2] {
    Join::ALL.map(|join| {
        let needs = |key: &Cow<'static, str>| catalogue.span(key).map_or(Consent::of(DEFAULT), |span| span.needs);
        let mut needs: Vec<_> = signal.relations.of(join).iter().map(needs).collect();
        needs.sort_by_key(|needs| needs.bits());
        needs.dedup();
        needs
    })
}

impl ValidatorPlan {
    /// Returns whether some signal may be joined with a span.
    pub(super) fn has_joins(&self) -> bool {
        self.signals.iter().any(|signal| signal.joins.iter().any(|needs| !needs.is_empty()))
    }
}

/// The field of a signal's handle; nothing where no signal may be joined with a span.
pub(super) fn expand_field(plan: &ValidatorPlan) -> Option<TokenStream> {
    plan.has_joins().then(|| quote!(joins: [&'static [u32]; 2],))
}

/// The value of that field.
pub(super) fn expand_value(plan: &ValidatorPlan, signal: &SignalPlan) -> Option<TokenStream> {
    let [parents, links_to] = &signal.joins;
    let bits = |needs: &[Consent]| {
        let bits = needs.iter().map(|needs| Literal::u32_unsuffixed(needs.bits()));
        quote!(&[#(#bits),*])
    };
    let (parents, links_to) = (bits(parents), bits(links_to));
    plan.has_joins().then(|| quote!(joins: [#parents, #links_to],))
}

/// Decides whether a signal may be joined with a span; nothing where none may.
pub(super) fn expand_joins(plan: &ValidatorPlan) -> Option<TokenStream> {
    plan.has_joins().then(|| {
        quote! {
            fn joins(&self, signal: Signal, join: ::candor::validate::Join) -> bool {
                let mut needs = signal.joins[join as usize].iter();
                needs.any(|needs| self.consent.includes(Consent::from_bits(*needs)))
            }
        }
    })
}
