//! The spool: what waits in files, what is sent of it, and what never is.

mod common;
mod consent;
mod damage;
mod narrower;
mod processes;

use std::time::Duration;

use candor::{Delivery, Retry, SignalKind, SpoolLimits, Transport};
use common::{Fixture, LATER, error, event, later, span};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn spooled(count: u64) -> Delivery {
    Delivery { spooled: count, ..Delivery::default() }
}

/// The same, with why a request was not taken.
fn because(why: &str, delivery: Delivery) -> Delivery {
    Delivery { failure: Some(why.to_owned()), ..delivery }
}

const AWAY: &str = "the network is away";

#[test]
fn what_waits_is_sent_in_order_once_the_network_is_back() {
    let fixture = Fixture::new();
    let mut spool = fixture.spool();
    fixture.network.is(later());
    for number in 1..=3 {
        let expected = if number == 1 { because(AWAY, spooled(1)) } else { spooled(1) };
        assert_eq!(spool.send(SignalKind::Event, &event(number)), Ok(expected), "the reason is told once");
        fixture.clock.forward(Duration::from_millis(1));
    }
    assert_eq!(fixture.waiting().len(), 3);
    assert_eq!(fixture.network.asked(), 1, "it was left alone after it failed");
    fixture.network.is(Ok(Delivery::default()));
    fixture.clock.forward(DAY);
    let delivery = spool.send(SignalKind::Span, &span(4));
    assert_eq!(delivery, Ok(Delivery { resent: 3, ..Delivery::default() }));
    assert_eq!(fixture.network.numbers(), [1, 2, 3, 4]);
    assert_eq!(fixture.files(), [""; 0]);
}

#[test]
fn the_bytes_are_those_that_would_have_been_sent() {
    let fixture = Fixture::new();
    let mut spool = fixture.spool();
    fixture.network.is(later());
    let (first, second) = (span(1), event(2));
    let _ = spool.send(SignalKind::Span, &first);
    let _ = spool.send(SignalKind::Event, &second);
    fixture.network.is(Ok(Delivery::default()));
    fixture.clock.forward(DAY);
    let third = event(3);
    let _ = spool.send(SignalKind::Event, &third);
    let expected = [(SignalKind::Span, first), (SignalKind::Event, second), (SignalKind::Event, third)];
    assert_eq!(fixture.network.taken(), expected);
}

#[test]
fn what_an_earlier_process_left_is_sent() {
    let fixture = Fixture::new();
    fixture.leave(1..=2);
    assert_eq!(fixture.spool().send(SignalKind::Event, &event(3)), Ok(Delivery { resent: 2, ..Delivery::default() }));
    assert_eq!(fixture.network.numbers(), [1, 2, 3]);
}

#[test]
fn only_so_many_records_go_along_with_a_request() {
    let fixture = Fixture::new();
    fixture.leave(1..=5);
    let mut spool = fixture.spool().limits(SpoolLimits { per_send: 2, ..SpoolLimits::default() });
    for (number, resent) in [(10, 2), (11, 2), (12, 1), (13, 0)] {
        let delivery = spool.send(SignalKind::Event, &event(number));
        assert_eq!(delivery, Ok(Delivery { resent, ..Delivery::default() }));
    }
    assert_eq!(fixture.network.numbers(), [1, 2, 10, 3, 4, 11, 5, 12, 13]);
}

#[test]
fn a_network_that_goes_away_again_leaves_the_rest_waiting() {
    let fixture = Fixture::new();
    fixture.leave(1..=3);
    fixture.network.is_once(Ok(Delivery::default()));
    fixture.network.is(later());
    let mut spool = fixture.spool();
    let expected = because(AWAY, Delivery { spooled: 1, resent: 1, ..Delivery::default() });
    assert_eq!(spool.send(SignalKind::Event, &event(4)), Ok(expected));
    assert_eq!(fixture.network.numbers(), [1]);
    assert_eq!(fixture.network.asked(), 2);
    fixture.network.is(Ok(Delivery::default()));
    fixture.clock.forward(DAY);
    let _ = spool.send(SignalKind::Event, &event(5));
    assert_eq!(fixture.network.numbers(), [1, 2, 3, 4, 5]);
}

#[test]
fn a_network_that_stays_away_is_asked_less_and_less() {
    let fixture = Fixture::new();
    let mut spool = fixture.spool().limits(SpoolLimits { max_bytes: 1000, ..SpoolLimits::default() });
    fixture.network.is(later());
    let mut pauses = vec![0];
    for second in 1..=400 {
        let asked = fixture.network.asked();
        let _ = spool.send(SignalKind::Event, &event(1));
        if fixture.network.asked() > asked {
            pauses.push(second);
        }
        fixture.clock.forward(Duration::from_secs(1));
    }
    assert!((7..20).contains(&pauses.len()), "{pauses:?}");
    assert!(pauses.windows(2).all(|pair| pair[1] - pair[0] <= 256), "{pauses:?}");
}

#[test]
fn a_collector_is_obeyed_that_says_when() {
    let fixture = Fixture::new();
    let mut spool = fixture.spool();
    fixture.network.is(error(Retry::After(Duration::from_secs(100))));
    let _ = spool.send(SignalKind::Event, &event(1));
    fixture.network.is(Ok(Delivery::default()));
    fixture.clock.forward(Duration::from_secs(99));
    assert_eq!(spool.send(SignalKind::Event, &event(2)), Ok(spooled(1)));
    fixture.clock.forward(Duration::from_secs(1));
    let _ = spool.send(SignalKind::Event, &event(3));
    assert_eq!(fixture.network.numbers(), [1, 2, 3]);
}

#[test]
fn a_clock_that_is_set_back_does_not_keep_anything_waiting() {
    let fixture = Fixture::new();
    let mut spool = fixture.spool();
    fixture.network.is(later());
    let _ = spool.send(SignalKind::Event, &event(1));
    fixture.network.is(Ok(Delivery::default()));
    fixture.clock.back(DAY);
    let _ = spool.send(SignalKind::Event, &event(2));
    assert_eq!(fixture.network.numbers(), [1, 2]);
}

#[test]
fn what_would_fail_again_is_not_kept() {
    let fixture = Fixture::new();
    let mut spool = fixture.spool();
    let refused = error(Retry::Never);
    fixture.network.is(refused.clone());
    assert_eq!(spool.send(SignalKind::Event, &event(1)), refused);
    assert_eq!(fixture.files(), [""; 0]);
    fixture.leave(2..=3);
    fixture.network.is_once(refused);
    fixture.network.is(Ok(Delivery { rejected: 1, ..Delivery::default() }));
    let delivery = spool.send(SignalKind::Event, &event(4));
    let expected = because("the collector answered", Delivery { rejected: 1, lost: 2, ..Delivery::default() });
    assert_eq!(delivery, Ok(expected), "one refused, one rejected");
    assert_eq!(fixture.files(), [""; 0]);
}

#[test]
fn the_oldest_go_when_there_is_no_room() {
    let fixture = Fixture::new();
    fixture.leave(1..=1);
    let record = fixture.bytes();
    fixture.leave(2..=3);
    fixture.network.is(later());
    let limits = SpoolLimits { max_bytes: 4 * record + record / 2, ..SpoolLimits::default() };
    let mut spool = fixture.spool().limits(limits);
    let mut lost = 0;
    for number in 4..=20 {
        lost += spool.send(SignalKind::Event, &event(number)).expect("spooled").lost;
        assert!(fixture.bytes() <= limits.max_bytes);
        fixture.clock.forward(Duration::from_millis(1));
    }
    assert_eq!(lost, 16);
    fixture.network.is(Ok(Delivery::default()));
    fixture.clock.forward(DAY);
    let _ = spool.send(SignalKind::Event, &event(21));
    assert_eq!(fixture.network.numbers(), [17, 18, 19, 20, 21]);
}

#[test]
fn there_are_never_too_many_records_however_small() {
    let fixture = Fixture::new();
    fixture.leave(1..=1100);
    assert_eq!(fixture.waiting().len(), 1024);
}

#[test]
fn a_request_that_is_larger_than_the_bound_drives_nothing_out() {
    let fixture = Fixture::new();
    fixture.leave(1..=2);
    fixture.network.is(later());
    let mut spool = fixture.spool().limits(SpoolLimits { max_bytes: fixture.bytes(), ..SpoolLimits::default() });
    let large = common::padded(3, 10_000);
    assert_eq!(spool.send(SignalKind::Event, &large), later());
    assert_eq!(fixture.waiting().len(), 2);
}

#[test]
fn records_grow_too_old() {
    let fixture = Fixture::new();
    fixture.leave(1..=1);
    fixture.clock.forward(4 * DAY);
    fixture.leave(2..=2);
    fixture.clock.forward(3 * DAY + LATER);
    let delivery = fixture.spool().send(SignalKind::Event, &event(3));
    assert_eq!(delivery, Ok(Delivery { resent: 1, lost: 1, ..Delivery::default() }));
    assert_eq!(fixture.network.numbers(), [2, 3]);
    fixture.leave(4..=4);
    fixture.clock.back(30 * DAY);
    let _ = fixture.spool().send(SignalKind::Event, &event(5));
    assert_eq!(fixture.network.numbers(), [2, 3, 5], "a record from the future has no age that can be told");
    assert_eq!(fixture.files(), [""; 0]);
}

#[test]
fn what_a_crash_left_claimed_is_not_sent_again() {
    let fixture = Fixture::new();
    fixture.leave(1..=2);
    let first = fixture.waiting().remove(0);
    fixture.rename(&first, &first.replace(".candor", ".sending.candor"));
    let delivery = fixture.spool().send(SignalKind::Event, &event(3));
    assert_eq!(delivery, Ok(Delivery { resent: 1, lost: 1, ..Delivery::default() }));
    assert_eq!(fixture.network.numbers(), [2, 3]);
    assert_eq!(fixture.files(), [""; 0]);
}

#[test]
fn what_a_crash_left_half_written_is_deleted_with_the_next_write() {
    let fixture = Fixture::new();
    fixture.leave(1..=1);
    let first = fixture.waiting().remove(0);
    fixture.rename(&first, &first.replace(".candor", ".new.candor"));
    let mut spool = fixture.spool();
    assert_eq!(spool.send(SignalKind::Event, &event(2)), Ok(Delivery::default()));
    assert_eq!(fixture.files().len(), 1, "somebody may be about to write it");
    fixture.clock.forward(Duration::from_secs(1));
    assert_eq!(spool.send(SignalKind::Event, &event(3)), Ok(Delivery::default()));
    assert_eq!(fixture.network.numbers(), [2, 3]);
    assert_eq!(fixture.files(), [""; 0]);
}

/// The process that writes it holds its lock, however long that takes.
#[test]
fn what_is_being_written_is_left_alone() {
    let fixture = Fixture::new();
    fixture.leave(1..=1);
    let first = fixture.waiting().remove(0);
    fixture.rename(&first, &first.replace(".candor", ".new.candor"));
    let file = std::fs::File::open(fixture.folder.join(first.replace(".candor", ".new.candor"))).expect("a file");
    file.try_lock().expect("a lock");
    fixture.clock.forward(LATER);
    assert_eq!(fixture.spool().send(SignalKind::Event, &event(2)), Ok(Delivery::default()));
    assert_eq!(fixture.files().len(), 1);
    file.unlock().expect("unlocked");
    assert_eq!(fixture.spool().send(SignalKind::Event, &event(3)), Ok(Delivery::default()));
    assert_eq!(fixture.files(), [""; 0]);
}

#[test]
#[cfg(unix)]
fn nobody_else_can_read_what_waits() {
    use std::os::unix::fs::PermissionsExt;
    let fixture = Fixture::new();
    fixture.leave(1..=1);
    let mode = |path: &std::path::Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&fixture.folder), 0o700);
    assert_eq!(mode(&fixture.folder.join(&fixture.files()[0])), 0o600);
}

#[test]
fn without_a_usable_folder_everything_is_as_without_a_spool() {
    let fixture = Fixture::new();
    std::fs::write(&fixture.folder, "a file where the folder should be").expect("written");
    let mut spool = fixture.spool();
    fixture.network.is(later());
    for number in 1..=3 {
        assert_eq!(spool.send(SignalKind::Event, &event(number)), later());
    }
    assert_eq!(fixture.network.asked(), 3, "the pauses are the sender's again");
    fixture.network.is(Ok(Delivery::default()));
    assert_eq!(spool.send(SignalKind::Event, &event(4)), Ok(Delivery::default()));
    assert!(candor::Spool::erase(&fixture.folder).is_err());
    spool.withdraw();
}
