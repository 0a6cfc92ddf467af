//! The question, for programs that report nothing unless they are told yes.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::{Consent, Pipeline};

/// Asks whoever sits at the terminal whether what the notice tells of may be reported, where a notice is due. The answer
/// is remembered, and a yes counts at once. Whatever is not a yes is a no.
///
/// The first time, a yes allows what is collected by default, or what is opt-in where nothing else is, and a no is
/// [`Consent::Off`]. The question is the catalogue's, where it has one. Later a yes adds what is new, and a no keeps to what was agreed to before.
///
/// Gives `None` when nobody was asked: no notice is due, or standard input and standard error are not both a terminal.
pub fn ask(pipeline: &Pipeline) -> Option<bool> {
    let (answers, mut terminal) = (io::stdin().lock(), io::stderr().lock());
    if !answers.is_terminal() || !terminal.is_terminal() {
        return None;
    }
    let notice = pipeline.notice_due()?;
    let question = pipeline.catalogue().ask.filter(|question| !question.is_empty());
    let question = question.unwrap_or("May this be reported?");
    write!(terminal, "{}\n\n{question} [y/N] ", notice.body()).and_then(|()| terminal.flush()).ok()?;
    let yes = is_yes(answers);
    if let Err(error) = answer(pipeline, yes, !notice.added.is_empty()) {
        let _ = writeln!(terminal, "Your answer cannot be remembered: {error}"); // nobody reads it then
    }
    Some(yes)
}

/// Reads one line, and no more of it than any answer has.
fn is_yes(answers: impl BufRead) -> bool {
    const LONGEST: u64 = 64;
    let mut line = String::new();
    let read = answers.take(LONGEST).read_line(&mut line);
    read.is_ok() && ["y", "yes"].iter().any(|yes| line.trim().eq_ignore_ascii_case(yes))
}

fn answer(pipeline: &Pipeline, yes: bool, is_growth: bool) -> io::Result<()> {
    let stored = pipeline.store().map(|store| store.read().choice).unwrap_or_default();
    let by_default = pipeline.catalogue().reports_by_default() || pipeline.catalogue().opt_in.is_none();
    match (yes, stored) {
        (true, Some(choice)) => pipeline.choose(choice),
        (true, None) if by_default => pipeline.choose(Consent::Default),
        (true, None) => pipeline.choose(Consent::OptedIn),
        (false, _) if is_growth => pipeline.decline(),
        (false, _) => pipeline.choose(Consent::Off),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_one() {
        for yes in ["y\n", "Y\n", "yes\n", " YES \n", "y"] {
            assert!(is_yes(yes.as_bytes()), "{yes:?}");
        }
        for no in ["", "\n", "n\n", "yes, but\n", "ja\n", "\u{0}y\n", "y y\n"] {
            assert!(!is_yes(no.as_bytes()), "{no:?}");
        }
        let endless = "y".repeat(1 << 20);
        assert!(!is_yes(endless.as_bytes()));
    }
}
