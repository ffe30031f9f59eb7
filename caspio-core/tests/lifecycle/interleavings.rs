//! Every order of a limited script of events around one cache.
//!
//! Model checkers such as loom replace locks and threads, but not the tasks of the runtime that run a
//! token request. Testing whole steps is sufficient: a caller changes the cache only inside one critical
//! section, which reads the whole state again, so that the orders of whole steps are all possible orders.
//! Each order is run from the start on a runtime that only advances when the script does.

use caspio_core::secrecy::{ExposeSecret as _, SecretString};
use caspio_core::token::{CachePolicy, Grant, ManualClock, TokenCache, TokenSource};
use caspio_core::{Error, ErrorKind, Result, Token};
use futures::future::BoxFuture;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::oneshot;

const CALLERS: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// A caller requests a token, or checks whether its result is available.
    Poll(usize),
    /// The first caller is dropped.
    Cancel,
    /// The runtime runs the tasks that are ready.
    Run,
    Grant,
    Fail,
    /// The token expires.
    Expire,
    /// The service rejects the newest token that any caller got.
    Refuse,
    /// A late rejection of a token that was rejected before.
    RefuseAgain,
}

const STEPS: [Step; 10] = [
    Step::Poll(0),
    Step::Poll(1),
    Step::Poll(2),
    Step::Cancel,
    Step::Run,
    Step::Grant,
    Step::Fail,
    Step::Expire,
    Step::Refuse,
    Step::RefuseAgain,
];

#[derive(Debug, Default)]
struct Source(Mutex<Requests>);

#[derive(Debug, Default)]
struct Requests {
    made: u64,
    open: Option<oneshot::Sender<Result<Grant>>>,
}

impl TokenSource for Source {
    fn fetch(&self, _: Option<SecretString>) -> BoxFuture<'_, Result<Grant>> {
        let (send, receive) = oneshot::channel();
        let mut requests = self.0.lock().expect("no panic");
        assert!(requests.open.is_none(), "two requests at the same time");
        requests.made += 1;
        requests.open = Some(send);
        Box::pin(async move { receive.await.expect("a response") })
    }
}

struct Caller {
    asks: BoxFuture<'static, Result<Token>>,
    /// The generations that were rejected before it requested a token.
    refused: u64,
}

struct Simulation {
    source: Arc<Source>,
    clock: Arc<ManualClock>,
    cache: TokenCache,
    callers: [Option<Caller>; CALLERS],
    newest: u64,
    refused: u64,
    /// The events that may cause a request or an error.
    causes: u64,
    failures: u64,
}

impl Simulation {
    fn new() -> Self {
        let (source, clock) = (Arc::new(Source::default()), Arc::new(ManualClock::new()));
        let cache = TokenCache::new(source.clone(), clock.clone(), CachePolicy::default());
        Self {
            source,
            clock,
            cache,
            callers: [const { None }; CALLERS],
            newest: 0,
            refused: 0,
            causes: 1,
            failures: 0,
        }
    }

    fn made(&self) -> u64 {
        self.source.0.lock().expect("no panic").made
    }

    /// Runs a step; returns `false` if it would change nothing.
    async fn play(&mut self, step: Step) -> bool {
        match step {
            Step::Poll(index) => self.poll(index),
            Step::Cancel => return self.callers[0].take().is_some(),
            Step::Run => tokio::task::yield_now().await,
            Step::Grant => {
                let number = self.made();
                return self
                    .response(Ok(Grant::new(format!("access-{number}"))
                        .with_lifetime(Duration::from_secs(600))));
            }
            Step::Fail => {
                let failed = self.response(Err(Error::new(ErrorKind::Connect, "no connection")));
                self.failures += u64::from(failed);
                self.causes += u64::from(failed);
                return failed;
            }
            Step::Expire => {
                self.clock.advance(Duration::from_secs(700));
                self.causes += 1;
            }
            Step::RefuseAgain if self.refused == 0 => return false,
            Step::RefuseAgain => self.cache.invalidate(self.refused),
            Step::Refuse if self.newest == self.refused => return false,
            Step::Refuse => {
                self.refused = self.newest;
                self.causes += 1;
                self.cache.invalidate(self.newest);
            }
        }
        true
    }

    fn poll(&mut self, index: usize) {
        let mut caller = self.callers[index].take().unwrap_or_else(|| {
            let cache = self.cache.clone();
            Caller {
                asks: Box::pin(async move { cache.token().await }),
                refused: self.refused,
            }
        });
        match caller
            .asks
            .as_mut()
            .poll(&mut Context::from_waker(std::task::Waker::noop()))
        {
            Poll::Pending => self.callers[index] = Some(caller),
            Poll::Ready(Ok(token)) => {
                let generation = token.generation();
                assert!(
                    generation > caller.refused,
                    "a refused token was handed out"
                );
                let text = token.secret().expose_secret();
                let number: u64 = text
                    .rsplit('-')
                    .next()
                    .and_then(|n| n.parse().ok())
                    .expect("a number");
                assert!(generation <= number && number <= self.made());
                self.newest = self.newest.max(generation);
            }
            Poll::Ready(Err(_)) => assert!(self.failures > 0, "an error without a failure"),
        }
    }

    fn response(&self, response: Result<Grant>) -> bool {
        let open = self.source.0.lock().expect("no panic").open.take();
        open.is_some_and(|open| open.send(response).is_ok())
    }

    /// Waiting callers get a result when the source responds.
    async fn settle(&mut self) {
        for _ in 0..4 {
            self.play(Step::Run).await;
            self.play(Step::Grant).await;
            self.play(Step::Run).await;
            for index in 0..CALLERS {
                if self.callers[index].is_some() {
                    self.poll(index);
                }
            }
        }
        assert!(
            self.callers.iter().all(Option::is_none),
            "a caller waits for ever"
        );
        assert!(
            self.made() <= self.causes,
            "{} requests for {} causes",
            self.made(),
            self.causes
        );
    }
}

async fn replay(script: &[Step]) -> Option<Simulation> {
    let mut simulation = Simulation::new();
    for (index, step) in script.iter().enumerate() {
        let useful = simulation.play(*step).await;
        if !useful && index + 1 == script.len() {
            return None;
        }
    }
    Some(simulation)
}

/// Adjacent steps whose reverse order or repetition is equivalent.
fn redundant(script: &[Step]) -> bool {
    let [.., before, last] = script else {
        return false;
    };
    before == last && !matches!(last, Step::Poll(_))
}

/// Runs every order of this many steps after the first steps, and counts them.
async fn explore(beginning: &[Step], steps: usize) -> u32 {
    let mut played = 0;
    let mut left = vec![beginning.to_vec()];
    while let Some(script) = left.pop() {
        let Some(mut simulation) = replay(&script).await else {
            continue;
        };
        if script.len() < beginning.len() + steps {
            let longer = STEPS.iter().map(|step| [&script[..], &[*step]].concat());
            left.extend(longer.filter(|script| !redundant(script)));
            continue;
        }
        played += 1;
        simulation.settle().await;
    }
    played
}

fn played(beginning: &[Step], steps: usize) -> u32 {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    runtime
        .expect("a runtime")
        .block_on(explore(beginning, steps))
}

#[test]
fn every_order_of_seven_steps_from_an_empty_cache_keeps_the_invariants() {
    let played = played(&[Step::Poll(0)], 6);

    assert!(played > 10_000, "{played}");
}

#[test]
fn every_order_of_five_steps_after_a_renewal_keeps_the_invariants() {
    use Step::{Grant, Poll, Refuse, Run};
    let renewed = [
        Poll(0),
        Run,
        Grant,
        Run,
        Poll(0),
        Refuse,
        Poll(0),
        Run,
        Grant,
        Run,
        Poll(0),
    ];

    let played = played(&renewed, 5);

    assert!(played > 1_000, "{played}");
}
