//! The emulator in a process of its own: this program, started again.

use caspio::prelude::*;
use caspio_emulator::{DataType, Emulator, Fault, Faults, FieldDef, Rule, TableDef};
use std::io::{BufRead, BufReader, Lines, Read};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

/// The variable that makes this program the emulator.
const IS_SERVER: &str = "CASPIO_SOAK_SERVER";

const CLIENT_ID: &str = "soak";
const CLIENT_SECRET: &str = "soak-secret";

/// The line that the emulator prints.
const READY: &str = "ready at ";

/// The call that a rate limit refuses; so many calls later the token is revoked.
const REFUSED_CALL: u64 = 50;

/// The share of calls that fail in each way.
const SHARE: f64 = 0.01;

/// An emulator in another process, which ends with this value.
pub(crate) struct Server {
    process: Child,
    /// The test harness of the other process prints a line after a minute, and ends if nobody can read it.
    _output: Lines<BufReader<ChildStdout>>,
    url: String,
}

impl Server {
    pub(crate) fn start() -> Self {
        let program = std::env::current_exe().expect("this program's path");
        let mut process = Command::new(program)
            .args(["--exact", "server::emulator", "--nocapture"])
            .env(IS_SERVER, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the emulator starts");
        let output = process.stdout.take().expect("a pipe");
        let mut output = BufReader::new(output).lines();
        let url = output.by_ref().map_while(Result::ok).find_map(|line| {
            let (_, url) = line.split_once(READY)?;
            Some(url.to_owned())
        });
        Self {
            process,
            _output: output,
            url: url.expect("the emulator is ready"),
        }
    }

    pub(crate) fn client(&self) -> Client {
        let short = Duration::from_millis(1);
        let retry = caspio::RetryPolicy::default()
            .backoff(short, short)
            .rate_limit_backoff(short, short)
            .max_attempts(6);
        Client::builder()
            .account(&self.url)
            .credentials(CLIENT_ID, CLIENT_SECRET)
            .retry(retry)
            .cache_records(short)
            .cache_schema(short)
            .build()
            .expect("a client")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Runs the emulator until standard input ends, if this process is to be one.
#[tokio::test]
#[expect(clippy::print_stdout, reason = "the other process reads it")]
async fn emulator() {
    if std::env::var_os(IS_SERVER).is_none() {
        return;
    }
    let builder = Emulator::builder().credentials(CLIENT_ID, CLIENT_SECRET);
    let emulator = builder.sample_orders(2_500).start().await;
    let emulator = emulator.expect("the emulator starts");
    let table = TableDef::new("Items")
        .field(FieldDef::new("Code", DataType::Text255).unique())
        .field(FieldDef::new("Status", DataType::Text255))
        .field(FieldDef::new("Amount", DataType::Currency))
        .field(FieldDef::new("Tags", DataType::ListText).list(["red", "green"]));
    emulator.create_table(table).expect("a table");
    let faults = [Fault::BadGateway, Fault::Reset, Fault::CutShort];
    let faults = faults.into_iter().fold(Faults::none(), |faults, fault| {
        faults.rule(Rule::new(fault).operation("ListTableRecords").rate(SHARE))
    });
    // The client is slow for seconds after a rate limit.
    let rate_limit = Rule::new(Fault::RateLimit).calls([REFUSED_CALL]);
    let revoked = Rule::new(Fault::RevokeToken).calls([2 * REFUSED_CALL]);
    emulator.set_faults(faults.rule(rate_limit).rule(revoked));
    println!("{READY}{}", emulator.url());
    // The other process ends, or is killed: then its end of the pipe is closed.
    let ended = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    let _ = ended.await;
}
