//! yaml-language-server as a process, and the little of the Language Server Protocol that its tests need.
//!
//! Without Node, or if npm gets no package, a test is skipped with one loud line; with `CI` set, it fails.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

const PACKAGE: &str = "yaml-language-server";
const VERSION: &str = "1.25.0";

/// The longest that it may take to answer; it takes a second.
const LIMIT: Duration = Duration::from_secs(120);

/// A language server that runs until it is dropped.
pub struct Server {
    process: Child,
    messages: Receiver<Value>,
    asked: u64,
}

impl Server {
    /// `None` means that the test has to be skipped, and that this was said.
    #[track_caller]
    pub fn start() -> Option<Server> {
        let program = installed()?;
        let mut command = Command::new("node");
        command.arg(program).arg("--stdio").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("a process");
        let output = BufReader::new(process.stdout.take().expect("a pipe"));
        let (sender, messages) = channel();
        thread::spawn(move || messages_of(output).try_for_each(|message| sender.send(message)));
        let mut server = Server { process, messages, asked: 0 };
        server.ask("initialize", &json!({"processId": null, "rootUri": null, "capabilities": {}}));
        server.tell("initialized", &json!({}));
        // Nothing from the network: the schema is the one that the text names.
        let settings = json!({"yaml": {"schemaStore": {"enable": false}, "validate": true}});
        server.tell("workspace/didChangeConfiguration", &json!({"settings": settings}));
        Some(server)
    }

    /// Opens a file of the repository with this text, which need not be on disk, and gives its name in the protocol.
    pub fn open(&mut self, path: &Path, text: &str) -> String {
        let uri = format!("file://{}", Path::new(env!("CARGO_MANIFEST_DIR")).join(path).display());
        let document = json!({"uri": uri, "languageId": "yaml", "version": 1, "text": text});
        self.tell("textDocument/didOpen", &json!({"textDocument": document}));
        uri
    }

    /// Asks about a place, both counted from 0.
    pub fn ask_at(&mut self, method: &str, document: &str, line: usize, column: usize) -> Value {
        let position = json!({"line": line, "character": column});
        self.ask(method, &json!({"textDocument": {"uri": document}, "position": position}))
    }

    /// Returns the diagnostics of an opened document: line, counted from 0, and message.
    pub fn diagnostics(&mut self, document: &str) -> Vec<(usize, String)> {
        let published = self.wait(|message| {
            let about = message["params"]["uri"] == document;
            about && message["method"] == "textDocument/publishDiagnostics"
        });
        let found = published["params"]["diagnostics"].as_array().expect("diagnostics");
        let line = |found: &Value| found["range"]["start"]["line"].as_u64().expect("a line") as usize;
        let message = |found: &Value| found["message"].as_str().expect("a message").to_owned();
        let mut found: Vec<_> = found.iter().map(|found| (line(found), message(found))).collect();
        found.sort();
        found
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        let answer = self.wait(|message| message["id"] == id && message.get("method").is_none());
        assert!(answer.get("error").is_none(), "{answer}");
        answer["result"].clone()
    }

    fn tell(&mut self, method: &str, params: &Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        let input = self.process.stdin.as_mut().expect("a pipe");
        write!(input, "Content-Length: {}\r\n\r\n{body}", body.len()).and_then(|()| input.flush()).expect("a reader");
    }

    /// The next message of this kind; others are passed over.
    fn wait(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = self.messages.recv_timeout(LIMIT).expect("an answer of the language server");
            if wanted(&message) {
                return message;
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill(); // it may have ended
        let _ = self.process.wait();
    }
}

/// The messages in what a server writes, until it ends.
fn messages_of(mut output: impl BufRead) -> impl Iterator<Item = Value> {
    std::iter::from_fn(move || {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if output.read_line(&mut line).ok()? == 0 {
                return None;
            }
            match line.trim_end().strip_prefix("Content-Length: ") {
                Some(number) => length = number.parse().ok()?,
                None if line == "\r\n" => break,
                None => {}
            }
        }
        let mut body = vec![0; length];
        output.read_exact(&mut body).ok()?;
        serde_json::from_slice(&body).ok()
    })
}

/// The program, below the target folder.
#[track_caller]
fn installed() -> Option<PathBuf> {
    static OUTCOME: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let mut first = false;
    let outcome = OUTCOME.get_or_init(|| {
        first = true;
        install()
    });
    let why = match outcome {
        Ok(program) => return Some(program.clone()),
        Err(why) => why,
    };
    let in_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    assert!(!in_ci, "the tests with {PACKAGE} cannot run: {why}");
    if first {
        let _ = writeln!(std::io::stderr(), "SKIPPED: tests with {PACKAGE}: {why}"); // nobody is left to tell
    }
    None
}

fn install() -> Result<PathBuf, String> {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("node");
    // Another process may be about to make the same.
    let lock = fs::create_dir_all(&root).and_then(|()| File::create(root.join("lock"))).expect("a file");
    lock.lock().expect("a lock");
    let folder = root.join(format!("{PACKAGE}-{VERSION}"));
    let program = folder.join("node_modules").join(PACKAGE).join("bin").join(PACKAGE);
    run(Command::new("node").arg("--version"))?;
    if !folder.join("complete").exists() {
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        let options = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
        let package = format!("{PACKAGE}@{VERSION}");
        run(Command::new(npm).arg("install").arg("--prefix").arg(&folder).args(options).arg(package))?;
        File::create(folder.join("complete")).expect("a file");
    }
    Ok(program)
}

fn run(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("no `{name}`: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let last = || said.trim().lines().last().unwrap_or("it does not say why").to_owned();
    if output.status.success() { Ok(()) } else { Err(format!("`{name}` failed: {}", last())) }
}
