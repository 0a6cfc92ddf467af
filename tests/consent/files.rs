//! Files of the user's choice: links, files of other users, and folders that cannot be written.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;
use std::process::Command;

use candor::{Consent, Reason, Store};

use crate::doubt::{check_off, chosen, file};
use crate::{Fixture, agreed, ran_elsewhere};

/// The number of the user `nobody` on every Linux.
const NOBODY: u32 = 65534;

pub fn make_pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo").success());
}

/// Returns true if this process may give files away. Says so if it may not: then there is nothing to see.
fn is_root() -> bool {
    let root = nix::unistd::Uid::effective().is_root();
    if !root {
        println!("SKIPPED: only root can give files to another user");
    }
    root
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("its owner");
}

#[test]
fn a_link_stays_and_the_file_that_it_leads_to_says_what_was_chosen() {
    for absolute in [true, false] {
        let (fixture, path) = chosen(Consent::OptedIn);
        let dotfiles = fixture.folder.path().join("dotfiles");
        fs::create_dir(&dotfiles).expect("a folder");
        let kept = dotfiles.join("choice.json");
        fs::rename(&path, &kept).expect("moved");
        // A link to a link, as there may be.
        let middle = dotfiles.join("middle");
        symlink(if absolute { kept.as_path() } else { Path::new("choice.json") }, &middle).expect("a link");
        symlink(if absolute { middle.as_path() } else { Path::new("../dotfiles/middle") }, &path).expect("a link");
        let store = fixture.store(agreed());
        assert_eq!(store.read().choice, Some(Consent::OptedIn));
        for choice in [Consent::Off, Consent::Default] {
            store.choose(choice).expect("a writable folder");
            assert!(path.is_symlink() && middle.is_symlink() && !kept.is_symlink());
            assert_eq!(store.read().choice, Some(choice));
            assert!(fs::read_to_string(&kept).expect("the file").contains("\"notebook\""));
        }
        store.notice_shown().expect("a writable folder");
        assert!(path.is_symlink(), "a notice keeps it, too");
        let names: Vec<_> = fs::read_dir(&dotfiles).expect("files").flatten().collect();
        assert_eq!(names.len(), 2, "nothing is left of writing: {names:?}");
    }
}

#[test]
fn a_link_that_leads_to_nothing_is_written_through() {
    let (fixture, path) = chosen(Consent::Off);
    let kept = fixture.folder.path().join("choice.json");
    fs::remove_file(&path).expect("a file");
    symlink(&kept, &path).expect("a link");
    check_off(&fixture, "a link to nothing", "a link to a file that is not there");
    fixture.store(agreed()).choose(Consent::Default).expect("a writable folder");
    assert!(path.is_symlink() && kept.is_file());
    assert_eq!(fixture.store(agreed()).read().choice, Some(Consent::Default));
}

/// The target of a foreign link stays as it is. The link goes.
#[test]
fn a_file_of_somebody_elses_is_not_written_behind_a_link() {
    for choice in [Consent::Off, Consent::Default] {
        let (fixture, path) = chosen(Consent::OptedIn);
        let accounts = fixture.folder.path().join("accounts");
        fs::write(&accounts, "root:x:0:0\n").expect("a file");
        fs::remove_file(&path).expect("a file");
        symlink(&accounts, &path).expect("a link");
        check_off(&fixture, "a link to another file", "is not as it was written");
        fixture.store(agreed()).choose(choice).expect("a writable folder");
        assert_eq!(fs::read_to_string(&accounts).expect("a file"), "root:x:0:0\n");
        assert!(!path.is_symlink());
        assert_eq!(fixture.store(agreed()).read().choice, Some(choice));
    }
}

/// A file that may be another one elsewhere is replaced, and not changed in place.
#[test]
fn another_name_of_the_file_keeps_what_it_has() {
    let (fixture, path) = chosen(Consent::OptedIn);
    let other = fixture.folder.path().join("other");
    fs::hard_link(&path, &other).expect("another name");
    let text = fs::read_to_string(&other).expect("a file");
    fixture.store(agreed()).choose(Consent::Off).expect("a writable folder");
    assert_eq!(fs::read_to_string(&other).expect("a file"), text);
    assert_eq!(fixture.store(agreed()).read().choice, Some(Consent::Off));
}

#[test]
fn a_file_of_another_user_where_others_may_write_is_not_trusted() {
    if !is_root() || ran_elsewhere("files::a_file_of_another_user_where_others_may_write_is_not_trusted") {
        return;
    }
    let why = "it belongs to another user, in a folder that others may write to";
    for (folder_mode, folder_owner) in [(0o777, 0), (0o1777, 0), (0o775, 0), (0o700, NOBODY)] {
        let (fixture, path) = chosen(Consent::OptedIn);
        let folder = path.parent().expect("a folder").to_owned();
        mode(&folder, folder_mode);
        chown(&folder, Some(folder_owner), None).expect("root");
        assert_eq!(fixture.store(agreed()).read().choice, Some(Consent::OptedIn), "one's own is");
        chown(&path, Some(NOBODY), None).expect("root");
        check_off(&fixture, &format!("{folder_mode:o}"), why);
    }
    for folder_mode in [0o700, 0o755] {
        let (fixture, path) = chosen(Consent::OptedIn);
        mode(path.parent().expect("a folder"), folder_mode);
        chown(&path, Some(NOBODY), None).expect("root");
        assert_eq!(fixture.store(agreed()).read().choice, Some(Consent::OptedIn), "nobody else can have put it there");
    }
}

/// Another user's link could lead to an old choice of one's own.
#[test]
fn a_link_of_another_user_is_not_followed_where_others_may_write() {
    if !is_root() {
        return;
    }
    let (fixture, path) = chosen(Consent::OptedIn);
    let old = fixture.folder.path().join("old.json");
    fs::rename(&path, &old).expect("moved");
    symlink(&old, &path).expect("a link");
    mode(path.parent().expect("a folder"), 0o777);
    assert_eq!(fixture.store(agreed()).read().choice, Some(Consent::OptedIn));
    std::os::unix::fs::lchown(&path, Some(NOBODY), None).expect("root");
    check_off(&fixture, "another user's link", "it belongs to another user");
    let text = fs::read(&old).expect("a file");
    fixture.store(agreed()).choose(Consent::Default).expect("a writable folder");
    assert_eq!((fs::read(&old).expect("a file"), path.is_symlink()), (text, false), "and not written through");
}

/// An administrator left files with `sudo` in a user's folder.
#[test]
fn an_off_that_root_wrote_counts_for_the_user() {
    const CHILD: &str = "CANDOR_TEST_FOLDER";
    if let Some(folder) = std::env::var_os(CHILD) {
        let store = Store::at(agreed(), folder);
        let decision = store.decide(None);
        println!("SAID {} {:?} {}", decision.consent, decision.reason, store.notice_shown().is_err());
        return;
    }
    if !is_root() {
        return;
    }
    for unreadable in ["the file", "the folder"] {
        let (fixture, path) = chosen(Consent::Off);
        let folder = path.parent().expect("a folder");
        mode(fixture.folder.path(), 0o755);
        if unreadable == "the file" {
            chown(folder, Some(NOBODY), Some(NOBODY)).expect("root");
        }
        let mut command = Command::new("setpriv");
        command.args([&format!("--reuid={NOBODY}"), &format!("--regid={NOBODY}"), "--clear-groups"]);
        let copy = fixture.folder.path().join("test");
        fs::copy(std::env::current_exe().expect("this test"), &copy).expect("a copy that the user can start");
        command.arg(copy).args(["--exact", "files::an_off_that_root_wrote_counts_for_the_user", "--nocapture"]);
        for name in candor::CONTINUOUS_INTEGRATION {
            command.env_remove(name);
        }
        let output = command.env(CHILD, folder).output().expect("setpriv");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains("SAID off Doubt") && said.contains("Permission denied"), "{unreadable}: {said}");
        assert!(said.trim_end().contains(" true\n") || said.contains(" true"), "a notice does not replace it: {said}");
        assert_eq!(fs::metadata(&path).expect("the file").uid(), 0);
    }
}

#[test]
fn without_a_home_nothing_is_stored_and_nothing_is_sent() {
    const CHILD: &str = "CANDOR_TEST_HOMELESS";
    if std::env::var_os(CHILD).is_some() {
        let store = Store::new(agreed());
        assert!(store.folder().is_none_or(Path::is_absolute), "{:?}", store.folder());
        if store.folder().is_none() {
            assert!(
                store.choose(Consent::Off).is_err_and(|error| error.to_string().contains("no folder for settings"))
            );
        }
        return;
    }
    for home in [None, Some(""), Some("here"), Some("/dev/null")] {
        let mut command = Command::new(std::env::current_exe().expect("this test"));
        command.args(["--exact", "files::without_a_home_nothing_is_stored_and_nothing_is_sent"]).env(CHILD, "1");
        command.env_remove("HOME").env_remove("XDG_CONFIG_HOME").envs(home.map(|home| ("HOME", home)));
        assert!(command.status().expect("a child").success(), "{home:?}");
    }
}

/// A file stands in the folder's place, or the folder cannot be made: there is no choice, and no doubt about one.
#[test]
fn where_no_folder_can_be_there_is_no_choice() {
    if ran_elsewhere("files::where_no_folder_can_be_there_is_no_choice") {
        return;
    }
    let fixture = Fixture::new();
    fs::write(fixture.folder.path().join("notebook"), "").expect("a file");
    let (pipeline, decision) = fixture.builder(agreed()).build();
    assert_eq!(decision.reason, Reason::NoticeDue);
    assert!(pipeline.notice_due().is_some() && pipeline.choose(Consent::Off).is_err());
    assert!(!file(&fixture).exists());
}
