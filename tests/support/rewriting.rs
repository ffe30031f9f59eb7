//! A layer between the SDK and the emulator that rewrites reads of records, in the ways that Caspio's
//! reference leaves open and in the ways that proxies and faulty servers do.

use caspio::http_client::{Body, HttpError, HttpService, ReqwestService};
use caspio::prelude::*;
use caspio::{Account, ApiVersion, RetryPolicy};
use caspio_emulator::Emulator;
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How requests or responses are changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rewriting {
    /// Not at all.
    #[default]
    Unchanged,
    /// A null is shown as an empty text.
    NullAsEmptyText,
    /// An empty text is shown as null.
    EmptyTextAsNull,
    /// Floats have this many significant digits.
    FloatDigits(usize),
    /// Floats are written with an exponent.
    FloatExponents,
    /// Seconds have seven fraction digits.
    SevenSecondDigits,
    /// Trailing zeros of a fraction of a second are left out.
    FewSecondDigits,
    /// A table's keys are texts.
    KeysAsText,
    /// Records have members that nobody asked for.
    ExtraMembers,
    /// The names of columns have another case.
    OtherCase,
    /// Every member of a record comes twice.
    RepeatedMembers,
    /// The member with the records comes twice.
    RepeatedRecords,
    /// The total is this much higher or lower.
    WrongTotal(i64),
    /// The records of a page come in reverse order.
    ReversedPages,
    /// A page begins with the last record of the page before.
    OverlappingPages,
    /// Every page is the first one.
    SamePage,
    /// `orderBy` is ignored.
    OrderIgnored,
    /// `where` is ignored.
    ConditionIgnored,
    /// `limit` is ignored.
    LimitIgnored,
    /// No page has more than this many records.
    LimitLowered(usize),
    /// The last record of a page has no key, but the others have.
    MissingKey,
    /// The response has no records.
    NoRecords,
    /// The member with the records is missing.
    NoMember,
    /// The response ends after this percentage of its bytes.
    Cut(usize),
    /// A proxy's page, with status 200.
    Html,
}

/// What the layer does, and what it has seen.
#[derive(Debug, Default)]
struct State {
    rewriting: Rewriting,
    /// The number of the first call that is rewritten, from 0.
    from: usize,
    /// How many calls may be made; later ones fail.
    most: usize,
    calls: usize,
    first: Option<Vec<u8>>,
}

/// Rewrites reads of records; set with [`rewrite`](Self::rewrite).
#[derive(Clone, Debug, Default)]
pub struct Layer(Arc<Mutex<State>>);

impl Layer {
    /// Rewrites the calls from number `from` on, and fails after `most` calls.
    pub fn rewrite(&self, rewriting: Rewriting, from: usize, most: usize) {
        *self.state() = State {
            rewriting,
            from,
            most,
            ..State::default()
        };
    }

    /// Returns how many calls were made since the last [`rewrite`](Self::rewrite).
    #[must_use]
    pub fn calls(&self) -> usize {
        self.state().calls
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns a client of the emulator whose calls go through the layer.
    ///
    /// # Panics
    ///
    /// If no client can be created.
    #[must_use]
    pub fn client(&self, emulator: &Emulator, version: ApiVersion) -> Client {
        let account = Account::new(&emulator.url()).expect("an account");
        let service = Rewritten {
            layer: self.clone(),
            service: ReqwestService::for_account(&account).expect("a service"),
        };
        Client::builder()
            .account(emulator.url())
            .credentials(emulator.client_id(), emulator.client_secret())
            .api_version(version)
            .retry(RetryPolicy::none())
            .http_service(Arc::new(service))
            .build()
            .expect("a client")
    }
}

#[derive(Debug)]
struct Rewritten {
    layer: Layer,
    service: ReqwestService,
}

impl HttpService for Rewritten {
    fn call(
        &self,
        mut request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        if !request.uri().path().ends_with("/records") || request.method() != http::Method::GET {
            return self.service.call(request);
        }
        let rewriting = {
            let mut state = self.layer.state();
            state.calls += 1;
            if state.calls > state.most {
                return async move { Ok(failure()) }.boxed();
            }
            let active = state.calls > state.from;
            if active {
                state.rewriting
            } else {
                Rewriting::Unchanged
            }
        };
        let uri = request.uri().to_string();
        let rewriting = match rewriting {
            // The range of keys is not a page.
            Rewriting::SamePage if uri.contains("COUNT") => Rewriting::Unchanged,
            other => other,
        };
        let uri = rewriting.request(&uri);
        *request.uri_mut() = uri.parse().expect("a URI");
        async move {
            let response = self.service.call(request).await?;
            let (mut parts, body) = response.into_parts();
            let body = body.bytes(usize::MAX).await?.to_vec();
            if !parts.status.is_success() {
                return Ok(http::Response::from_parts(parts, Body::from(body)));
            }
            parts.headers.remove(http::header::CONTENT_LENGTH);
            let body = self.rewritten(rewriting, body);
            Ok(http::Response::from_parts(parts, Body::from(body)))
        }
        .boxed()
    }
}

impl Rewritten {
    fn rewritten(&self, rewriting: Rewriting, body: Vec<u8>) -> Vec<u8> {
        if rewriting == Rewriting::SamePage {
            return self.layer.state().first.get_or_insert(body).clone();
        }
        rewriting.response(body)
    }
}

fn failure() -> http::Response<Body> {
    let mut response = http::Response::new(Body::from(b"{\"Code\":\"TooManyCalls\"}".to_vec()));
    *response.status_mut() = http::StatusCode::BAD_REQUEST;
    response
}

/// The columns of a record, as raw JSON.
type Row = BTreeMap<String, Box<RawValue>>;

impl Rewriting {
    fn request(self, uri: &str) -> String {
        let Some((path, query)) = uri.split_once('?') else {
            return uri.to_owned();
        };
        let params = query.split('&').map(|param| self.param(param));
        let params: Vec<String> = params.filter(|param| !param.is_empty()).collect();
        format!("{path}?{}", params.join("&"))
    }

    fn param(self, param: &str) -> String {
        let (name, value) = param.split_once('=').unwrap_or((param, ""));
        let value = match (self, name.trim_start_matches("q.")) {
            (Self::OrderIgnored, "orderBy") | (Self::ConditionIgnored, "where") => {
                return String::new();
            }
            (Self::LimitIgnored, "limit") => "1000".to_owned(),
            (Self::LimitLowered(most), "limit") => {
                let limit: usize = value.parse().unwrap_or(most);
                limit.min(most).to_string()
            }
            (Self::OverlappingPages, "where") => {
                value.replace("PK_ID%20%3E%20", "PK_ID%20%3E%3D%20")
            }
            _ => value.to_owned(),
        };
        format!("{name}={value}")
    }

    fn response(self, body: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Html => return b"<html><body>Sign in</body></html>".to_vec(),
            Self::Cut(percent) => {
                let mut body = body;
                body.truncate(body.len() * percent / 100);
                return body;
            }
            _ => {}
        }
        let envelope: Row = serde_json::from_slice(&body).expect("an object");
        let mut members = Vec::new();
        for (name, value) in envelope {
            match name.as_str() {
                "Result" | "data" => self.records(&mut members, &name, value.get()),
                _ => members.push(format!("\"{name}\":{}", self.total(value.get()))),
            }
        }
        format!("{{{}}}", members.join(",")).into_bytes()
    }

    fn records(self, members: &mut Vec<String>, name: &str, records: &str) {
        let mut rows: Vec<Row> = serde_json::from_str(records).expect("records");
        match self {
            Self::NoMember => return,
            Self::NoRecords => rows.clear(),
            Self::ReversedPages => rows.reverse(),
            // What comes in any order may be in order by chance.
            Self::OrderIgnored if rows.len() > 1 => {
                let last = rows.len() - 1;
                rows.swap(0, last);
            }
            Self::MissingKey if rows.len() > 1 => {
                if let Some(row) = rows.last_mut() {
                    row.remove("PK_ID");
                }
            }
            _ => {}
        }
        let rows: Vec<String> = rows.iter().map(|row| self.row(row)).collect();
        let member = format!("\"{name}\":[{}]", rows.join(","));
        members.push(member.clone());
        if self == Self::RepeatedRecords {
            members.push(member);
        }
    }

    fn row(self, row: &Row) -> String {
        let mut members = Vec::new();
        for (name, value) in row {
            let value = self.value(name, value.get());
            let name = match self {
                Self::OtherCase => name.to_lowercase(),
                _ => name.clone(),
            };
            members.push(format!("\"{name}\":{value}"));
        }
        match self {
            Self::ExtraMembers => members.push("\"Extra\":{\"a\":[1,null]}".to_owned()),
            Self::RepeatedMembers => members.extend(members.clone()),
            _ => {}
        }
        format!("{{{}}}", members.join(","))
    }

    fn value(self, name: &str, value: &str) -> String {
        let float = value.parse::<f64>().ok();
        match (self, name, float) {
            (Self::NullAsEmptyText, _, _) if is_note(name) && value == "null" => "\"\"".to_owned(),
            (Self::EmptyTextAsNull, _, _) if is_note(name) && value == "\"\"" => "null".to_owned(),
            (Self::FloatDigits(digits), "Score", Some(float)) => {
                let rounded = format!("{float:.*e}", digits - 1);
                let rounded: f64 = rounded.parse().expect("a float");
                rounded.to_string()
            }
            (Self::FloatExponents, "Score", Some(float)) => format!("{float:e}"),
            (Self::SevenSecondDigits | Self::FewSecondDigits, "Due", _) if value != "null" => {
                let text = value.trim_matches('"');
                let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
                match self {
                    Self::SevenSecondDigits => format!("\"{seconds}.{fraction:0<7}\""),
                    _ if fraction.trim_end_matches('0').is_empty() => format!("\"{seconds}\""),
                    _ => format!("\"{seconds}.{}\"", fraction.trim_end_matches('0')),
                }
            }
            (Self::KeysAsText, "PK_ID", Some(_)) => format!("\"{value}\""),
            _ => value.to_owned(),
        }
    }

    fn total(self, pagination: &str) -> String {
        let Self::WrongTotal(by) = self else {
            return pagination.to_owned();
        };
        let members: Option<BTreeMap<String, i64>> =
            serde_json::from_str(pagination).expect("the pagination");
        let members = members.map(|members| {
            let members = members.into_iter().map(|(name, count)| {
                let by = if name.eq_ignore_ascii_case("totalCount") {
                    by
                } else {
                    0
                };
                (name, (count + by).max(0))
            });
            members.collect::<BTreeMap<_, _>>()
        });
        serde_json::to_string(&members).expect("JSON")
    }
}

/// Whether a column has texts whose blanks are rewritten.
fn is_note(name: &str) -> bool {
    name.starts_with("Note")
}
