//! Mistakes with the derive: one mistake, one message, on the place, in the user's words.

use std::path::Path;
use std::{fs, io};

use candor_codegen::{rust, validator};

#[test]
fn derive() {
    // trybuild builds in a package of its own; the catalogues have to be found from there.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder");
    let package = target.join("tests/trybuild/candor/tests");
    copy(Path::new("tests/fixtures"), &package.join("fixtures")).expect("fixtures copied");

    for name in ["demo", "nasty", "resource"] {
        let loaded = candor_schema::load(Path::new(&format!("tests/fixtures/{name}.yaml")));
        let catalogue = loaded.catalogue.unwrap_or_else(|| panic!("{:#?}", loaded.findings));
        let (emitters, validator) = (rust::plan(&catalogue), validator::plan(&catalogue));
        let text = rust::render_single(&emitters, Some(&validator));
        fs::write(package.join(format!("fixtures/{name}.rs")), text).expect("emitters written");
    }

    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/consent/*.rs");
    cases.compile_fail("tests/ui/derive/*.rs");
}

/// A case for every code of the derive.
#[test]
fn every_mistake_has_a_case() {
    let cases = fs::read_dir("tests/ui/derive").expect("the cases").map(|entry| entry.expect("an entry").path());
    let messages: Vec<_> = cases
        .filter(|path| path.extension().is_some_and(|extension| extension == "stderr"))
        .map(|path| fs::read_to_string(path).expect("a message"))
        .collect();
    for check in candor_schema::checks::derive::CHECKS {
        let code = format!("[{}]", check.code);
        assert!(messages.iter().any(|message| message.contains(&code)), "no case gives {code}");
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let (entry, to) = (entry?.path(), to);
        let to = to.join(entry.file_name().unwrap_or_default());
        if entry.is_dir() { copy(&entry, &to)? } else { fs::copy(&entry, &to).map(drop)? }
    }
    Ok(())
}
