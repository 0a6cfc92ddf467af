//! Programs with telemetry beside the same programs without: how they end, what signals do to them, forks, and the very
//! end. The programs are this one, started again; so it has a `main` of its own.
#![cfg_attr(not(unix), allow(unused))]

#[path = "../support/collector.rs"]
mod collector;
#[path = "../demo/mod.rs"]
mod demo;
#[cfg(unix)]
mod program;
#[cfg(unix)]
mod tests;

#[cfg(unix)]
fn main() -> std::process::ExitCode {
    match std::env::var("CANDOR_TEST_HOST") {
        Ok(what) => program::run(&what, std::env::var("CANDOR_TEST_ENDPOINT").ok()),
        Err(_) => libtest_mimic::run(&libtest_mimic::Arguments::from_args(), tests::all()).exit_code(),
    }
}

#[cfg(not(unix))]
fn main() {
    eprintln!("SKIPPED: signals and forks are Unix's");
}
