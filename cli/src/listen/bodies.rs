//! Memory for bodies that arrive: bounded for all of them together. When it is short, the slowest body is given up, so that
//! the others get to their end.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// All bodies.
#[derive(Debug)]
pub struct Bodies {
    /// Most bytes that all of them take.
    most: usize,
    /// Most bytes of one.
    longest: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    taken: usize,
    next: u64,
    arriving: BTreeMap<u64, Arriving>,
}

#[derive(Debug)]
struct Arriving {
    kept: Vec<u8>,
    since: Instant,
    given_up: Arc<Notify>,
}

impl Arriving {
    fn bytes_per_second(&self) -> f64 {
        self.kept.len() as f64 / self.since.elapsed().max(Duration::from_millis(1)).as_secs_f64()
    }
}

impl Bodies {
    pub fn new(most: usize, longest: usize) -> Arc<Bodies> {
        Arc::new(Bodies { most, longest, state: Mutex::default() })
    }

    /// A body that begins to arrive.
    pub fn begin(self: &Arc<Self>) -> Arrival {
        let mut state = self.lock();
        let number = state.next;
        state.next += 1;
        let given_up = Arc::new(Notify::new());
        state.arriving.insert(number, Arriving { kept: Vec::new(), since: Instant::now(), given_up: given_up.clone() });
        Arrival { bodies: self.clone(), number, given_up }
    }

    /// Gives up the slowest body, if there is one that has been arriving for some time: somebody waits for its connection.
    pub fn give_up_slowest(&self) {
        const AT_LEAST: Duration = Duration::from_secs(1);
        let mut state = self.lock();
        let waiting = state.arriving.iter().filter(|(_, body)| body.since.elapsed() >= AT_LEAST);
        if let Some(body) = slowest(waiting).and_then(|number| state.give_up(number)) {
            body.given_up.notify_one();
        }
    }

    /// Memory for something that is made of a body.
    pub fn reserve(self: &Arc<Self>, bytes: usize) -> Option<Held> {
        let mut state = self.lock();
        (state.taken + bytes <= self.most).then(|| {
            state.taken += bytes;
            Held { bodies: self.clone(), bytes }
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Forgets a body. What is still to come of it is read all the same, so that its client hears the answer.
    fn give_up(&mut self, number: u64) -> Option<Arriving> {
        let body = self.arriving.remove(&number)?;
        self.taken -= body.kept.capacity();
        Some(body)
    }
}

fn slowest<'a>(bodies: impl Iterator<Item = (&'a u64, &'a Arriving)>) -> Option<u64> {
    bodies.min_by(|(_, a), (_, b)| a.bytes_per_second().total_cmp(&b.bytes_per_second())).map(|(number, _)| *number)
}

/// A body that is arriving. It is forgotten when this is dropped.
#[derive(Debug)]
pub struct Arrival {
    bodies: Arc<Bodies>,
    number: u64,
    given_up: Arc<Notify>,
}

impl Arrival {
    /// Appends bytes that arrived. Says whether the body is still kept.
    pub fn push(&self, bytes: &[u8]) -> bool {
        let mut state = self.bodies.lock();
        let Some(more) = self.growth(&state, bytes.len()) else { return false };
        while state.taken + more > self.bodies.most {
            let holding = state.arriving.iter().filter(|(_, body)| body.kept.capacity() > 0);
            match slowest(holding) {
                Some(number) if number != self.number => drop(state.give_up(number)),
                _ => {
                    state.give_up(self.number);
                    return false;
                }
            }
        }
        let Some(body) = state.arriving.get_mut(&self.number) else { return false };
        let before = body.kept.capacity();
        if more > 0 {
            body.kept.reserve_exact(before + more - body.kept.len());
        }
        body.kept.extend_from_slice(bytes);
        let after = body.kept.capacity();
        state.taken += after - before;
        true
    }

    /// Returns the number of bytes that the body takes in addition when so many arrive: it grows in doubles. `None`
    /// when it was given up.
    fn growth(&self, state: &State, bytes: usize) -> Option<usize> {
        let kept = &state.arriving.get(&self.number)?.kept;
        let needed = kept.len() + bytes;
        let doubled = (kept.capacity() * 2).min(self.bodies.longest);
        Some(if needed <= kept.capacity() { 0 } else { needed.max(doubled) - kept.capacity() })
    }

    /// Done when the body is given up for the sake of its connection, which has to end.
    pub async fn given_up(&self) {
        self.given_up.notified().await;
    }

    /// The whole body, unless it was given up.
    pub fn finish(self) -> Option<(Vec<u8>, Held)> {
        let body = self.bodies.lock().arriving.remove(&self.number)?;
        let held = Held { bodies: self.bodies.clone(), bytes: body.kept.capacity() };
        Some((body.kept, held))
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        self.bodies.lock().give_up(self.number);
    }
}

/// Memory that counts as taken until this is dropped.
#[derive(Debug)]
pub struct Held {
    bodies: Arc<Bodies>,
    bytes: usize,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.bodies.lock().taken -= self.bytes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_slowest_is_given_up() {
        let bodies = Bodies::new(1000, 1000);
        let [slow, fast] = [bodies.begin(), bodies.begin()];
        assert!(slow.push(&[0; 400]));
        tokio::time::advance(Duration::from_secs(2)).await;
        assert!(fast.push(&[0; 500]));
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(fast.push(&[0; 500]), "the slow one makes room");
        assert!(!slow.push(&[0; 1]) && slow.finish().is_none());
        let (body, held) = fast.finish().expect("it was kept");
        assert_eq!(body.len(), 1000);
        assert!(bodies.reserve(1).is_none());
        drop(held);
        assert!(bodies.reserve(1000).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn whole_bodies_make_no_room() {
        let bodies = Bodies::new(1000, 1000);
        let whole = bodies.begin();
        assert!(whole.push(&[0; 800]));
        let _whole = whole.finish().expect("it was kept");
        let next = bodies.begin();
        assert!(next.push(&[0; 200]));
        assert!(!next.push(&[0; 1]) && next.finish().is_none());
        assert_eq!(bodies.lock().taken, 800);
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_a_connection_gets_the_slowest() {
        let bodies = Bodies::new(1000, 1000);
        let [slow, fast] = [bodies.begin(), bodies.begin()];
        assert!(fast.push(&[0; 400]));
        bodies.give_up_slowest();
        assert!(slow.push(&[0; 1]), "it has only begun");
        tokio::time::advance(Duration::from_secs(1)).await;
        bodies.give_up_slowest();
        slow.given_up().await;
        assert!(slow.finish().is_none());
    }
}
