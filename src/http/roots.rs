//! The trusted certificate authorities: those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name, else those of the platform,
//! else Mozilla's, which are built in.

use std::env::split_paths;
use std::path::Path;

use rustls_native_certs::{CertificateResult, load_certs_from_paths, load_native_certs};
use ureq::tls::{Certificate, RootCerts};

use super::environment::{Environment, set};

/// Reads the trusted certificate authorities. Where the application names its own, they are trusted in place of the
/// platform's, beside those that the environment names.
///
/// # Errors
/// `SSL_CERT_FILE`, or `SSL_CERT_DIR` alone, is set and gives none. Others are not trusted in their place.
pub(super) fn trusted(own: Vec<Certificate<'static>>, environment: Environment<'_>) -> Result<RootCerts, String> {
    let file = set("SSL_CERT_FILE", environment).map(|(_, path)| path);
    let folders = set("SSL_CERT_DIR", environment).map(|(_, paths)| paths);
    let found = match (&file, &folders) {
        (None, None) if !own.is_empty() => CertificateResult::default(),
        (None, None) => load_native_certs(),
        _ => {
            let mut found =
                file.as_ref().map_or_else(|| Ok(CertificateResult::default()), |path| read(path.as_ref()))?;
            for folder in folders.iter().flat_map(split_paths).filter(|path| !path.as_os_str().is_empty()) {
                let more = load_certs_from_paths(None, Some(&folder));
                found.certs.extend(more.certs);
                found.errors.extend(more.errors);
            }
            if found.certs.is_empty() {
                return Err(format!("no certificate authority is trusted: {}", why("SSL_CERT_DIR", &found)));
            }
            found
        }
    };
    if found.certs.is_empty() && own.is_empty() {
        return Ok(RootCerts::WebPki);
    }
    let found = found.certs.iter().map(|certificate| Certificate::from_der(certificate).to_owned());
    Ok(RootCerts::new_with_certs(&own.into_iter().chain(found).collect::<Vec<_>>()))
}

/// The certificates of `SSL_CERT_FILE`, which has to be a file with at least one.
fn read(path: &Path) -> Result<CertificateResult, String> {
    let none = |why: String| format!("no certificate authority is trusted: {why}");
    if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return Err(none("`SSL_CERT_FILE` names what is not a file".to_owned()));
    }
    let found = load_certs_from_paths(Some(path), None);
    if found.certs.is_empty() { Err(none(why("SSL_CERT_FILE", &found))) } else { Ok(found) }
}

fn why(variable: &str, found: &CertificateResult) -> String {
    let error = found.errors.first().map(|error| format!(" ({error})")).unwrap_or_default();
    format!("what `{variable}` names holds no certificate{error}")
}
