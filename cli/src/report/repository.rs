//! Paths as services read them that show findings beside a repository's files: from its root, wherever the command ran.

use std::env::{current_dir, var_os};
use std::path::{Component, Path, PathBuf};

/// The working folder and the root of the repository around it.
pub struct Repository {
    here: PathBuf,
    root: PathBuf,
}

impl Repository {
    /// Looks for a repository around the working folder: Git's, or the one that GitHub says it works on. Where there is
    /// none, the working folder is the root.
    pub fn find() -> Repository {
        let here = current_dir().unwrap_or_default();
        let git = here.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_owned);
        let workspace = || var_os("GITHUB_WORKSPACE").map(PathBuf::from).filter(|root| here.starts_with(root));
        let root = git.or_else(workspace).unwrap_or_else(|| here.clone());
        Repository { here, root }
    }

    /// The path of a file from the root, with `/` between folders. One of another revision has the path that it had
    /// there; one outside the repository is absolute; standard input, `-`, stays as it is.
    pub fn path(&self, file: &str) -> String {
        let revised = file.strip_prefix("git:").and_then(|named| Some(named.split_once(':')?.1));
        let from = if revised.is_none_or(|path| path.starts_with('.')) { &self.here } else { &self.root };
        let file = revised.unwrap_or(file);
        if file.is_empty() || file == "-" {
            return file.to_owned();
        }
        let absolute = plain(&from.join(file));
        let real = || Some(absolute.parent()?.canonicalize().ok()?.join(absolute.file_name()?));
        let below = |path: &Path| path.strip_prefix(&self.root).ok().map(Path::to_owned);
        let found = below(&absolute).or_else(|| below(&real()?)).unwrap_or(absolute);
        found.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
    }
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(plain.pop()),
            part => plain.push(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_start_at_the_root() {
        let repository = Repository { here: "/project/crates/app".into(), root: "/project".into() };
        let check = |file: &str, expected: &str| assert_eq!(repository.path(file), expected, "{file}");
        check("telemetry.yaml", "crates/app/telemetry.yaml");
        check("./telemetry/a.yaml", "crates/app/telemetry/a.yaml");
        check("../../telemetry/a.yaml", "telemetry/a.yaml");
        check("/project/telemetry/a.yaml", "telemetry/a.yaml");
        check("../../../other/a.yaml", "/other/a.yaml");
        check("/elsewhere/capture.json", "/elsewhere/capture.json");
        check("git:main:telemetry/a.yaml", "telemetry/a.yaml");
        check("git:HEAD~1:./telemetry/a.yaml", "crates/app/telemetry/a.yaml");
        check("-", "-");
        check("", "");
    }
}
