//! Connections: how many, how long, and how they end.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::answer::{self, Answer, Refusal};
use super::forward::{Forwarded, Forwarder};
use super::intake::{Intake, Taken};
use super::receive::{Form, Limits, RequestKind, receive};

/// How long requests that are under way may take when the command is to end.
const GRACE: Duration = Duration::from_secs(5);

/// Serves until `end` is done, then lets requests that are under way come to their end.
pub async fn serve(listener: TcpListener, most: usize, service: Arc<Service>, end: impl Future<Output = ()>) {
    let slots = Arc::new(Semaphore::new(most));
    let (stop, stopped) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut end = pin!(end);
    loop {
        while connections.try_join_next().is_some() {}
        // A connection too many waits, unaccepted, until another one ends.
        let accepted = async {
            let slot = slots.clone().acquire_owned().await;
            (slot, listener.accept().await)
        };
        let (slot, accepted) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut end => break,
        };
        match accepted {
            Ok((stream, _)) => {
                let connection = serve_connection(stream, service.clone(), stopped.clone());
                connections.spawn(async move {
                    connection.await;
                    drop(slot);
                });
            }
            // Out of files, most likely: some will be closed.
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
    }
    drop((listener, stop));
    let _ = timeout(GRACE, async { while connections.join_next().await.is_some() {} }).await;
}

/// Serves one connection until it is closed, is quiet for too long, or `stopped` says so.
async fn serve_connection(stream: TcpStream, service: Arc<Service>, mut stopped: watch::Receiver<()>) {
    const MOST_BYTES_OF_HEAD: usize = 64 << 10;
    let activity = Arc::new(Activity::default());
    let answer = service_fn(|request| {
        let (service, activity) = (service.clone(), activity.clone());
        async move {
            activity.begin();
            let response = service.answer(request).await;
            activity.end();
            Ok::<_, Infallible>(response)
        }
    });
    let mut builder = http1::Builder::new();
    builder.half_close(true).max_header_size(MOST_BYTES_OF_HEAD);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), answer));
    let mut is_ending = false;
    loop {
        tokio::select! {
            _ = connection.as_mut() => return,
            () = sleep_until(activity.quiet_since() + service.limits.time) => {
                // Slow heads, idle connections, and clients that do not read their answers end here.
                if activity.quiet_since() + service.limits.time <= Instant::now() {
                    return;
                }
            }
            _ = stopped.changed(), if !is_ending => {
                is_ending = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

/// Since when nothing was asked of this process on a connection.
#[derive(Debug)]
struct Activity(Mutex<Option<Instant>>);

impl Default for Activity {
    fn default() -> Self {
        Activity(Mutex::new(Some(Instant::now())))
    }
}

impl Activity {
    fn begin(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn end(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Now, while a request is under way: that has limits of its own.
    fn quiet_since(&self) -> Instant {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).unwrap_or_else(Instant::now)
    }
}

/// Answers requests.
pub struct Service {
    pub intake: Arc<Intake>,
    pub forwarder: Option<Forwarder>,
    pub limits: Limits,
    /// For looking at bodies: as many at a time as there are processors.
    pub looks: Turns,
    /// For sending on, which is mostly waiting.
    pub forwards: Turns,
}

impl Service {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let form = Form::of(request.headers()).unwrap_or(Form::Json);
        match self.take(request).await {
            Ok((kind, answer)) => answer::taken(kind, form, &answer),
            Err(refusal) => {
                self.intake.ledger().refuse(&refusal);
                answer::refused(form, &refusal)
            }
        }
    }

    async fn take(&self, request: Request<Incoming>) -> Result<(RequestKind, Answer), Refusal> {
        let sent = receive(request, &self.limits).await?;
        let (kind, intake) = (sent.kind, self.intake.clone());
        let (taken, _sent) = self.looks.run(move || (intake.take(&sent), sent)).await?;
        Ok((kind, self.forward(taken?).await?))
    }

    /// Sends on what may pass, before the client hears that its request was taken: who waits here is the client, which
    /// has what it sent.
    async fn forward(&self, taken: Taken) -> Result<Answer, Refusal> {
        let Taken { mut answer, passed, mark } = taken;
        let (Some(forwarder), Some((signals, passed))) = (self.forwarder.clone(), passed) else { return Ok(answer) };
        let count = passed.signals;
        let forwarded = match self.limits.reserve(passed.body.len()) {
            Some(memory) => self.forwards.run(move || (forwarder.send(signals, &passed.body), memory)).await,
            None => Err(Refusal::busy()),
        };
        let mut ledger = self.intake.ledger();
        match forwarded.map_or(Forwarded::Later(1), |(forwarded, _memory)| forwarded) {
            Forwarded::Taken => ledger.forward(mark, count),
            Forwarded::Later(seconds) => {
                ledger.put_off(mark);
                return Err(Refusal::for_now("the forward target does not take requests now", seconds));
            }
            Forwarded::Never(status) => {
                ledger.reject(count);
                answer.rejected += count;
                answer.message = format!("the forward target answered {status}");
            }
        }
        Ok(answer)
    }
}

/// Work that takes its time, so much of it at once, on threads of its own.
pub struct Turns {
    left: Arc<Semaphore>,
    /// How long work may wait for its turn.
    patience: Duration,
}

impl Turns {
    pub fn new(most: usize, patience: Duration) -> Self {
        Turns { left: Arc::new(Semaphore::new(most)), patience }
    }

    /// Work that panics costs its request and nothing else.
    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
        let Ok(turn) = timeout(self.patience, self.left.clone().acquire_owned()).await else {
            return Err(Refusal::busy());
        };
        let result = spawn_blocking(move || {
            let result = work();
            drop(turn);
            result
        });
        result.await.map_err(|_| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "the request could not be looked at"))
    }
}
