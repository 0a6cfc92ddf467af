//! The `build.rs` entry: emitters into `OUT_DIR`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use candor_schema::{Loaded, load};

use crate::{rust, validator, write_file};

/// Generates the emitters of a catalogue from a `build.rs`.
///
/// ```no_run
/// // build.rs
/// fn main() -> std::process::ExitCode {
///     candor_codegen::Builder::new("telemetry").generate()
/// }
/// ```
/// and in the program: `mod telemetry { include!(concat!(env!("OUT_DIR"), "/telemetry.rs")); }`
#[derive(Debug, Clone)]
pub struct Builder {
    catalogue: PathBuf,
    out_dir: Option<PathBuf>,
    validator: bool,
}

impl Builder {
    /// The catalogue at this path, a folder or a file, seen from the package's own folder.
    pub fn new(catalogue: impl AsRef<Path>) -> Self {
        Builder { catalogue: catalogue.as_ref().to_owned(), out_dir: None, validator: false }
    }

    /// Another folder than `OUT_DIR`.
    pub fn out_dir(mut self, folder: impl AsRef<Path>) -> Self {
        self.out_dir = Some(folder.as_ref().to_owned());
        self
    }

    /// With a module `validate`, which holds payloads against the catalogue. It needs the feature `validate` of `candor`.
    pub fn validator(mut self) -> Self {
        self.validator = true;
        self
    }

    /// Writes `<stem>.rs`, named after the catalogue's folder or file, and tells Cargo when to run again.
    ///
    /// A catalogue with errors fails the build, with every finding in Cargo's output. A failure is the build script's
    /// exit code, so return it from `main`.
    pub fn generate(self) -> ExitCode {
        let stem = self.catalogue.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let loaded = load(&self.catalogue);
        println!("cargo::rerun-if-changed={}", self.catalogue.display());
        for source in loaded.sources.files() {
            println!("cargo::rerun-if-changed={}", source.path.display());
        }
        let failed = report(&loaded);
        let Some(catalogue) = loaded.catalogue.filter(|_| !failed) else { return ExitCode::FAILURE };
        let Some(folder) = self.out_dir.or_else(|| std::env::var_os("OUT_DIR").map(PathBuf::from)) else {
            println!("cargo::error=candor: OUT_DIR is not set; call this from a build script");
            return ExitCode::FAILURE;
        };
        let path = folder.join(format!("{stem}.rs"));
        let validator = self.validator.then(|| validator::plan(&catalogue));
        match write_file(&path, &rust::render_single(&rust::plan(&catalogue), validator.as_ref())) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                println!("cargo::error=candor: cannot write {}: {error}", path.display());
                ExitCode::FAILURE
            }
        }
    }
}

/// Prints findings the way Cargo shows them. Says whether any is an error.
fn report(loaded: &Loaded) -> bool {
    for finding in &loaded.findings {
        let kind = match finding.severity {
            candor_schema::Severity::Error => "error",
            candor_schema::Severity::Warning => "warning",
        };
        let help = finding.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        let place = loaded.sources.locate(finding.place);
        println!("cargo::{kind}={place}: {}: {}{help}", finding.code, finding.message);
    }
    loaded.errors() > 0
}
