//! Compares a recording of an account's calls with an emulator.

mod compare;
mod request;
mod tables;
mod values;

use crate::spelling::has_ids;
use caspio::__private::recording::{Exchange, Recording, read};
use caspio::http_client::ReqwestService;
use caspio::raw::Method;
use caspio::schema::{DataType, Schema};
use caspio::{Account, ApiVersion, Client, RateLimiter, Result, RetryPolicy};
use request::{Request, is_stand_in};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::path::Path;
use std::sync::Arc;
use tables::table_behind;

/// The calls of one client in a recording.
#[derive(Clone, Debug)]
pub struct Replay {
    /// The calls with their numbers in the recording.
    exchanges: Vec<(usize, Exchange)>,
    schema: Schema,
}

/// What a comparison found.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct ReplayReport {
    /// The calls in their order.
    pub calls: Vec<ReplayedCall>,
}

/// A call that was compared, or why it was not.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ReplayedCall {
    /// Its number among the calls of the recording, from 1.
    pub call: usize,
    /// Its method and path.
    pub request: String,
    /// What was found.
    #[serde(flatten)]
    pub outcome: ReplayOutcome,
}

/// Whether the emulator responds as the account did.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ReplayOutcome {
    /// It does.
    Agrees,
    /// It does not.
    Differs {
        /// The differences.
        differences: Vec<String>,
    },
    /// The call cannot be compared.
    NotCompared {
        /// Why.
        reason: String,
    },
}

/// How many records each table has before a call.
const RECORDS: u32 = 3;

/// A key that no record has.
const NO_KEY: &str = "999999999";

impl Replay {
    /// Reads a recording: one replay for each client that wrote to it, because their stand-ins differ.
    ///
    /// # Errors
    ///
    /// `Config`: the file cannot be read, or is not a recording.
    pub fn read(path: &Path) -> Result<Vec<Self>> {
        let mut replays: Vec<Vec<(usize, Exchange)>> = Vec::new();
        for (at, exchange) in read(path)?.into_iter().enumerate() {
            let mut own = replays.iter_mut();
            match own.rfind(|own| own[0].1.client == exchange.client) {
                Some(own) => own.push((at + 1, exchange)),
                None => replays.push(vec![(at + 1, exchange)]),
            }
        }
        let replays = replays.into_iter().map(|mut exchanges| {
            exchanges.sort_by_key(|(_, exchange)| exchange.at_ms);
            let schema = tables::schema(exchanges.iter().map(|(_, exchange)| exchange));
            Self { exchanges, schema }
        });
        Ok(replays.collect())
    }

    /// Returns the tables and views that the emulator has to have, all empty. Fields have the types that the recording
    /// shows; where it shows none, they are text.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Sends requests of the recorded forms to an emulator with the [schema](Self::schema), and compares the responses.
    ///
    /// # Errors
    ///
    /// The emulator cannot be reached, or does not have the schema.
    pub async fn run(&self, url: &str, id: &str, secret: &str) -> Result<ReplayReport> {
        let recording = Recording::of_replay();
        let service = Arc::new(ReqwestService::for_account(&Account::new(url)?)?);
        let client = Client::builder()
            .account(url)
            .credentials(id, secret)
            .http_service(recording.around(service))
            .retry(RetryPolicy::none())
            .rate_limiter(RateLimiter::unlimited())
            .build()?;
        let mut run = Run {
            replay: self,
            client,
            recording,
            number: values::FIRST,
        };
        let mut report = ReplayReport::default();
        for (call, exchange) in &self.exchanges {
            report.calls.push(ReplayedCall {
                call: *call,
                request: format!("{} {}", exchange.method, exchange.path),
                outcome: Box::pin(run.compare(exchange)).await?,
            });
        }
        Ok(report)
    }
}

/// Returns the table or view that a path leads to.
fn shown_object(path: &str) -> Option<&str> {
    let mut segments = path.split('/');
    segments.find(|segment| is_stand_in(segment, "Table") || is_stand_in(segment, "View"))
}

struct Run<'r> {
    replay: &'r Replay,
    client: Client,
    recording: Recording,
    /// The number of the last value.
    number: u32,
}

impl Run<'_> {
    async fn compare(&mut self, exchange: &Exchange) -> Result<ReplayOutcome> {
        let not_compared = |reason: &str| ReplayOutcome::NotCompared {
            reason: reason.to_owned(),
        };
        let mut request = match request::request(exchange, &mut self.number) {
            Ok(request) => request,
            Err(reason) => return Ok(not_compared(reason)),
        };
        if let Some(name) = shown_object(&exchange.path) {
            self.put_records(name).await?;
            let is_missing = exchange.status == Some(404);
            if !self.put_key(&mut request, name, is_missing).await {
                return Ok(not_compared("the emulator has no record for it"));
            }
            self.put_id(&mut request, name).await?;
        }
        let Some(emulated) = self.send(request).await else {
            return Ok(not_compared("the emulator did not respond"));
        };
        let own_code = emulated
            .errors
            .first()
            .and_then(|error| error.code.as_deref());
        if own_code == Some("NotEmulated") {
            return Ok(not_compared("the emulator does not know it"));
        }
        let differences = compare::differences(exchange, &emulated);
        Ok(match differences.is_empty() {
            true => ReplayOutcome::Agrees,
            false => ReplayOutcome::Differs { differences },
        })
    }

    /// Sends a request and returns what a recording has of it.
    async fn send(&self, request: Request) -> Option<Exchange> {
        let mut call = self.client.raw(request.method, request.path);
        call = call.version(request.version).any_body();
        for (name, value) in request.query {
            call = call.query(name, value);
        }
        if let Some(body) = &request.body {
            call = call.json(body);
        }
        let _ = self.recording.take();
        // A refusal is an error of the SDK, and recorded.
        let _ = call.await;
        self.recording.take().pop()
    }

    /// Inserts records until a table has enough; the first has the values of the conditions.
    async fn put_records(&mut self, name: &str) -> Result<()> {
        let table = self.table_of(name);
        if self.replay.schema.table(&table).is_none() {
            return Ok(());
        }
        let count = self.client.table_named(&table).count().await?;
        let missing = u64::from(RECORDS).saturating_sub(count);
        if missing > 0 {
            // It may be there: then it is a duplicate, which does not matter.
            self.insert(&table, values::FIRST).await;
        }
        for _ in 1..missing {
            let number = self.next();
            self.insert(&table, number).await;
        }
        Ok(())
    }

    /// Replaces the stand-in of a key by the key of a record of its own, or by one that no record has. Returns whether
    /// there is one.
    async fn put_key(&mut self, request: &mut Request, name: &str, is_missing: bool) -> bool {
        let mut parts = request.path.iter();
        let Some(at) = parts.position(|part| is_stand_in(part, "Key")) else {
            return true;
        };
        let table = self.table_of(name);
        let key = match is_missing || self.replay.schema.table(&table).is_none() {
            true => Some(NO_KEY.to_owned()),
            false => {
                let number = self.next();
                self.insert(&table, number).await
            }
        };
        match key {
            Some(key) => request.path[at] = key,
            None => return false,
        }
        true
    }

    /// Replaces a name in a path of v4 by its id.
    async fn put_id(&self, request: &mut Request, name: &str) -> Result<()> {
        if !has_ids(request.version) {
            return Ok(());
        }
        let list = request.path[0].clone();
        let list = self
            .client
            .raw(Method::GET, [list])
            .version(request.version);
        let list: Value = list
            .query("pageSize", 1_000)
            .query("pageNumber", 1)
            .await?
            .json()?;
        let items = list["data"].as_array().into_iter().flatten();
        let id = items
            .filter(|item| item["name"] == name)
            .find_map(|item| item.get("tableId").or_else(|| item.get("viewId"))?.as_str());
        if let (Some(id), Some(part)) = (id, request.path.get_mut(1)) {
            *part = id.to_owned();
        }
        Ok(())
    }

    /// Inserts a record and returns its key; `None` if the emulator refuses it.
    async fn insert(&self, table: &str, number: u32) -> Option<String> {
        let mut record = Map::new();
        let definition = self.replay.schema.table(table);
        for field in definition.into_iter().flat_map(|table| &table.fields) {
            let value = match field.data_type {
                _ if field.formula => continue,
                DataType::Text255 | DataType::Text64000 => values::value("text", number),
                DataType::Integer | DataType::Number | DataType::Currency => json!(number),
                DataType::DateTime => values::value("date-time", number),
                DataType::YesNo => json!(true),
                DataType::ListText | DataType::ListNumber | DataType::ListDateTime => json!([1]),
                _ => continue,
            };
            record.insert(field.name.clone(), value);
        }
        let call = self.client.raw(Method::POST, ["tables", table, "records"]);
        let call = call
            .version(ApiVersion::default())
            .query("response", "rows");
        let rows: Value = call.json(&record).await.ok()?.json().ok()?;
        Some(rows["Result"][0]["PK_ID"].as_i64()?.to_string())
    }

    fn table_of(&self, name: &str) -> String {
        match is_stand_in(name, "View") {
            true => table_behind(name),
            false => name.to_owned(),
        }
    }

    fn next(&mut self) -> u32 {
        self.number += 1;
        self.number
    }
}
