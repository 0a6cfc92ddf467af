//! `include!`: the emitters that a build script wrote, or what to write where it did not.

use std::path::Path;

use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

/// The code for `include!("…")`.
pub fn include(name: &LitStr) -> TokenStream {
    let folder = std::env::var("OUT_DIR").ok();
    match file(&name.value(), folder.as_deref().map(Path::new)) {
        Ok(path) => quote!(::core::include!(#path);),
        Err(why) => syn::Error::new(name.span(), why).to_compile_error(),
    }
}

/// The path of the emitters in the folder of the build script.
///
/// # Errors
/// Says what to write, where there is none.
fn file(name: &str, folder: Option<&Path>) -> Result<String, String> {
    let stem = Path::new(name).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let script =
        format!("`fn main() -> std::process::ExitCode {{ candor_codegen::Builder::new(\"{name}\").generate() }}`");
    let Some(folder) = folder else {
        return Err(format!(
            "this package has no build script: write `build.rs` with {script}, and `candor-codegen` under \
             `[build-dependencies]`"
        ));
    };
    let path = folder.join(format!("{stem}.rs"));
    if !path.is_file() {
        return Err(format!("the build script wrote no emitters of `{stem}`: write in `build.rs` {script}"));
    }
    path.to_str().map(str::to_owned).ok_or_else(|| "the path of the build script's folder is not UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said() {
        let folder = std::env::temp_dir().join(format!("candor-include-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let why = file("telemetry.yaml", None).expect_err("no build script");
        assert!(why.starts_with("this package has no build script: write `build.rs` with `fn main()"), "{why}");
        let why = file("telemetry", Some(&folder)).expect_err("nothing written");
        assert!(why.starts_with("the build script wrote no emitters of `telemetry`: write in `build.rs`"), "{why}");
        std::fs::write(folder.join("telemetry.rs"), "").expect("a file");
        let path = file("schema/telemetry.yaml", Some(&folder)).expect("emitters");
        assert!(path.ends_with("telemetry.rs"), "{path}");
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
