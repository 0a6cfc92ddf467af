//! The source of a sender's transport: made on its own thread, and again in a process that was forked.

use crate::Transport;
use crate::sync::{Mutex, lock};
#[cfg(feature = "http")]
use crate::transport::Target;
#[cfg(feature = "spool")]
use crate::{Catalogue, Reason};

/// Makes a transport, on the sender's thread; again in a process that was forked.
pub(crate) trait Connect: Send + Sync {
    fn connect(&self) -> Option<Box<dyn Transport>>;
}

impl<F: Fn() -> Option<Box<dyn Transport>> + Send + Sync> Connect for F {
    fn connect(&self) -> Option<Box<dyn Transport>> {
        self()
    }
}

/// Sends by HTTP to these endpoints, also in a forked process.
#[cfg(feature = "http")]
pub(crate) fn connect_http(targets: Vec<Target>, options: crate::http::Options) -> Box<dyn Connect> {
    Box::new(move || Some(Box::new(crate::http::Routes::new(&targets, &options)) as Box<dyn Transport>))
}

/// A transport that is there already can be used once, by the process that it was made for. A forked process has none.
pub(crate) fn connect_once(transport: Box<dyn Transport>) -> Box<dyn Connect> {
    let process = std::process::id();
    let transport = Mutex::new(Some(transport));
    Box::new(move || if std::process::id() == process { lock(&transport).take() } else { None })
}

/// The same with a spool around it, where one is wanted. A forked process has its own, on the same folder.
#[cfg(feature = "spool")]
pub(crate) fn connect_spooled(
    connect: Result<Box<dyn Connect>, Reason>,
    spool: Option<crate::spool::Permission>,
    catalogue: &'static Catalogue,
    limits: crate::SpoolLimits,
) -> Result<Box<dyn Connect>, Reason> {
    let Some(permission) = spool else { return connect };
    let inner = connect?;
    Ok(Box::new(move || {
        let spool = crate::Spool::wrap(inner.connect()?, catalogue, permission.clone()).limits(limits);
        Some(Box::new(spool) as Box<dyn Transport>)
    }))
}
