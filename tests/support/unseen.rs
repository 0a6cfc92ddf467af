//! Tests of a person's machine, run where continuous integration cannot be seen.

use std::process::Command;

/// Runs this test in a child without the variables that tell continuous integration, and returns true; where none is
/// set, returns false. Without a choice of the user they mean off.
#[track_caller]
pub fn tested_in_a_child(test: &str) -> bool {
    if candor::CONTINUOUS_INTEGRATION.iter().all(|name| std::env::var_os(name).is_none()) {
        return false;
    }
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    candor::CONTINUOUS_INTEGRATION.iter().for_each(|name| _ = command.env_remove(name));
    let output = command.args(["--exact", test]).output().expect("a child");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains(" 1 passed"), "{said}");
    true
}
