//! The archive of a release: `cargo binstall` finds the command where `[package.metadata.binstall]` says that it is.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::*;

#[test]
fn the_command_is_where_binstall_looks() {
    check_archive("x86_64-unknown-linux-gnu", Path::new(env!("CARGO_BIN_EXE_candor")));
}

/// A script stands for the program that cannot run here.
#[test]
fn so_it_is_on_windows() {
    let folder = empty();
    let script = folder.path().join("candor.exe");
    fs::write(&script, format!("#!/bin/sh\necho candor {}\n", env!("CARGO_PKG_VERSION"))).expect("written");
    fs::set_permissions(&script, Permissions::from_mode(0o755)).expect("a program");
    check_archive("x86_64-pc-windows-msvc", &script);
}

/// Packs a program for a target, unpacks it as a user would, and runs it.
#[track_caller]
fn check_archive(target: &str, program: &Path) {
    let package = package();
    let told = |key: &str| expand(package["metadata"]["binstall"][key].as_str().expect(key), &package, target);
    let folder = empty();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.ci/package");
    let mut pack = Command::new("bash");
    pack.arg(script).arg(target).arg(program).arg(folder.path());
    let packed = Run::of(pack.output().expect("bash"));
    assert_eq!(packed.code, 0, "{}", packed.stderr);
    let url = told("pkg-url");
    let name = url.rsplit('/').next().expect("a name");
    assert_eq!(told("pkg-fmt"), "tgz");
    let unpacked = empty();
    let mut unpack = Command::new("tar");
    unpack.arg("-xzf").arg(folder.path().join(name)).arg("-C").arg(unpacked.path());
    assert!(unpack.status().expect("tar").success(), "{name} is not what was packed: {}", packed.stdout);
    let program = Command::new(unpacked.path().join(told("bin-dir"))).arg("--version").output().expect("a program");
    let version = package["version"].as_str().expect("a version");
    assert_eq!(Run::of(program).stdout, format!("candor {version}\n"));
    let entries = fs::read_dir(unpacked.path()).expect("a folder").count();
    assert_eq!(entries, 1, "everything is in one folder");
}

/// Returns Cargo's metadata of the command's package.
fn package() -> Value {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version=1", "--manifest-path"]);
    let said = cargo.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).output().expect("cargo").stdout;
    let metadata: Value = serde_json::from_slice(&said).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    packages.iter().find(|package| package["name"] == "candor-cli").expect("the command's package").clone()
}

/// A template of `cargo binstall`, filled in. Where the repository is has no part in what the archive is called.
fn expand(template: &str, package: &Value, target: &str) -> String {
    let extension = if target.contains("windows") { ".exe" } else { "" };
    let text = |key: &str| package[key].as_str().unwrap_or("https://example.com/candor");
    let known = [
        ("repo", text("repository")),
        ("name", text("name")),
        ("version", text("version")),
        ("bin", "candor"),
        ("target", target),
        ("binary-ext", extension),
    ];
    let filled =
        known.iter().fold(template.to_owned(), |text, (key, value)| text.replace(&format!("{{ {key} }}"), value));
    assert!(!filled.contains(['{', '}']), "{filled}");
    filled
}
