//! Files and functions stay small: at most 500 lines in a hand-written file, and at most 25 in nine functions of ten.
//!
//! A function counts from its `fn` to its closing brace. Tests do not count, nor does generated code.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

const CRATES: [&str; 7] = ["src", "domain/src", "schema/src", "codegen/src", "macros/src", "validate/src", "cli/src"];

/// The Rust files that git knows, without what is generated.
fn files() -> Vec<String> {
    let output = Command::new("git").args(["ls-files", "*.rs"]).output().expect("git");
    let names = String::from_utf8(output.stdout).expect("names in UTF-8");
    let is_ours = |name: &&str| !name.starts_with("generated/src/") && Path::new(name).exists();
    let files: Vec<_> = names.lines().filter(is_ours).map(str::to_owned).collect();
    assert!(files.len() > 100, "{files:?}");
    files
}

#[test]
fn no_file_has_more_than_500_lines() {
    const MOST: usize = 500;
    let lines = |name: &String| fs::read_to_string(name).expect("text").lines().count();
    let long: Vec<_> =
        files().into_iter().map(|name| (lines(&name), name)).filter(|(count, _)| *count > MOST).collect();
    assert!(long.is_empty(), "split these by what they are about: {long:?}");
}

#[test]
fn nine_functions_in_ten_have_at_most_25_lines() {
    const MOST: usize = 25;
    let files = files();
    let mut worst = Vec::new();
    for of_crate in CRATES {
        let mut functions = Vec::new();
        for name in files.iter().filter(|name| Path::new(name).starts_with(of_crate)) {
            count(&PathBuf::from(name), &mut functions);
        }
        assert!(functions.len() > 50, "{of_crate}: {}", functions.len());
        functions.sort();
        let long = functions.len() - functions.partition_point(|(lines, _)| *lines <= MOST);
        println!("{of_crate}: {long} of {} functions have more than {MOST} lines", functions.len());
        if long * 10 > functions.len() {
            worst.extend(functions.split_off(functions.len() - long));
        }
    }
    assert!(worst.is_empty(), "some of these could be split: {worst:#?}");
}

/// Adds the lines of each function in a file, with its place.
fn count(file: &Path, functions: &mut Vec<(usize, String)>) {
    let is_test = file.file_stem().is_some_and(|stem| stem == "tests" || stem == "random");
    let text = fs::read_to_string(file).expect("text");
    let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    if !is_test {
        walk(tokens, &mut |name, first, last| {
            functions.push((last - first + 1, format!("{}:{first} {name}", file.display())));
        });
    }
}

/// Finds `fn name … { … }` at every depth, but not in `mod tests`.
fn walk(tokens: TokenStream, found: &mut impl FnMut(&str, usize, usize)) {
    let mut open: Option<(String, usize)> = None;
    let mut last_words = [const { String::new() }; 2];
    for token in tokens {
        let start = token.span().start().line;
        match &token {
            TokenTree::Ident(word) => {
                last_words.swap(0, 1);
                last_words[1] = word.to_string();
                if last_words[0] == "fn" {
                    open = Some((last_words[1].clone(), start));
                }
                continue;
            }
            TokenTree::Group(group) => {
                let is_body = group.delimiter() == Delimiter::Brace;
                if is_body && let Some((name, first)) = open.take() {
                    found(&name, first, token.span().end().line);
                }
                if !(is_body && last_words == ["mod", "tests"]) {
                    walk(group.stream(), found);
                }
            }
            TokenTree::Punct(punct) if punct.as_char() == ';' => open = None,
            _ => {}
        }
        last_words = Default::default();
    }
}
