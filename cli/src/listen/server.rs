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
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::End;
use super::answer::{self, Answer};
use super::door::{self, Door};
use super::forward::{Forwarded, Forwarder};
use super::intake::{Intake, Taken};
use super::preface;
use super::receive::{Form, Limits, RequestKind, Sent, receive};
use super::refusal::Refusal;
use super::turns::{Memory, Pending, Turns};

/// The longest time that connections may take to their end when the command is to end.
const GRACE: Duration = Duration::from_secs(5);

/// Serves until somebody wants the command to end. Then what was received is judged, unless that takes too long or somebody
/// insists.
pub async fn serve(listener: TcpListener, most: usize, service: Arc<Service>, mut end: End) {
    let (stop, stopped) = watch::channel(());
    let mut connections = accept(listener, most, &service, &stopped, &mut end).await;
    drop((stop, stopped));
    let rest = async {
        let ended = async |connections: &mut JoinSet<()>| while connections.join_next().await.is_some() {};
        let _ = timeout(GRACE, ended(&mut connections)).await;
        if timeout(service.limits.time, service.pending.none()).await.is_ok() {
            let _ = timeout(GRACE / 5, ended(&mut connections)).await; // they hear the answer
        }
    };
    tokio::select! {
        () = rest => {}
        () = end.wanted() => {}
    }
}

/// Accepts connections until the end is wanted. Gives those that are still open.
async fn accept(
    listener: TcpListener,
    most: usize,
    service: &Arc<Service>,
    stopped: &watch::Receiver<()>,
    end: &mut End,
) -> JoinSet<()> {
    let slots = Arc::new(Semaphore::new(most));
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let accepted = async {
            let slot = free_slot(&slots, service).await;
            (slot, listener.accept().await)
        };
        let (slot, accepted) = tokio::select! {
            accepted = accepted => accepted,
            () = end.wanted() => return connections,
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
}

/// A connection too many waits, unaccepted, until another one ends. The slowest body ends before its time then.
async fn free_slot(slots: &Arc<Semaphore>, service: &Service) -> Option<OwnedSemaphorePermit> {
    const PATIENCE: Duration = Duration::from_millis(500);
    loop {
        match timeout(PATIENCE, slots.clone().acquire_owned()).await {
            Ok(slot) => return slot.ok(),
            Err(_) => service.limits.bodies.give_up_slowest(),
        }
    }
}

/// Serves one connection until it is closed, is quiet for too long, or `stopped` says so.
async fn serve_connection(stream: TcpStream, service: Arc<Service>, stopped: watch::Receiver<()>) {
    match timeout(service.limits.time, preface::recognise(&stream)).await {
        Err(_) => {} // it said nothing
        Ok(None) => serve_http(stream, service, stopped).await,
        Ok(Some(foreign)) => {
            service.intake.ledger().refuse(&Refusal::new(StatusCode::BAD_REQUEST, foreign.words()));
            preface::answer(stream, foreign).await;
        }
    }
}

async fn serve_http(stream: TcpStream, service: Arc<Service>, mut stopped: watch::Receiver<()>) {
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
    builder.half_close(true).max_header_size(CONNECTION_BYTES).max_buf_size(CONNECTION_BYTES);
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

/// Most bytes of a request's head, and of what is read of a connection at once.
pub const CONNECTION_BYTES: usize = 64 << 10;

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
    pub door: Door,
    pub limits: Limits,
    /// For looking at bodies: as many at a time as there are processors.
    pub looks: Turns,
    /// For what bodies become when they are looked at.
    pub memory: Memory,
    /// For sending on, which is mostly waiting.
    pub forwards: Turns,
    pub forward_threads: Handle,
    /// Requests that were received whole, and are not judged yet.
    pub pending: Pending,
}

impl Service {
    async fn answer(self: &Arc<Self>, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let form = Form::of(request.headers()).unwrap_or(Form::Json);
        let door = self.door.check(&request);
        let origin = door.as_ref().ok().cloned().flatten();
        let mut response = if origin.is_some() && door::is_preflight(&request) {
            answer::may_send(request.headers())
        } else {
            match self.take(request, door.map(drop)).await {
                Ok((kind, answer)) => answer::taken(kind, form, &answer),
                Err(refusal) => {
                    self.intake.ledger().refuse(&refusal);
                    answer::refused(form, &refusal)
                }
            }
        };
        if let Some(origin) = origin {
            door::let_read(origin, response.headers_mut());
        }
        response
    }

    async fn take(
        self: &Arc<Self>,
        request: Request<Incoming>,
        let_in: Result<(), Refusal>,
    ) -> Result<(RequestKind, Answer), Refusal> {
        let sent = receive(request, let_in, &self.limits).await?;
        let (kind, service, pending) = (sent.kind, self.clone(), self.pending.begin());
        // A task of its own: what was received is judged even when its client goes away.
        let judged = tokio::spawn(async move {
            let judged = service.judge(sent).await;
            drop(pending);
            judged
        });
        let taken = judged.await.map_err(|_| not_looked_at())??;
        Ok((kind, self.forward(taken).await?))
    }

    async fn judge(&self, sent: Sent) -> Result<Taken, Refusal> {
        let turn = self.looks.turn().await?;
        let intake = self.intake.clone();
        let opened = run(move || intake.open(sent)).await.inspect_err(|_| self.pending.lose())??;
        let memory = self.memory.take(opened.weight).await?;
        let intake = self.intake.clone();
        let look = move || {
            let taken = intake.take(&opened);
            drop((opened, memory, turn));
            taken
        };
        run(look).await.inspect_err(|_| self.pending.lose())?
    }

    /// Sends on what may pass, before the client hears that its request was taken: who waits here is the client, which
    /// has what it sent.
    async fn forward(&self, taken: Taken) -> Result<Answer, Refusal> {
        let Taken { mut answer, passed, mark } = taken;
        let (Some(forwarder), Some(passed)) = (self.forwarder.clone(), passed) else { return Ok(answer) };
        let count = passed.signals();
        let forwarded = match self.limits.bodies.reserve(passed.len()) {
            Some(held) => self.send(move || (forwarder.send(&passed), held).0).await,
            None => Err(Refusal::busy()),
        };
        let mut ledger = self.intake.ledger();
        match forwarded.unwrap_or(Forwarded::Later(1)) {
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

    async fn send(&self, send: impl FnOnce() -> Forwarded + Send + 'static) -> Result<Forwarded, Refusal> {
        let turn = self.forwards.turn().await?;
        self.forward_threads.spawn_blocking(move || (send(), turn).0).await.map_err(|_| not_looked_at())
    }
}

/// Runs work that takes its time on a thread of its own. Work that panics costs its request and nothing else.
async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
    spawn_blocking(work).await.map_err(|_| not_looked_at())
}

fn not_looked_at() -> Refusal {
    Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "the request could not be looked at")
}
