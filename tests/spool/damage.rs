//! Foreign contents of the folder: broken records, records of others, and files that are none of the spool's.

use std::fs::{self, File};
use std::path::Path;

use candor::{Catalogue, Delivery, SignalKind, Transport};

use crate::common::{Fixture, LATER, catalogue, event, later, padded, span};

/// Leaves the bytes in place of the one record that waits, and expects that they are deleted and not sent.
fn check_not_sent(fixture: &Fixture, name: &str, bytes: &[u8]) {
    fs::write(fixture.folder.join(name), bytes).expect("written");
    let delivery = fixture.spool().send(SignalKind::Event, &event(0));
    assert_eq!(delivery, Ok(Delivery { lost: 1, ..Delivery::default() }), "{} bytes", bytes.len());
    assert_eq!(fixture.files(), [""; 0], "{} bytes", bytes.len());
}

/// One record, its name and its bytes.
fn record() -> (Fixture, String, Vec<u8>) {
    let fixture = Fixture::new();
    fixture.leave(1..=1);
    let name = fixture.waiting().remove(0);
    let bytes = fs::read(fixture.folder.join(&name)).expect("a record");
    (fixture, name, bytes)
}

#[test]
fn a_record_that_was_cut_anywhere_is_never_sent() {
    let (fixture, name, bytes) = record();
    for length in 0..bytes.len() {
        check_not_sent(&fixture, &name, &bytes[..length]);
    }
    assert!(fixture.network.numbers().iter().all(|number| *number == 0));
}

#[test]
fn a_record_with_any_other_bit_is_never_sent() {
    let (fixture, name, bytes) = record();
    for position in 0..bytes.len() {
        for bit in [1 << (position % 8), 0xff] {
            let mut bytes = bytes.clone();
            bytes[position] ^= bit;
            check_not_sent(&fixture, &name, &bytes);
        }
    }
    assert!(fixture.network.numbers().iter().all(|number| *number == 0));
}

#[test]
fn a_record_with_more_behind_it_is_never_sent() {
    let (fixture, name, mut bytes) = record();
    bytes.push(0);
    check_not_sent(&fixture, &name, &bytes);
    check_not_sent(&fixture, &name, &[bytes.as_slice(), &bytes].concat());
}

#[test]
fn zeros_as_some_file_systems_leave_them_are_never_sent() {
    let (fixture, name, bytes) = record();
    for written in [0, 8, 40, 100] {
        let mut bytes = bytes.clone();
        bytes[written..].fill(0);
        check_not_sent(&fixture, &name, &bytes);
    }
}

#[test]
fn a_copy_under_another_name_is_never_sent() {
    let (fixture, name, bytes) = record();
    let created = u64::from_str_radix(&name[..16], 16).expect("a time");
    let other = format!("{:016x}{}", created + 1, &name[16..]);
    fs::write(fixture.folder.join(&other), bytes).expect("written");
    let delivery = fixture.spool().send(SignalKind::Event, &event(2));
    assert_eq!(delivery, Ok(Delivery { resent: 1, lost: 1, ..Delivery::default() }));
    assert_eq!(fixture.network.numbers(), [1, 2]);
}

#[test]
fn records_of_another_version_or_catalogue_are_never_sent() {
    let known = catalogue();
    let with = |name, version| -> &'static Catalogue {
        let Catalogue { title, service, endpoints, opt_in, opt_out, signals, .. } = *known;
        let disclosure = candor::Disclosure::NONE;
        Box::leak(Box::new(Catalogue {
            name,
            version,
            title,
            service,
            endpoints,
            opt_in,
            opt_out,
            signals,
            disclosure,
        }))
    };
    for other in [with("spooled", "1.0.0"), with("spooled", "2.0.1"), with("spoole", "d2.0.0"), with("other", "2.0.0")]
    {
        let fixture = Fixture::new();
        fixture.network.is(later());
        let _ = fixture.spool_of(other).send(SignalKind::Span, &span(1));
        assert_eq!(fixture.waiting().len(), 1);
        fixture.network.is(Ok(Delivery::default()));
        let delivery = fixture.spool().send(SignalKind::Event, &event(2));
        assert_eq!(delivery, Ok(Delivery { lost: 1, ..Delivery::default() }), "{} {}", other.name, other.version);
        assert_eq!(fixture.network.numbers(), [2]);
        assert_eq!(fixture.files(), [""; 0]);
    }
}

#[test]
fn a_record_that_is_longer_than_the_bound_is_not_even_read() {
    let (fixture, name, _) = record();
    let file = File::options().write(true).open(fixture.folder.join(&name)).expect("a record");
    file.set_len(1 << 40).expect("a file with a hole of 1 TiB");
    let delivery = fixture.spool().send(SignalKind::Event, &event(2));
    assert_eq!(delivery, Ok(Delivery { lost: 1, ..Delivery::default() }));
    assert_eq!(fixture.network.numbers(), [2]);
}

#[test]
fn other_files_are_left_alone() {
    let fixture = Fixture::new();
    fixture.leave(1..=2);
    let record = fixture.waiting().remove(0);
    let content = fs::read(fixture.folder.join(&record)).expect("a record");
    let others = ["notes.txt", "notes.candor", ".candor", "x.sending.candor", &record.to_uppercase()]
        .map(str::to_owned)
        .into_iter()
        .chain([format!("{record}.bak"), format!("0{record}"), record.replace(".candor", ".old.candor")]);
    let others: Vec<String> = others.collect();
    others.iter().for_each(|name| fs::write(fixture.folder.join(name), &content).expect("written"));
    let huge = File::create(fixture.folder.join("huge.candor")).expect("created");
    huge.set_len(1 << 40).expect("a hole");
    let _ = fixture.spool().send(SignalKind::Event, &event(3));
    assert_eq!(fixture.network.numbers(), [1, 2, 3]);
    fixture.network.is(later());
    let _ = fixture.spool().send(SignalKind::Event, &event(4));
    candor::Spool::erase(&fixture.folder).expect("erased");
    assert_eq!(fixture.files().len(), others.len() + 1);
    for name in others {
        assert_eq!(fs::read(fixture.folder.join(&name)).expect("it is there"), content, "{name}");
    }
}

/// Entries with the names of records that are no files: a folder, a pipe that nobody writes to, links. Opening them,
/// reading them or deleting them would hang, or do harm.
#[test]
#[cfg(unix)]
fn whatever_is_no_file_is_left_alone() {
    use std::os::unix::fs::symlink;
    let (fixture, name, bytes) = record();
    let elsewhere = fixture.folder.with_file_name("elsewhere");
    fs::write(&elsewhere, &bytes).expect("written");
    fs::remove_file(fixture.folder.join(&name)).expect("removed");
    let with_count = |count: &str| name.replacen("-00000001-1", &format!("-{count}-1"), 1);
    let place = |count: &str| fixture.folder.join(with_count(count));
    fs::create_dir(place("00000002")).expect("a folder");
    symlink(&elsewhere, place("00000003")).expect("a link");
    symlink("/dev/zero", place("00000004")).expect("a link");
    symlink("nowhere", place("00000005")).expect("a link");
    let pipe = std::process::Command::new("mkfifo").arg(place("00000006")).status().expect("mkfifo");
    assert!(pipe.success());
    let sending = with_count("00000007").replace(".candor", ".sending.candor");
    let pipe = std::process::Command::new("mkfifo").arg(fixture.folder.join(sending)).status().expect("mkfifo");
    assert!(pipe.success());
    symlink(&elsewhere, fixture.folder.join(name)).expect("a link of the record's own name");

    let before = fixture.files();
    fixture.clock.forward(LATER);
    assert_eq!(fixture.spool().send(SignalKind::Event, &event(2)), Ok(Delivery::default()));
    fixture.network.is(later());
    let _ = fixture.spool().send(SignalKind::Event, &padded(3, 1000));
    fixture.clock.forward(crate::DAY * 8);
    fixture.network.is(Ok(Delivery::default()));
    let delivery = fixture.spool().send(SignalKind::Event, &event(4));
    assert_eq!(delivery, Ok(Delivery { lost: 1, ..Delivery::default() }), "the padded one, by its age");
    candor::Spool::erase(&fixture.folder).expect("erased");
    assert_eq!(fixture.network.numbers(), [2, 4]);
    assert_eq!(fixture.files(), before);
    assert_eq!(fs::read(elsewhere).expect("it is there"), bytes);
}

#[test]
#[cfg(unix)]
fn a_folder_behind_a_link_is_as_good_as_any() {
    let fixture = Fixture::new();
    let behind = fixture.folder.with_file_name("behind");
    fs::create_dir(&behind).expect("a folder");
    std::os::unix::fs::symlink(&behind, &fixture.folder).expect("a link");
    fixture.leave(1..=1);
    assert_eq!(count_files(&behind), 1);
    let _ = fixture.spool().send(SignalKind::Event, &event(2));
    assert_eq!(fixture.network.numbers(), [1, 2]);
}

#[test]
fn a_folder_full_of_other_things_is_not_used() {
    let fixture = Fixture::new();
    fs::create_dir(&fixture.folder).expect("a folder");
    (0..10_001).for_each(|number| drop(File::create(fixture.folder.join(number.to_string())).expect("a file")));
    fixture.network.is(later());
    assert_eq!(fixture.spool().send(SignalKind::Event, &event(1)), later());
    assert_eq!(count_files(&fixture.folder), 10_001);
}

fn count_files(folder: &Path) -> usize {
    fs::read_dir(folder).expect("a folder").count()
}
