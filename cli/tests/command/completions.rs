//! `completions`, sourced in a real bash.

use crate::*;

/// Returns what bash offers for the last of these words.
#[cfg(unix)]
fn offered(words: &str) -> Vec<String> {
    let folder = empty();
    let script = run(folder.path(), "completions bash").stdout;
    fs::write(folder.path().join("candor.bash"), script).expect("written");
    let complete = format!(
        "source candor.bash && complete -p candor >&2 && COMP_WORDS=({words}) && COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)) \
         && _candor candor \"${{COMP_WORDS[-1]}}\" \"${{COMP_WORDS[-2]}}\" && printf '%s\\n' \"${{COMPREPLY[@]}}\""
    );
    let mut bash = Command::new("bash");
    let output =
        bash.args(["--noprofile", "--norc", "-c", &complete]).current_dir(folder.path()).output().expect("bash");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8").lines().map(str::to_owned).collect()
}

#[cfg(unix)]
#[test]
fn bash_offers_what_fits() {
    assert_eq!(offered("candor ch"), ["check"]);
    assert_eq!(offered("candor generate --c"), ["--check"]);
    assert_eq!(offered("candor diff old new --format ma"), ["markdown"]);
    assert_eq!(offered("candor import t"), ["table"]);
}

#[test]
fn every_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        check(empty().path(), &format!("completions {shell}"), 0, &["candor", "generate", "suggest-version"]);
    }
    check(empty().path(), "completions csh", 2, &["possible values", "fish"]);
}
