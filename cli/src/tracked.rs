//! Git's knowledge of generated files. A file that was generated and never added is missing in every other checkout.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Finds the generated files that Git does not track, where they are meant to be committed: the catalogue is tracked, and
/// Git does not ignore all of what is generated. Finds none where Git cannot be asked.
pub fn untracked(catalogue: &Path, folder: &Path, files: &[PathBuf]) -> Vec<PathBuf> {
    let files: Vec<&PathBuf> = files.iter().filter(|file| file.exists()).collect();
    if !is_tracked(catalogue) {
        return Vec::new();
    }
    let Some(tracked) = names(folder, &["ls-files", "-z", "--", "."]) else { return Vec::new() };
    let mut missing: Vec<&PathBuf> = files.into_iter().filter(|file| !is_in(&tracked, folder, file)).collect();
    if tracked.is_empty() {
        let others =
            names(folder, &["ls-files", "-z", "--others", "--exclude-standard", "--", "."]).unwrap_or_default();
        missing.retain(|file| is_in(&others, folder, file));
    }
    missing.into_iter().cloned().collect()
}

/// Returns true if Git tracks a file, or anything in a folder.
pub fn is_tracked(path: &Path) -> bool {
    if path.is_dir() {
        return names(path, &["ls-files", "-z", "--", "."]).is_some_and(|names| !names.is_empty());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Some(name) = path.file_name().and_then(OsStr::to_str) else { return false };
    let pattern = format!(":(literal){name}");
    names(folder, &["ls-files", "-z", "--", &pattern]).is_some_and(|names| !names.is_empty())
}

fn is_in(names: &BTreeSet<String>, folder: &Path, file: &Path) -> bool {
    let below = file.strip_prefix(folder).unwrap_or(file).to_string_lossy();
    names.contains(&below.replace(std::path::MAIN_SEPARATOR, "/"))
}

/// The names that Git lists, from `folder` on; `None` outside a repository, or without Git.
fn names(folder: &Path, arguments: &[&str]) -> Option<BTreeSet<String>> {
    let mut git = Command::new("git");
    git.arg("-C").arg(folder).args(arguments);
    // A hook's variables describe the folder that the hook runs in, not the one that is asked about here.
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_PREFIX"].iter().for_each(|name| _ = git.env_remove(name));
    if let Some(index) = std::env::var_os("GIT_INDEX_FILE") {
        git.env("GIT_INDEX_FILE", std::path::absolute(index).ok()?);
    }
    let output = git.output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Some(text.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect())
}
