//! A stored choice that cannot be read or trusted: it means off, a notice does not replace it, and `status` says why.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use candor::{Consent, Reason, host};

use crate::{EXPORTED, Fixture, agreed, ran_elsewhere};

const LIMIT: Duration = Duration::from_secs(10);

pub fn file(fixture: &Fixture) -> PathBuf {
    fixture.store(agreed()).folder().expect("a folder").join("telemetry.json")
}

/// A store whose user chose this, and its file.
pub fn chosen(choice: Consent) -> (Fixture, PathBuf) {
    let fixture = Fixture::new();
    fixture.store(agreed()).choose(choice).expect("a writable folder");
    let file = file(&fixture);
    (fixture, file)
}

/// Expects that nothing is sent whatever is shown, that the file stays as it is, and that `status` says `why`.
#[track_caller]
pub fn check_off(fixture: &Fixture, case: &str, why: &str) {
    let path = file(fixture);
    let before = (fs::symlink_metadata(&path).map(|metadata| metadata.len()).ok(), fs::read_link(&path).ok());
    let (pipeline, decision) = fixture.builder(agreed()).build();
    assert_eq!(decision.consent, Consent::Off, "{case}: {}", decision.reason);
    assert!(matches!(&decision.reason, Reason::Doubt { why: said } if said.contains(why)), "{case}: {decision:?}");
    assert_eq!(pipeline.notice_due(), None, "{case}");
    assert!(pipeline.notice_shown().is_err(), "{case}");
    pipeline.emit(&EXPORTED);
    assert!(pipeline.shutdown(LIMIT));
    let status = host::status(&pipeline);
    let first = status.lines().next().unwrap_or_default().to_owned();
    assert!(first.contains(why) && first.ends_with("that means off)"), "{case}: {status}");
    let (next, decision) = fixture.builder(agreed()).build();
    next.emit(&EXPORTED);
    assert!(next.shutdown(LIMIT));
    assert_eq!(decision.consent, Consent::Off, "{case}: the next run");
    assert!(fixture.payloads(agreed()).is_empty(), "{case}");
    let after = (fs::symlink_metadata(&path).map(|metadata| metadata.len()).ok(), fs::read_link(&path).ok());
    assert_eq!(before, after, "{case}");
}

/// A choice of the user's replaces what is in doubt.
#[track_caller]
fn check_replaced(fixture: &Fixture, case: &str) {
    for choice in [Consent::Default, Consent::Off, Consent::OptedIn] {
        fixture.store(agreed()).choose(choice).unwrap_or_else(|error| panic!("{case}: {error}"));
        let stored = fixture.store(agreed()).read();
        assert_eq!((stored.choice, stored.problem), (Some(choice), None), "{case}");
    }
}

type Damage = fn(&str) -> Vec<u8>;

#[test]
fn what_is_not_as_it_was_written() {
    if ran_elsewhere("doubt::what_is_not_as_it_was_written") {
        return;
    }
    let damages: [(&str, &str, Damage); 19] = [
        ("empty", "it is empty", |_| Vec::new()),
        ("blank", "is not as it was written", |_| b" \n".into()),
        ("cut", "is not as it was written", |text| text[..text.len() / 2].into()),
        ("cut at its end", "is not as it was written", |text| text[..text.len() - 2].into()),
        ("more behind it", "is not as it was written", |text| format!("{text}{{}}").into()),
        ("bytes", "it is not UTF-8", |_| vec![0xff; 100]),
        ("zeros", "is not as it was written", |text| vec![0; text.len()]),
        ("a zero in it", "is not as it was written", |text| text.replacen("\"date\"", "\"da\0te\"", 1).into()),
        ("a mark before it", "is not as it was written", |text| format!("\u{feff}{text}").into()),
        ("no object", "is not as it was written", |_| b"[]".into()),
        ("deep", "is not as it was written", |_| "[".repeat(100_000).into()),
        ("a later form", "it has form 3", |text| text.replace("\"candor\": 2", "\"candor\": 3").into()),
        ("a key of the file", "is not as it was written", |text| text.replacen('{', "{\"more\": 1,", 1).into()),
        ("a key of the entry", "its entry for notebook", |text| {
            text.replacen("\"date\"", "\"why\": 1, \"date\"", 1).into()
        }),
        ("a wider choice", "was changed", |text| text.replace("\"granted\": []", "\"granted\": [\"default\"]").into()),
        ("no choice", "was changed", |text| text.replace("\"granted\": [],", "").into()),
        ("a channel", "was changed", |text| text.replace("\"granted\": []", "\"granted\": [\"crashes\"]").into()),
        ("a wider agreement", "was changed", |text| text.replace("\"max_length\": 5", "\"max_length\": 500").into()),
        ("an entry twice", "is not as it was written", |text| {
            let entry = &text[text.find("\"notebook\"").expect("an entry")..text.rfind("}\n}").expect("its end")];
            text.replacen(entry, &format!("{},{entry}", entry.trim_end()), 1).into()
        }),
    ];
    for (case, why, damage) in damages {
        let (fixture, file) = chosen(Consent::Off);
        let text = fs::read_to_string(&file).expect("a file");
        let damaged = damage(&text);
        assert_ne!(damaged, text.as_bytes(), "{case}");
        fs::write(&file, &damaged).expect("a writable folder");
        check_off(&fixture, case, why);
        assert_eq!(fs::read(&file).expect("a file"), damaged, "{case}: a notice does not replace it");
        check_replaced(&fixture, case);
    }
}

/// No byte of it can be another one: what is stored is read as it was written, or it is in doubt.
#[test]
fn any_other_byte() {
    let (fixture, file) = chosen(Consent::Off);
    let (store, text) = (fixture.store(agreed()), fs::read(&file).expect("a file"));
    for position in 0..text.len() {
        for bit in [1, 4, 32] {
            let mut changed = text.clone();
            changed[position] ^= bit;
            fs::write(&file, &changed).expect("a writable folder");
            let stored = store.read();
            // Between its words there may be other blanks.
            let off = stored.problem.is_some() || stored.choice == Some(Consent::Off);
            assert!(off, "byte {position}: {:?}", String::from_utf8_lossy(&changed));
            assert_eq!(store.decide(None).consent, Consent::Off, "byte {position}");
        }
    }
}

#[test]
fn what_is_no_file() {
    if ran_elsewhere("doubt::what_is_no_file") {
        return;
    }
    type Put = fn(&Path);
    let mut cases: Vec<(&str, &str, Put)> = vec![
        ("a folder", "it is not a regular file", |path| fs::create_dir(path).expect("a folder")),
        ("a huge file", "it is too large", |path| {
            fs::File::create(path).and_then(|file| file.set_len(1 << 40)).expect("a file with a hole of 1 TiB");
        }),
    ];
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        cases.extend([
            ("a pipe", "it is not a regular file", (|path| crate::files::make_pipe(path)) as Put),
            ("a device", "it is not a regular file", |path| symlink("/dev/zero", path).expect("a link")),
            ("a terminal", "it is not a regular file", |path| symlink("/dev/tty", path).expect("a link")),
            ("a link to itself", "lead in a circle", |path| symlink("telemetry.json", path).expect("a link")),
            ("a circle", "lead in a circle", |path| {
                symlink("other", path).expect("a link");
                symlink("telemetry.json", path.with_file_name("other")).expect("a link");
            }),
            ("a link to nothing", "not there", |path| symlink("nowhere/telemetry.json", path).expect("a link")),
            ("what a system tells", "", |path| symlink("/proc/self/environ", path).expect("a link")),
        ]);
    }
    for (case, why, put) in cases {
        let (fixture, file) = chosen(Consent::Off);
        fs::remove_file(&file).expect("a file");
        put(&file);
        check_off(&fixture, case, why);
        if case == "a folder" {
            assert!(fixture.store(agreed()).choose(Consent::Default).is_err());
            assert_eq!(fixture.store(agreed()).decide(None).consent, Consent::Off);
        } else if case != "a link to nothing" {
            check_replaced(&fixture, case);
        }
    }
}

#[test]
fn what_is_set_in_the_application_counts_all_the_same() {
    let (fixture, file) = chosen(Consent::OptedIn);
    fs::write(file, "").expect("a writable folder");
    let (_, decision) = fixture.builder(agreed()).consent(Consent::Default).build();
    assert_eq!((decision.consent, &decision.reason), (Consent::Default, &Reason::Explicit));
    let said: Vec<_> = decision.layers.iter().map(|layer| layer.to_string()).collect();
    assert!(said[2].starts_with("stored choice: off (") && said[2].contains("it is empty"), "{said:?}");
}
