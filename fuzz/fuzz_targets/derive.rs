//! The derive, on whatever type the fuzzer writes: the answer is code that parses, with an implementation even where the
//! type is full of mistakes.
//!
//! A procedural macro's crate has nothing but macros to offer, so its modules are this crate's, too.
#![no_main]
#![allow(dead_code)]

extern crate proc_macro;

#[path = "../../macros/src/attr.rs"]
mod attr;
#[path = "../../macros/src/choice.rs"]
mod choice;
#[path = "../../macros/src/constants.rs"]
mod constants;
#[path = "../../macros/src/fallback.rs"]
mod fallback;
#[path = "../../macros/src/included.rs"]
mod included;
#[path = "../../macros/src/input.rs"]
mod input;
#[path = "../../macros/src/mistake.rs"]
mod mistake;
#[path = "../../macros/src/source.rs"]
mod source;
#[path = "../../macros/src/validate.rs"]
mod validate;
#[path = "../../macros/src/written.rs"]
mod written;

use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Ok(text) = str::from_utf8(bytes) else { return Corpus::Reject };
    let Ok(file) = syn::parse_file(text) else { return Corpus::Reject };
    for item in file.items {
        let Ok(input) = syn::parse2::<syn::DeriveInput>(quote::quote!(#item)) else { continue };
        let code = input::derive(&input);
        let file = syn::parse2::<syn::File>(code).expect("code that parses");
        assert!(file.items.iter().any(|item| matches!(item, syn::Item::Impl(_) | syn::Item::Const(_))));
    }
    Corpus::Keep
});
