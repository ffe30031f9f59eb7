//! The log of the latest calls.

use jiff::Timestamp;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How many calls are kept.
const CALLS: usize = 500;
/// Longer paths are cut.
const LONGEST: usize = 300;

/// One of the latest calls, from [`Emulator::latest_calls`](crate::Emulator::latest_calls).
///
/// It contains no secret: token requests have no body and no query, and passwords in bodies are replaced by `***`.
#[derive(Clone, Debug)]
#[cfg_attr(
    not(feature = "page"),
    allow(
        dead_code,
        reason = "only the page shows the time and the ignored parameters"
    )
)]
pub struct LoggedCall {
    /// The emulator's time.
    pub(crate) at: Timestamp,
    pub(crate) method: String,
    /// The path, with the query if it is an operation; other queries may hold a secret.
    pub(crate) path: String,
    /// The whole URL, encoded, with the query under the same condition.
    pub(crate) url: String,
    pub(crate) body: LoggedBody,
    /// The names of parameters that no operation reads.
    pub(crate) ignored: String,
    pub(crate) operation: &'static str,
    /// 0 if the connection was reset before a response.
    pub(crate) status: u16,
    pub(crate) taken: Duration,
    pub(crate) rows: u64,
}

/// The body of a logged call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "page"),
    allow(dead_code, reason = "only the page shows why a body was not kept")
)]
pub(crate) enum LoggedBody {
    None,
    /// JSON without its secrets.
    Json(String),
    /// Why a body was not kept.
    NotKept(String),
}

impl LoggedCall {
    /// Returns the operation's name, as [`Calls`](crate::Calls) has it.
    pub fn operation(&self) -> &str {
        self.operation
    }

    /// Returns the method of the request, such as `POST`.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Returns the path of the request with its query, decoded, cut after 300 characters.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the JSON body of the request. It is `None` if there was none or the call was refused before it was read,
    /// and for a body that is not kept: one above 8 KB, a form, text that is not JSON, a password, a request for a
    /// token.
    pub fn body(&self) -> Option<&str> {
        match &self.body {
            LoggedBody::Json(text) => Some(text),
            LoggedBody::None | LoggedBody::NotKept(_) => None,
        }
    }

    /// Returns the status of the response; `None` if the connection was reset instead.
    pub fn status(&self) -> Option<u16> {
        (self.status != 0).then_some(self.status)
    }

    /// Returns how many records the response contained.
    pub fn rows_sent(&self) -> u64 {
        self.rows
    }

    /// Returns a command for a shell that sends the request again. It reads the token from the variable `token`, the
    /// credentials of a token request from `client_id` and `client_secret`, and a body that was not kept from a file.
    pub fn to_curl(&self) -> String {
        let mut command = match self.method.as_str() {
            "GET" => "curl ".to_owned(),
            method => format!("curl -X {method} "),
        };
        command += &quoted(&self.url);
        if self.operation == "Token" {
            return command + " -u \"$client_id:$client_secret\" -d grant_type=client_credentials";
        }
        command += " -H \"Authorization: Bearer $token\"";
        let data = match &self.body {
            LoggedBody::None => return command,
            LoggedBody::Json(text) => quoted(text),
            LoggedBody::NotKept(_) => "@body".to_owned(),
        };
        command + " -H 'Content-Type: application/json' --data-binary " + &data
    }
}

/// Quotes a text for a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The latest 500 calls, newest first.
#[derive(Debug, Default)]
pub(crate) struct Log(Mutex<VecDeque<LoggedCall>>);

impl Log {
    pub(crate) fn note(&self, mut entry: LoggedCall) {
        if let Some((at, _)) = entry.path.char_indices().nth(LONGEST) {
            entry.path.truncate(at);
            entry.path.push('…');
        }
        let mut entries = self.lock();
        entries.truncate(CALLS - 1);
        entries.push_front(entry);
    }

    pub(crate) fn entries(&self) -> Vec<LoggedCall> {
        self.lock().iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<LoggedCall>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: String) -> LoggedCall {
        LoggedCall {
            at: Timestamp::UNIX_EPOCH,
            method: "GET".into(),
            url: format!("http://localhost/{path}"),
            path,
            body: LoggedBody::None,
            ignored: String::new(),
            operation: "ListTables",
            status: 200,
            taken: Duration::ZERO,
            rows: 0,
        }
    }

    #[test]
    fn the_last_500_calls_are_kept_newest_first() {
        let log = Log::default();
        for number in 0..600 {
            log.note(entry(number.to_string()));
        }

        let paths: Vec<_> = log.entries().into_iter().map(|entry| entry.path).collect();

        assert_eq!(paths.len(), 500);
        assert_eq!((paths[0].as_str(), paths[499].as_str()), ("599", "100"));
    }

    #[test]
    fn long_path_is_cut_between_characters() {
        let log = Log::default();
        log.note(entry("é".repeat(400)));

        assert_eq!(log.entries()[0].path, format!("{}…", "é".repeat(300)));
    }

    #[test]
    fn curl_command_quotes_texts_and_has_no_token() {
        let mut call = entry("o'clock".into());
        call.method = "POST".into();
        call.body = LoggedBody::Json(r#"{"A":"it's"}"#.into());

        assert_eq!(
            call.to_curl(),
            r#"curl -X POST 'http://localhost/o'\''clock' -H "Authorization: Bearer $token" "#
                .to_owned()
                + r#"-H 'Content-Type: application/json' --data-binary '{"A":"it'\''s"}'"#
        );
    }
}
