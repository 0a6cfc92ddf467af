//! Prints on a thread of its own, so that a reader who takes his time holds no client up.

use std::io;
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};

use crate::output;

/// Standard output. What waits is bounded by what there is to tell: each finding once.
pub struct Printer {
    running: Option<(Sender<String>, JoinHandle<io::Result<()>>)>,
}

impl Printer {
    pub fn start() -> Self {
        let (sender, texts) = channel::<String>();
        let thread = thread::spawn(move || texts.iter().try_for_each(|text| output::print(&text)));
        Printer { running: Some((sender, thread)) }
    }

    pub fn print(&self, text: String) {
        if let Some((sender, _)) = &self.running {
            let _ = sender.send(text); // its thread ended with an error, which `finish` tells
        }
    }

    /// Waits until everything is printed. What comes later is not.
    ///
    /// # Errors
    /// The first one, after which nothing was printed any more.
    pub fn finish(&mut self) -> io::Result<()> {
        let Some((sender, thread)) = self.running.take() else { return Ok(()) };
        drop(sender);
        thread.join().unwrap_or_else(|_| Err(io::Error::other("nothing can be printed")))
    }
}
