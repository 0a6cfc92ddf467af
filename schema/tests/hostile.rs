//! Input that means harm, or comes from a broken editor: no panic, no hang, and a finding or a right result.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use candor_schema::{Loaded, load, load_str};

const SOUND: &str = "\
candor: 1
name: demo
title: Démo
version: 1.0.0
service: demo
rows:
  usage: {title: Usage, personal: none}
attributes:
  runs: {row: usage, collected: default, type: int, brief: number of runs}
spans:
  started: {name: Started, collected: default, brief: The program started., attributes: {runs: required}}
";

fn codes(loaded: &Loaded) -> Vec<&str> {
    for finding in &loaded.findings {
        let source = loaded.sources.get(finding.place).expect("a file that was read");
        assert!(source.text.get(finding.place.start as usize..finding.place.end as usize).is_some(), "{finding:#?}");
        assert!(finding.message.len() < 2000, "{} bytes of message", finding.message.len());
    }
    loaded.findings.iter().map(|finding| finding.code).collect()
}

/// Expects these codes from the sound catalogue with `rest` after it.
fn check_after(rest: &str, expected: &[&str]) {
    check(&format!("{SOUND}{rest}"), expected);
}

fn check(text: &str, expected: &[&str]) {
    let loaded = load_str("catalogue.yaml", text);
    assert_eq!(codes(&loaded), expected);
    assert_eq!(loaded.catalogue.is_some(), expected.is_empty());
}

/// Expects these codes from a file of these bytes.
fn check_bytes(bytes: &[u8], expected: &[&str]) -> Loaded {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("catalogue.yaml");
    fs::write(&file, bytes).expect("written");
    let loaded = load(&file);
    assert_eq!(codes(&loaded), expected);
    loaded
}

fn marked(loaded: &Loaded) -> &str {
    let place = loaded.findings[0].place;
    &loaded.sources.get(place).expect("a file").text[place.start as usize..place.end as usize]
}

#[test]
fn deep_flow_lists() {
    check_after(&format!("common: {}{}\n", "[".repeat(20_000), "]".repeat(20_000)), &["E0001"]);
}

#[test]
fn deep_flow_mappings() {
    check_after(&format!("common: {}{}\n", "{a: ".repeat(20_000), "}".repeat(20_000)), &["E0001"]);
}

#[test]
fn deep_block_lists() {
    check_after(&format!("common:\n {}a\n", "- ".repeat(20_000)), &["E0001"]);
}

#[test]
fn deep_block_mappings() {
    let levels: String = (1..3000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    check_after(&format!("common:\n{levels}"), &["E0001"]);
}

#[test]
fn deep_explicit_keys() {
    check_after(&format!("{}a\n", "? ".repeat(20_000)), &["E0001"]);
}

#[test]
fn deep_but_allowed() {
    // As deep as the parser goes, on a small stack.
    let work = || {
        for depth in 1..40 {
            let deep = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
            let loaded = load_str("catalogue.yaml", &SOUND.replace("type: int", &format!("type: {deep}")));
            assert_eq!(codes(&loaded), [if depth <= 13 { "E0002" } else { "E0001" }], "{depth}");
        }
    };
    let thread = std::thread::Builder::new().stack_size(768 << 10).spawn(work).expect("a thread");
    thread.join().expect("no panic");
}

#[test]
fn alias_bomb() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb += &format!("a{level}: &a{level} [{aliases}]\n");
    }
    check_after(&bomb, &["E0001"]);
}

#[test]
fn alias_of_itself() {
    check_after("common: &a [*a]\n", &["E0001"]);
}

#[test]
fn alias_of_nothing() {
    check_after("common: [*a]\n", &["E0001"]);
}

#[test]
fn honest_aliases() {
    let text = SOUND.replace("{row: usage,", "{row: &row usage,");
    check(&text.replace("{name: Started,", "{name: Started, row: *row,"), &[]);
}

#[test]
fn scalar_of_ten_megabytes() {
    check(&SOUND.replace("number of runs", &"x".repeat(10_000_000)), &[]);
}

#[test]
fn key_of_ten_megabytes() {
    check_after(&format!("{}: 1\n", "x".repeat(10_000_000)), &["E0001"]);
    check_after(&format!("? {}\n: 1\n", "x".repeat(10_000_000)), &["E0003"]);
}

#[test]
fn reference_of_ten_megabytes() {
    check(&SOUND.replace("row: usage", &format!("row: {}", "x".repeat(10_000_000))), &["E0101"]);
}

#[test]
fn ten_thousand_unknown_keys() {
    let keys: String = (0..10_000).map(|number| format!("unknown_{number}: 1\n")).collect();
    check_after(&keys, &["E0003"; 10_000]);
}

#[test]
fn million_keys() {
    let keys: String = (0..1_000_000).map(|number| format!("k{number}: 1\n")).collect();
    check_after(&keys, &["E0001"]);
    check_after(&format!("common: [{}]\n", "a, ".repeat(1_000_000)), &["E0001"]);
}

#[test]
fn lists_are_for_people() {
    let examples =
        |count| SOUND.replace("type: int", &format!("type: int, examples: [{}]", vec!["1"; count].join(", ")));
    check(&examples(10_000), &[]);
    check(&examples(10_001), &["E0001"]);
}

#[test]
fn patterns_that_take_long_to_read() {
    let pattern = |pattern: &str| SOUND.replace("type: int", &format!("type: string, pattern: '{pattern}'"));
    check(&pattern(&format!("^({})*$", vec!["a"; 250].join("|"))), &["E0219"]);
    check(&pattern(&format!("^({})*$", "a?".repeat(250))), &["E0219"]);
    check(&pattern(&format!("^{}a{}$", "(".repeat(20), ")*".repeat(20))), &["E0219"]);
    check(&pattern(&format!("^{}a{}$", "(".repeat(30), "){9}".repeat(30))), &["E0210"]);
    check(&pattern(&format!("^{}$", "[a-z]*".repeat(80))), &[]);
    check(&pattern(&format!("^({})*$", "[a-z]+[0-9]+".repeat(40))), &[]);
    check(&pattern("^a{18446744073709551616}$"), &["E0210"]);
}

#[test]
fn names_nearly_alike_without_end() {
    let name =
        |number: usize| number.to_string().bytes().map(|digit| (b'a' + digit - b'0') as char).collect::<String>();
    let attributes: String = (0..5_000)
        .map(|n| format!("  attribute_{}: {{row: usage, collected: default, type: int, brief: runs}}\n", name(n)))
        .collect();
    let text = SOUND.replace("attributes:\n", &format!("attributes:\n{attributes}"));
    let loaded = load_str("catalogue.yaml", &text);
    assert!(loaded.findings.iter().any(|finding| finding.code == "E0105"));
}

#[test]
fn unknown_names_without_end() {
    let attributes: String = (0..20_000)
        .map(|n| format!("  runs_{n}: {{row: usag_{n}, collected: default, type: int, brief: runs}}\n"))
        .collect();
    let text = SOUND.replace("attributes:\n", &format!("attributes:\n{attributes}"));
    let loaded = load_str("catalogue.yaml", &text);
    assert!(loaded.findings.iter().filter(|finding| finding.code == "E0101").count() == 20_000);
}

#[test]
fn nul() {
    check(&SOUND.replace("number of", "number\0of"), &["E0001"]);
    check(&SOUND.replace("number of runs", "\"number\\0of\""), &["E0014"]);
    check(&SOUND.replace("name: Started", "name: \"Start\\0ed\""), &["E0014"]);
}

#[test]
fn invalid_utf8() {
    let mut bytes = SOUND.as_bytes().to_vec();
    bytes[40] = 0xff;
    let loaded = check_bytes(&bytes, &["E0008"]);
    assert!(loaded.findings[0].message.contains("byte 40"), "{}", loaded.findings[0].message);
    assert_eq!((marked(&loaded), loaded.findings[0].place.line, loaded.findings[0].place.column), ("\u{fffd}", 4, 7));
}

#[test]
fn utf16() {
    let bytes: Vec<u8> = [0xfeff].into_iter().chain(SOUND.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    check_bytes(&bytes, &["E0008"]);
}

#[test]
fn byte_order_mark() {
    assert!(check_bytes(format!("\u{feff}{SOUND}").as_bytes(), &[]).catalogue.is_some());
    let loaded = check_bytes(format!("\u{feff}{}", SOUND.replace("row: usage", "row: usgae")).as_bytes(), &["E0101"]);
    assert_eq!(marked(&loaded), "usgae");
    let loaded = check_bytes(format!("\u{feff}{}", SOUND.replace("candor: 1", "candor: 2")).as_bytes(), &["E0007"]);
    assert_eq!((marked(&loaded), loaded.findings[0].place.line, loaded.findings[0].place.column), ("2", 1, 9));
}

#[test]
fn carriage_returns() {
    assert!(check_bytes(SOUND.replace('\n', "\r\n").as_bytes(), &[]).catalogue.is_some());
    let text = SOUND.replace("row: usage", "row: usgae").replace('\n', "\r\n");
    let loaded = check_bytes(text.as_bytes(), &["E0101"]);
    assert_eq!((marked(&loaded), loaded.findings[0].place.line), ("usgae", 9));
}

#[test]
fn nothing_at_all() {
    check("", &["E0001"]);
    check("\u{feff}", &["E0001"]);
    check("# only a comment\n", &["E0001"]);
    check("---\n---\n", &["E0001"]);
    check("~", &["E0001"]);
}

#[test]
fn something_else() {
    check("- a\n- b\n", &["E0002"]);
    check("just text", &["E0002"]);
    check("{}", &["E0005"]);
    let head = &load_str("catalogue.yaml", "{}").findings[0];
    for key in ["candor", "name", "title", "version", "service"] {
        assert!(head.message.contains(&format!("no `{key}`")), "{}", head.message);
        assert!(head.help.as_ref().is_some_and(|help| help.contains(&format!("`{key}: …`"))), "{:?}", head.help);
    }
    check("<html><body>Not found</body></html>\n", &["E0002"]);
    check(&format!("{SOUND}---\n{SOUND}"), &["E0001"]);
    check(&SOUND.replace("  usage", "\tusage"), &["E0001"]);
    check(&SOUND.replace("Démo", "!secret demo"), &["E0001"]);
}

#[test]
fn cut_off_anywhere() {
    let ends = (0..SOUND.len()).filter(|end| SOUND.is_char_boundary(*end));
    ends.for_each(|end| drop(codes(&load_str("catalogue.yaml", &SOUND[..end]))));
}

#[test]
fn one_character_of_another_kind_anywhere() {
    for (start, char) in SOUND.char_indices() {
        for other in
            ["", "\0", "\n", "\t", "\"", "'", "[", "}", ":", "- ", "*", "&", "!", "|", "#", "é", "\u{feff}", "\u{2028}"]
        {
            let text = format!("{}{other}{}", &SOUND[..start], &SOUND[start + char.len_utf8()..]);
            codes(&load_str("catalogue.yaml", &text));
        }
    }
}

#[test]
fn no_file() {
    let loaded = load(Path::new("/no/such/catalogue.yaml"));
    assert_eq!(codes(&loaded), ["E0008"]);
}

#[test]
fn folder_without_a_head() {
    let folder = tempfile::tempdir().expect("a folder");
    let loaded = load(folder.path());
    assert_eq!(codes(&loaded), ["E0008"]);
    assert!(loaded.sources.files()[0].path.ends_with("catalogue.yaml"));
}

#[test]
fn folder_for_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("catalogue.yaml"), SOUND).expect("written");
    fs::create_dir(folder.path().join("more.yaml")).expect("a folder");
    assert_eq!(codes(&load(folder.path())), ["E0008"]);
}

#[cfg(unix)]
#[test]
fn pipe_for_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("catalogue.yaml");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
    assert!(made.success());
    assert_eq!(codes(&load(&pipe)), ["E0008"]);
    assert_eq!(codes(&load(folder.path())), ["E0008"]);
}

#[cfg(unix)]
#[test]
fn endless_file() {
    assert_eq!(codes(&load(Path::new("/dev/zero"))), ["E0008"]);
}

#[test]
fn larger_than_any_catalogue() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("catalogue.yaml");
    fs::File::create(&file).and_then(|file| file.set_len(1 << 40)).expect("a file with nothing in it");
    assert_eq!(codes(&load(&file)), ["E0008"]);
}

/// A reader of half a file finds a mistake or a smaller catalogue, never a mixture of two states.
#[test]
fn a_file_that_changes_while_it_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("catalogue.yaml");
    let long = format!("{SOUND}{}", "# a comment\n".repeat(20_000));
    fs::write(&file, SOUND).expect("written");
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                fs::write(&file, &long).expect("written");
                fs::write(&file, SOUND).expect("written");
            }
        });
        for _ in 0..100 {
            let loaded = load(&file);
            let text = &loaded.sources.files()[0].text;
            assert!(loaded.catalogue.is_some() || !codes(&loaded).is_empty());
            assert!(long.starts_with(text.as_str()), "{} bytes", text.len());
        }
        done.store(true, Ordering::Relaxed);
    });
}

/// A file that the system makes while it is read has no length before.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_is_never_the_same() {
    let loaded = load(Path::new("/proc/self/stat"));
    assert_eq!(codes(&loaded), ["E0008"]);
    assert!(loaded.findings[0].message.contains("changes while it is read"), "{:?}", loaded.findings);
}

#[cfg(unix)]
#[test]
fn link_out_of_the_folder() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().expect("a folder");
    let catalogue = folder.path().join("catalogue");
    fs::create_dir(&catalogue).expect("a folder");
    fs::write(catalogue.join("catalogue.yaml"), SOUND).expect("written");
    fs::write(folder.path().join("secret"), "password: 1234\n").expect("written");
    symlink("../secret", catalogue.join("more.yaml")).expect("linked");
    let loaded = load(&catalogue);
    assert_eq!(codes(&loaded), ["E0008"]);
    assert!(loaded.sources.files().iter().all(|source| !source.text.contains("1234")), "nothing of it is shown");

    fs::remove_file(catalogue.join("more.yaml")).expect("removed");
    fs::write(catalogue.join("more"), "rows: {}\n").expect("written");
    symlink("more", catalogue.join("more.yaml")).expect("linked");
    assert!(load(&catalogue).catalogue.is_some(), "a link within the folder");
}

#[cfg(unix)]
#[test]
fn symbolic_links() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().expect("a folder");
    let real = folder.path().join("real");
    fs::create_dir(&real).expect("a folder");
    fs::write(real.join("catalogue.yaml"), SOUND).expect("written");
    symlink(&real, folder.path().join("linked")).expect("linked");
    assert!(load(&folder.path().join("linked")).catalogue.is_some());

    symlink(&real, real.join("again")).expect("linked");
    assert!(load(&real).catalogue.is_some(), "a folder is not read into its folders");

    symlink(real.join("loop.yaml"), real.join("loop.yaml")).expect("linked");
    assert_eq!(codes(&load(&real)), ["E0008"]);
}

#[test]
fn line_breaks_of_old() {
    // To YAML a carriage return alone ends a line, too.
    for text in ["# ä\r# ö\n", "# ä\r\n# ö\r"] {
        let loaded = load_str("catalogue.yaml", &format!("{text}{SOUND}common: [runs\nevents: {{}}\n"));
        assert_eq!(codes(&loaded), ["E0001"], "{:#?}", loaded.findings);
        assert_eq!(marked(&loaded), "[");
    }
}
