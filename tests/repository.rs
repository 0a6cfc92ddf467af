//! Rules for the repository itself: manifests, the direction of dependencies, links, and words that have no place here.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The files that git knows, as far as they are there.
fn files() -> Vec<String> {
    let output = Command::new("git").args(["ls-files", "-z"]).output().expect("git");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let names = String::from_utf8(output.stdout).expect("names in UTF-8");
    let files: Vec<_> =
        names.split_terminator('\0').filter(|name| Path::new(name).exists()).map(str::to_owned).collect();
    assert!(files.len() > 100, "{files:?}");
    files
}

/// The files that git knows with this ending, and their texts. What is no text is left out.
fn texts(ending: &str) -> Vec<(String, String)> {
    let files = files().into_iter().filter(|name| name.ends_with(ending));
    files.filter_map(|name| fs::read_to_string(&name).ok().map(|text| (name, text))).collect()
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn cargo(arguments: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo).args(arguments).arg("--locked").output().expect("cargo");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The workspace's packages, as Cargo sees them.
fn packages() -> Vec<Value> {
    let metadata = cargo(&["metadata", "--no-deps", "--format-version", "1"]);
    let mut metadata: Value = serde_json::from_str(&metadata).expect("JSON");
    let packages = metadata["packages"].as_array_mut().map(std::mem::take).expect("packages");
    assert!(packages.len() >= 8, "{}", packages.len());
    packages
}

/// No such text stands in any of these files.
#[track_caller]
fn check_nowhere(files: &[(String, String)], forbidden: &[String]) {
    let mut found = Vec::new();
    for (name, text) in files {
        for (number, line) in (1..).zip(text.lines()) {
            let words = forbidden.iter().filter(|word| line.contains(*word));
            found.extend(words.map(|word| format!("{name}:{number}: {word}")));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

// Manifests.

#[test]
fn every_package_inherits_what_is_common() {
    let outside = ["examples/cli-tool/Cargo.toml", "fuzz/Cargo.toml"];
    let manifests = texts("Cargo.toml").into_iter().filter(|(name, _)| !outside.contains(&&**name));
    let mut count = 0;
    for (name, text) in manifests {
        for key in ["version", "edition", "rust-version", "license"] {
            assert!(text.contains(&format!("\n{key}.workspace = true\n")), "{name} does not inherit `{key}`");
        }
        assert!(text.contains("\n[lints]\nworkspace = true\n"), "{name} does not inherit the lints");
        assert!(text.contains("\ndescription = \""), "{name} has no description");
        count += 1;
    }
    assert!(count >= 8, "{count}");
}

/// Lists the dependencies of `package` inside the workspace, by kind: `dev` or not.
fn dependencies(packages: &[Value], package: &str, dev: bool) -> BTreeSet<String> {
    let package = packages.iter().find(|found| found["name"] == package).expect("the package");
    let dependencies = package["dependencies"].as_array().expect("dependencies").iter();
    let of_kind = dependencies.filter(|dependency| (dependency["kind"] == "dev") == dev);
    of_kind
        .filter_map(|own| own["name"].as_str().filter(|name| name.starts_with("candor")))
        .map(str::to_owned)
        .collect()
}

/// `package` depends on no others of the workspace than these.
#[track_caller]
fn check_depends(package: &str, allowed: &[&str]) {
    for dependency in dependencies(&packages(), package, false) {
        assert!(allowed.contains(&&*dependency), "{package} depends on {dependency}");
    }
}

#[test]
fn dependencies_have_one_direction() {
    check_depends("candor-domain", &[]);
    check_depends("candor-schema", &["candor-domain"]);
    check_depends("candor-codegen", &["candor-domain", "candor-schema"]);
    check_depends("candor-validate", &["candor-domain", "candor-schema"]);
    check_depends("candor-macros", &["candor-schema", "candor-codegen"]);
    check_depends("candor-cli", &["candor-domain", "candor-schema", "candor-codegen", "candor-validate"]);
    check_depends("candor", &["candor-domain", "candor-macros", "candor-validate"]);
    check_depends("candor-crewai", &["candor"]);
}

/// A broken catalogue or generated file keeps none of these from building, tests included, and from saying so.
#[test]
fn the_command_and_its_libraries_never_depend_on_what_is_generated() {
    let packages = packages();
    for package in ["candor-domain", "candor-schema", "candor-codegen", "candor-validate", "candor-cli"] {
        for dev in [false, true] {
            let dependencies = dependencies(&packages, package, dev);
            for other in ["candor", "candor-macros", "candor-crewai"] {
                assert!(!dependencies.contains(other), "{package} depends on {other}");
            }
        }
    }
}

#[test]
fn the_derive_builds_without_the_renderers() {
    let tree = cargo(&["tree", "--package", "candor-macros", "--edges", "normal", "--prefix", "none"]);
    let names: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.contains("candor-codegen") && names.contains("syn"), "{tree}");
    for heavy in ["tera", "schemars", "clap", "prettyplease", "jsonschema", "serde_json"] {
        assert!(!names.contains(heavy), "candor-macros needs {heavy}");
    }
}

/// Archived, unmaintained, or replaced by something that we have.
#[test]
fn no_abandoned_packages() {
    let abandoned = ["serde_yaml", "serde_yml", "paste", "atty", "yaml-rust", "proc-macro-error"];
    for lock in ["Cargo.lock", "examples/cli-tool/Cargo.lock"] {
        let text = read(lock);
        for name in abandoned {
            assert!(!text.contains(&format!("\nname = \"{name}\"\n")), "{lock} has {name}");
        }
    }
}

#[test]
fn only_those_who_measure_build_the_peers() {
    let manifest = read("Cargo.toml");
    let line = |key: &str| manifest.lines().find(|line| line.starts_with(key)).expect("a key").to_owned();
    assert!(line("members = ").contains("\"benches\"") && !line("default-members = ").contains("\"benches\""));
}

// Words.

/// The modules that a file declares, but for the tests'.
fn modules(file: &str) -> BTreeSet<String> {
    let text = read(file);
    let lines: Vec<_> = text.lines().collect();
    let pairs = lines.windows(2).filter(|pair| pair[0] != "#[cfg(test)]");
    pairs.filter_map(|pair| pair[1].strip_prefix("mod ")?.strip_suffix(';').map(str::to_owned)).collect()
}

/// The fuzz target lists the derive's modules again, and no other test builds it.
#[test]
fn the_fuzz_target_has_all_of_the_derive() {
    let derive = modules("macros/src/lib.rs");
    assert!(derive.len() > 5, "{derive:?}");
    assert_eq!(modules("fuzz/fuzz_targets/derive.rs"), derive);
}

#[test]
fn nothing_is_left_undone() {
    // Written so that this file has none of them.
    let undone = [("todo", "!("), ("unimplemented", "!("), ("#[", "ignore"), ("FIX", "ME")];
    check_nowhere(&texts(".rs"), &undone.map(|(one, other)| format!("{one}{other}")));
}

/// A doc comment starts with a verb or a noun, and not with a question that the item answers.
#[test]
fn no_doc_comment_opens_as_a_riddle() {
    let riddles = [
        "Of", "Nobody", "What", "Whether", "How", "Where", "When", "Why", "Who", "Whoever", "Whatever", "Which", "That",
    ];
    let mut found = Vec::new();
    for (name, text) in texts(".rs") {
        let doc = |line: &str| line.starts_with("///") || line.starts_with("//!");
        let mut is_inside = false;
        for (number, line) in (1..).zip(text.lines().map(str::trim_start)) {
            let first = line.get(3..).filter(|_| doc(line) && !is_inside).unwrap_or_default();
            let word = first.trim_start().split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default();
            found.extend(riddles.contains(&word).then(|| format!("{name}:{number}: {line}")));
            is_inside = doc(line);
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// A module's file stands beside its folder. Below `tests/`, Cargo would take such a file for a test of its own.
#[test]
fn no_module_is_called_mod() {
    let named_mod = |name: &String| name.ends_with("/mod.rs") && !name.contains("tests/");
    let found: Vec<_> = files().into_iter().filter(named_mod).collect();
    assert!(found.is_empty(), "{found:?}: `x.rs` stands beside `x/`");
}

/// Nothing works on one machine only: no path of a developer's machine, no registry but Cargo's and pip's own.
#[test]
fn no_machine_is_named() {
    let files: Vec<_> = texts("").into_iter().filter(|(name, _)| !name.ends_with("Cargo.lock")).collect();
    let paths = ["work", "root", "home", "tmp", "Users"].map(|folder| format!("/{folder}/"));
    let hosts = ["index.crates", "static.crates", "pypi", "registry.npmjs"].map(|host| format!("{host}."));
    // Written in two words, so that this file does not name them itself.
    let settings = [("index", "url"), ("extra", "index"), ("replace", "with"), ("find", "links")];
    let settings = settings.map(|(first, second)| format!("{first}-{second}="));
    let spaced = settings.each_ref().map(|setting| setting.replace('=', " ="));
    check_nowhere(&files, &[&paths[..], &hosts, &settings, &spaced].concat());
}

/// Every dependency comes from crates.io or this repository.
#[test]
fn one_registry() {
    for lock in ["Cargo.lock", "examples/cli-tool/Cargo.lock"] {
        let text = read(lock);
        let sources: BTreeSet<&str> = text.lines().filter(|line| line.starts_with("source = ")).collect();
        let crates_io = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
        assert_eq!(sources, BTreeSet::from([crates_io]), "{lock}");
    }
}

// Pages.

#[test]
fn the_readme_starts_with_what_to_run() {
    let readme = read("README.md");
    let mut blocks = readme.split("\n```");
    let before = blocks.next().expect("a beginning");
    let first = blocks.next().expect("a code block");
    assert!(before.lines().count() < 20, "the first block is far down");
    let commands: Vec<_> =
        first.lines().skip(1).map(|line| line.split('#').next().unwrap_or_default().trim()).collect();
    assert_eq!(commands, ["cargo tour", "cargo test --workspace"]);
}

#[test]
fn continuous_integration_runs_what_people_run() {
    let workflow = read(".github/workflows/ci.yml");
    let runs: Vec<_> = workflow.lines().filter(|line| line.trim_start().starts_with("- run:")).collect();
    assert_eq!(runs.len(), 1, "{runs:?}");
    assert!(runs[0].contains(".ci/run"), "{runs:?}");
    let script = read(".ci/run");
    for command in
        ["cargo fmt --all --check", "cargo clippy --workspace --all-targets", "cargo tour", "cargo test --workspace"]
    {
        assert!(script.lines().any(|line| line.starts_with(command)), "{command}");
    }
    for command in ["bash tests/shuttle.sh", "cargo deny --workspace check", "fuzz/run.sh"] {
        assert!(script.contains(command), "{command}");
    }
}

/// A tag can be moved to other code; a commit cannot.
#[test]
fn actions_are_pinned_to_commits() {
    let files = texts(".yml").into_iter().chain([("docs/ci.md".to_owned(), read("docs/ci.md"))]);
    let mut count = 0;
    for (name, text) in files {
        for line in text.lines() {
            let Some((_, used)) = line.split_once("uses: ") else { continue };
            let (action, revision) = used.trim().split_once('@').unwrap_or((used, ""));
            if action == "OWNER/candor" || action.starts_with("./") {
                continue;
            }
            count += 1;
            let (commit, tag) = revision.split_once(" # ").unwrap_or_default();
            let is_commit = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(is_commit && tag.starts_with('v'), "{name}: {action} is not pinned to a commit with its tag");
        }
    }
    assert!(count >= 2, "{count}");
}

/// Every page under version control, without what stands in fenced blocks and inline code.
fn pages() -> Vec<(String, String)> {
    let mut pages = texts(".md");
    for (_, text) in &mut pages {
        let mut fenced = false;
        let lines = text.lines().map(|line| {
            let fence = line.trim_start().starts_with("```");
            fenced ^= fence;
            if fenced || fence { String::new() } else { without_code(line) }
        });
        *text = lines.collect::<Vec<_>>().join("\n");
    }
    assert!(pages.len() > 8, "{pages:?}");
    pages
}

fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

/// The targets of links: `[…](target)` and `[…]: target`.
fn links(text: &str) -> Vec<&str> {
    let inline = text.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    let defined =
        text.lines().filter_map(|line| line.trim_start().strip_prefix('[')?.split_once("]: ")).map(|link| link.1);
    inline.chain(defined).map(str::trim).collect()
}

/// A heading's anchor, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|character| character.is_alphanumeric() || " -_".contains(*character));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

fn has_anchor(page: &Path, wanted: &str) -> bool {
    let text = fs::read_to_string(page).unwrap_or_default();
    text.lines().filter(|line| line.starts_with('#')).any(|line| anchor(line.trim_start_matches('#')) == wanted)
}

#[test]
fn every_link_leads_somewhere() {
    let mut count = 0;
    for (name, text) in pages() {
        let folder = Path::new(&name).parent().expect("a folder").to_owned();
        for link in links(&text).into_iter().filter(|link| !link.contains("://") && !link.starts_with("mailto:")) {
            count += 1;
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target: PathBuf = if path.is_empty() { PathBuf::from(&name) } else { folder.join(path) };
            assert!(target.exists(), "{name}: {link} leads nowhere");
            assert!(anchor.is_empty() || has_anchor(&target, anchor), "{name}: {link} leads to no heading");
        }
    }
    assert!(count > 20, "{count}");
}

/// `tests/README.md` says which tests there are.
#[test]
fn every_test_is_explained() {
    let explained = read("tests/README.md");
    let roots = files().into_iter().filter(|name| name.starts_with("tests/") && name.matches('/').count() == 1);
    for name in roots.filter(|name| name.ends_with(".rs")) {
        assert!(explained.contains(&format!("`{name}`")), "tests/README.md does not say what {name} is");
    }
}
