//! Mixed work for a long time, while some calls fail and others are cancelled, leaves nothing behind: no tasks, no
//! connections, no open files, no memory.
//!
//! The emulator runs in a process of its own, so that what is measured is the client's. It runs for 20 seconds, or for
//! as many as `CASPIO_TEST_SECONDS` names.

#![cfg(target_os = "linux")]

mod process;
mod server;
mod work;

use caspio::prelude::*;
use process::Use;
use server::Server;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;

/// How long the work runs.
const SECONDS: u64 = 20;

/// The rounds after which what is in use must not grow: until then caches and buffers get their size.
const WARM_UP: u32 = 3;

/// The memory that may be added, in kilobytes: allocators return memory late.
const MORE_MEMORY: u64 = 3 * 1024;

fn seconds() -> u64 {
    let text = std::env::var("CASPIO_TEST_SECONDS").ok();
    text.map_or(SECONDS, |text| text.parse().expect("a number of seconds"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(
    clippy::print_stderr,
    reason = "the numbers show how close they are to the limits"
)]
async fn mixed_work_leaves_nothing_behind() {
    let server = Server::start();
    let caspio = server.client();
    let time = Duration::from_secs(seconds());
    let at_first = Use::of_this_process(&Handle::current());
    let start = Instant::now();
    let mut rounds = 0_u32;
    let mut before: Option<Use> = None;
    let mut last = Use::default();
    while start.elapsed() < time {
        work::round(&caspio, rounds).await;
        rounds += 1;
        last = at_rest(&caspio).await;
        if rounds == WARM_UP {
            before = Some(last);
        }
    }
    let before = before.expect("enough rounds");
    let calls = caspio.usage().calls();
    drop(server);
    let end = at_rest(&caspio).await;
    eprintln!("{rounds} rounds, {calls} calls; {before:?}, {last:?}, {end:?}");
    assert!(rounds >= 2 * WARM_UP, "only {rounds} rounds");
    // The connections that were kept for later calls have ended with the server, and with them their tasks.
    assert!(
        end.sockets <= at_first.sockets,
        "connections: {at_first:?}, {end:?}"
    );
    assert!(
        end.tasks <= at_first.tasks + 1,
        "tasks: {at_first:?}, {end:?}"
    );
    assert!(
        last.sockets <= work::MOST_CONNECTIONS,
        "connections: {last:?}"
    );
    assert!(last.files <= before.files, "files: {before:?}, {last:?}");
    assert!(
        last.memory <= before.memory + MORE_MEMORY,
        "memory: {before:?}, {last:?}"
    );
}

/// Returns what is in use after the work in the background has ended.
async fn at_rest(caspio: &Client) -> Use {
    caspio.settle().await;
    let mut now = Use::of_this_process(&Handle::current());
    // A cancelled call's connection is closed by a task of its own.
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_millis(10)).await;
        let next = Use::of_this_process(&Handle::current());
        if next == now {
            break;
        }
        now = next;
    }
    now
}
