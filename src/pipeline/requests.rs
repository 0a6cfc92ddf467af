//! Options of the requests that a pipeline sends: their headers, their limit in time, certificate authorities, compression.

use std::fmt;
use std::time::Duration;

use super::Pipeline;
use super::builder::Builder;
use crate::transport::Target;
use crate::{Decision, LastError};

/// A mistake of the application, because of which no request could ever be sent.
///
/// It says what is wrong and what to write, and never the value of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildError(pub(super) String);

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BuildError {}

impl Builder {
    /// Builds the pipeline, unless no request could ever be sent: an endpoint that cannot be right, a header that HTTP does
    /// not allow, a certificate authority without a certificate.
    ///
    /// A server calls this when it starts, and ends with the error. A program of users calls [`build`](Builder::build),
    /// which never fails: there such a mistake switches everything off, and the decision's reason has its words.
    ///
    /// ```
    /// # let catalogue = candor::catalogue!("tests/fixtures/demo.yaml");
    /// use candor::Pipeline;
    ///
    /// let error = Pipeline::builder(catalogue).endpoint("grpc://127.0.0.1:4317").try_build().unwrap_err();
    /// assert!(error.to_string().ends_with("write `http://127.0.0.1:4318`"));
    /// ```
    ///
    /// # Errors
    /// The mistake, and what to write.
    pub fn try_build(self) -> Result<(Pipeline, Decision), BuildError> {
        match self.mistake(&self.targets()) {
            Some(why) => Err(BuildError(why)),
            None => Ok(self.build()),
        }
    }

    /// Hears of everything that is not sent, with the reason: a closure that hands it to the program's own log.
    ///
    /// It is called on the pipeline's thread, and in [`build`](Builder::build) for an endpoint that cannot be right. The
    /// first signal that is emitted after the shutdown and the first one of another catalogue are named where they are
    /// emitted. The latest error is also in [`Stats::last_error`](crate::Stats::last_error).
    ///
    /// ```
    /// # let catalogue = candor::catalogue!("tests/fixtures/demo.yaml");
    /// # use candor::Pipeline;
    /// let builder = Pipeline::builder(catalogue).on_error(|error| eprintln!("telemetry was not sent: {error}"));
    /// ```
    pub fn on_error(mut self, report: impl Fn(&LastError) + Send + Sync + 'static) -> Self {
        self.on_error = Some(Box::new(report));
        self
    }

    /// Sets how long one request may take. 10 seconds unless set.
    #[cfg_attr(
        not(feature = "http"),
        expect(unused_mut, unused_variables, reason = "there are no requests of its own")
    )]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        #[cfg(feature = "http")]
        {
            self.http.timeout = timeout;
        }
        self
    }
}

#[cfg(feature = "http")]
impl Builder {
    /// Adds a header to every request to the first endpoint, such as a key that its collector asks for.
    ///
    /// Its value is a secret: no debug output, error or status shows it. Requests go to no other place than the endpoint;
    /// redirections are not followed.
    ///
    /// ```
    /// # let catalogue = candor::catalogue!("tests/fixtures/demo.yaml");
    /// # use candor::Pipeline;
    /// let builder = Pipeline::builder(catalogue)
    ///     .endpoint("https://telemetry.example.com")
    ///     .header("authorization", "Bearer 1f0c5e");
    /// ```
    pub fn header(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.add_header(None, name.into(), value.into())
    }

    /// Adds a header to every request to the endpoint with this key. See [`header`](Builder::header).
    pub fn header_of(self, endpoint: impl Into<String>, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.add_header(Some(endpoint.into()), name.into(), value.into())
    }

    fn add_header(mut self, endpoint: Option<String>, name: String, value: String) -> Self {
        self.http.headers.push(crate::http::Header { endpoint, name, value });
        self
    }

    /// Trusts this certificate authority, in PEM, in place of the platform's. Several calls add up. Those that
    /// `SSL_CERT_FILE` and `SSL_CERT_DIR` name stay trusted: the user's proxy may need them.
    pub fn certificate_authority(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.http.authorities.push(pem.into());
        self
    }

    /// Sets whether longer bodies of OTLP are compressed with gzip. They are, unless a collector cannot read them.
    pub fn gzip(mut self, compress: bool) -> Self {
        self.http.gzip = compress;
        self
    }

    /// The mistake because of which no request could ever be sent. A transport of the application's has none here.
    pub(super) fn mistake(&self, targets: &[Target]) -> Option<String> {
        if self.transport.is_some() {
            return None;
        }
        let is_otlp = |key: &str| {
            let known = self.catalogue.endpoints.iter().find(|endpoint| endpoint.name == key);
            known.is_none_or(|endpoint| endpoint.form.body().is_none())
        };
        let addresses = targets.iter().try_for_each(|(key, url)| crate::http::check_address(url, is_otlp(key)));
        let keys: Vec<&str> = targets.iter().map(|(key, _)| *key).collect();
        addresses.and_then(|()| self.http.check(&keys)).err()
    }
}

#[cfg(not(feature = "http"))]
impl Builder {
    pub(super) fn mistake(&self, _: &[Target]) -> Option<String> {
        None
    }
}
