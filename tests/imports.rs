//! Modules import each other in one direction: no circle of imports holds more than two files.
//!
//! It reads `use` items and the paths that start with `crate::` or `super::`, as text. A name that a root re-exports
//! counts as an import of the file that defines it. Tests at the end of a file do not count.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use regex_lite::Regex;

/// The texts of a crate's files, by the path of their module. The root's is empty.
type Modules = BTreeMap<Vec<String>, String>;

/// The modules that each module imports.
type Imports = BTreeMap<Vec<String>, BTreeSet<Vec<String>>>;

#[track_caller]
fn check(source: &str) {
    let mut modules = Modules::new();
    read(Path::new(source), &mut Vec::new(), &mut modules);
    assert!(modules.len() >= 5, "{source}: {} modules", modules.len());
    let circles = circles(&imports(&modules));
    assert!(circles.is_empty(), "{source}: these files import each other in a circle: {circles:#?}");
}

#[test]
fn the_ground_imports_in_one_direction() {
    check("domain/src");
}

#[test]
fn the_command_imports_in_one_direction() {
    check("cli/src");
}

#[test]
fn the_generator_imports_in_one_direction() {
    check("codegen/src");
}

#[test]
fn the_derive_imports_in_one_direction() {
    check("macros/src");
}

#[test]
fn the_format_imports_in_one_direction() {
    check("schema/src");
}

#[test]
fn the_runtime_imports_in_one_direction() {
    check("src");
}

#[test]
fn the_validator_imports_in_one_direction() {
    check("validate/src");
}

#[test]
fn a_circle_of_three_is_found_however_it_is_written() {
    let module = |name: &str, text: &str| (name.split("::").map(str::to_owned).collect(), text.to_owned());
    let circles_of = |b: &str, root: &str| {
        let modules = [
            (Vec::new(), root.to_owned()),
            module("a", "use crate::{b, d::D};"),
            module("b", b),
            module("c", "pub struct C;\nfn f() { super::a::f() }"),
            module("d", "use super::a; pub struct D;"),
            module("b::e", "use super::super::c::{C, f};"),
        ];
        circles(&imports(&modules.into_iter().collect()))
    };
    assert_eq!(circles_of("use crate::d;", ""), [["a", "b", "d"]]);
    assert_eq!(circles_of("use crate::{d::{self, D}, x};", ""), [["a", "b", "d"]]);
    assert_eq!(circles_of("use crate::C;", "pub use c::*;"), [["a", "b", "c", "d"]]);
    assert_eq!(circles_of("use self::e::f;", ""), [["a", "b", "b::e", "c", "d"]]);
    assert!(circles_of("// use crate::d;", "pub use c::C;").is_empty());
    assert!(circles_of("#[cfg(test)]\nmod tests { use crate::d; }", "").is_empty());
}

/// Reads the files of a folder and of those below it.
fn read(folder: &Path, path: &mut Vec<String>, modules: &mut Modules) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let file = entry.expect("an entry").path();
        let stem = file.file_stem().expect("a name").to_string_lossy().into_owned();
        if file.is_dir() {
            path.push(stem);
            read(&file, path, modules);
            path.pop();
        } else if file.extension().is_some_and(|ending| ending == "rs") {
            let own = (!matches!(stem.as_str(), "lib" | "main")).then_some(stem);
            modules.insert(path.iter().cloned().chain(own).collect(), fs::read_to_string(&file).expect("text"));
        }
    }
}

/// Resolves every path that a module names.
fn imports(modules: &Modules) -> Imports {
    let reexports = reexports(modules);
    let of = |(module, text): (&Vec<String>, &String)| {
        let named = paths(text).into_iter().filter_map(|path| {
            let path = absolute(module, &path)?;
            match resolve(modules, &path) {
                found if found.is_empty() => reexports.get(path.first()?).cloned(),
                found => Some(found),
            }
        });
        (module.clone(), named.filter(|named| named != module).collect())
    };
    modules.iter().map(of).collect()
}

/// The module of each name that the root re-exports.
fn reexports(modules: &Modules) -> BTreeMap<String, Vec<String>> {
    let defined = Regex::new(r"(?m)^pub(?:\([^)]*\))? (?:const )?(?:fn|struct|enum|trait|type|const|static) (\w+)");
    let defined = defined.expect("a regular expression");
    let root = modules.get(&Vec::new()).map(String::as_str).unwrap_or_default();
    let uses = Regex::new(r"\bpub(?:\([^)]*\))? use ([^;]*);").expect("a regular expression");
    let mut reexports = BTreeMap::new();
    for path in uses.captures_iter(&without_comments(root)).flat_map(|found| expand(&found[1])) {
        let module = resolve(modules, &path);
        if path.last().is_some_and(|last| last == "*") {
            let names = defined.captures_iter(&modules[&module]).map(|found| found[1].to_owned());
            reexports.extend(names.map(|name| (name, module.clone())));
        } else if let Some(name) = path.last() {
            reexports.insert(name.clone(), module);
        }
    }
    reexports
}

fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default()
}

fn without_comments(text: &str) -> String {
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Every path inside the crate that a text names, as written.
fn paths(text: &str) -> Vec<Vec<String>> {
    let text = without_comments(without_tests(text));
    let uses = Regex::new(r"\buse ((?:crate|super|self)::[^;]*);").expect("a regular expression");
    let inline = Regex::new(r"\b(?:crate|super)(?:::\w+)+").expect("a regular expression");
    let used = uses.captures_iter(&text).flat_map(|found| expand(&found[1])).collect::<Vec<_>>();
    used.into_iter().chain(inline.find_iter(&text).flat_map(|found| expand(found.as_str()))).collect()
}

/// `a::{b, c::D}` as `a::b` and `a::c::D`.
fn expand(tree: &str) -> Vec<Vec<String>> {
    let Some((before, group)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        return vec![path.trim().split("::").map(|part| part.trim().to_owned()).collect()];
    };
    let (mut depth, mut branches) = (0, vec![String::new()]);
    for char in group.trim_end().strip_suffix('}').unwrap_or(group).chars() {
        depth += i32::from(char == '{') - i32::from(char == '}');
        match char {
            ',' if depth == 0 => branches.push(String::new()),
            char => branches.last_mut().expect("never empty").push(char),
        }
    }
    branches.retain(|branch| !branch.trim().is_empty());
    branches.iter().flat_map(|branch| expand(&format!("{before}{}", branch.trim()))).collect()
}

/// The path from the crate's root. `None` where it leads out of the crate.
fn absolute(module: &[String], path: &[String]) -> Option<Vec<String>> {
    let ups = path.iter().take_while(|part| *part == "super").count();
    let start = match path.first()?.as_str() {
        "crate" => &[][..],
        _ => &module[..module.len().checked_sub(ups)?],
    };
    let rest = path.iter().filter(|part| !matches!(part.as_str(), "crate" | "super" | "self"));
    Some(start.iter().chain(rest).cloned().collect())
}

/// The module that a path leads into; the root, where it names an item of the root.
fn resolve(modules: &Modules, path: &[String]) -> Vec<String> {
    let prefixes = (0..=path.len()).rev().map(|length| &path[..length]);
    prefixes.into_iter().find(|prefix| modules.contains_key(*prefix)).unwrap_or_default().to_vec()
}

/// The modules that reach each other, where these are more than two.
fn circles(imports: &Imports) -> Vec<Vec<String>> {
    let reached: BTreeMap<_, _> = imports.keys().map(|module| (module, reach(imports, module))).collect();
    let mut circles = BTreeSet::new();
    for (module, others) in &reached {
        let circle: Vec<String> =
            others.iter().filter(|other| reached[*other].contains(*module)).map(|other| other.join("::")).collect();
        if circle.len() > 2 {
            circles.insert(circle);
        }
    }
    circles.into_iter().collect()
}

/// Every module that a module imports, directly or by way of others.
fn reach<'i>(imports: &'i Imports, module: &Vec<String>) -> BTreeSet<&'i Vec<String>> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<_> = imports[module].iter().collect();
    while let Some(next) = open.pop() {
        if reached.insert(next) {
            open.extend(imports.get(next).into_iter().flatten());
        }
    }
    reached
}
