//! Adds facts to an error.

use super::{Error, ErrorKind};
use crate::percent;
use serde_json::Value;
use std::cmp::Reverse;
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Error {}
}

/// Adds facts to an [`Error`]: for code that reports errors, such as a
/// [`ResponseClassifier`](crate::ResponseClassifier). A program that only reads errors does not need it.
pub trait ErrorContext: sealed::Sealed + Sized {
    /// Sets the kind.
    #[must_use]
    fn with_kind(self, kind: ErrorKind) -> Self;

    /// Sets the name of the operation.
    #[must_use]
    fn with_operation(self, operation: &'static str) -> Self;

    /// Sets the resource of the operation, e.g. `table "Contacts"`.
    #[must_use]
    fn with_resource(self, resource: impl Into<String>) -> Self;

    /// Sets the field or fields that caused the failure.
    #[must_use]
    fn with_field(self, field: impl Into<String>) -> Self;

    /// Sets the key of the record that caused the failure.
    #[must_use]
    fn with_key(self, key: impl Into<String>) -> Self;

    /// Sets the remedy.
    #[must_use]
    fn with_hint(self, hint: impl Into<String>) -> Self;

    /// Sets the source error. It must not contain a secret: `Debug` prints it.
    #[must_use]
    fn with_source(self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self;

    /// Sets the HTTP status.
    #[must_use]
    fn with_status(self, status: u16) -> Self;

    /// Sets the service's own code.
    #[must_use]
    fn with_code(self, code: impl Into<String>) -> Self;

    /// Sets the service's own message.
    #[must_use]
    fn with_service_message(self, message: impl Into<String>) -> Self;

    /// Sets the service's id of the request.
    #[must_use]
    fn with_request_id(self, id: impl Into<String>) -> Self;

    /// Sets how long to wait before the next attempt.
    #[must_use]
    fn with_retry_after(self, wait: Duration) -> Self;

    /// Sets how many times the request was sent.
    #[must_use]
    fn with_attempts(self, attempts: u32) -> Self;

    /// Sets how long the whole call took.
    #[must_use]
    fn with_elapsed(self, elapsed: Duration) -> Self;

    /// Marks a write whose response was lost.
    #[must_use]
    fn with_maybe_applied(self, maybe: bool) -> Self;

    /// Sets the JSON that a write sent. It must not contain a password.
    #[must_use]
    fn with_sent(self, sent: impl Into<String>) -> Self;

    /// Overrides whether the call may be repeated, which the kind decides by default.
    #[must_use]
    fn with_retryable(self, retryable: bool) -> Self;
}

impl ErrorContext for Error {
    fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    fn with_operation(mut self, operation: &'static str) -> Self {
        self.0.operation = Some(operation);
        self
    }

    fn with_resource(mut self, resource: impl Into<String>) -> Self {
        self.0.resource = Some(resource.into());
        self
    }

    fn with_field(mut self, field: impl Into<String>) -> Self {
        self.0.field = Some(field.into());
        self
    }

    fn with_key(mut self, key: impl Into<String>) -> Self {
        self.0.key = Some(key.into());
        self
    }

    fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    fn with_source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    fn with_code(mut self, code: impl Into<String>) -> Self {
        self.0.code = Some(code.into());
        self
    }

    fn with_service_message(mut self, message: impl Into<String>) -> Self {
        self.0.service_message = Some(message.into());
        self
    }

    fn with_request_id(mut self, id: impl Into<String>) -> Self {
        self.0.request_id = Some(id.into());
        self
    }

    fn with_retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    fn with_elapsed(mut self, elapsed: Duration) -> Self {
        self.0.elapsed = Some(elapsed);
        self
    }

    fn with_maybe_applied(mut self, maybe: bool) -> Self {
        self.0.maybe_applied = maybe;
        self
    }

    fn with_sent(mut self, sent: impl Into<String>) -> Self {
        self.0.sent = Some(sent.into());
        self
    }

    fn with_retryable(mut self, retryable: bool) -> Self {
        self.0.retryable = Some(retryable);
        self
    }
}

impl Error {
    /// Redacts a secret from the texts that came from the service, which may echo it, also in another form: as in JSON,
    /// a URL, SQL or HTML.
    ///
    /// A short one is redacted only where it is a whole word: cut out of other words, it could be guessed from them.
    #[must_use]
    pub(crate) fn redact(mut self, secret: &str) -> Self {
        if secret.is_empty() {
            return self;
        }
        for form in &*echoed_forms(secret) {
            for text in self.texts_of_the_service() {
                if text.contains(&**form) {
                    *text = without(text, form);
                }
            }
        }
        self
    }

    /// Shortens the texts that came from the service. Only after every secret is redacted: a part of one would not be
    /// found.
    #[must_use]
    pub(crate) fn shorten(mut self) -> Self {
        for text in self.texts_of_the_service() {
            if let Some((end, _)) = text.char_indices().nth(MAX_TEXT) {
                text.truncate(end);
                text.push('…');
            }
        }
        self
    }

    fn texts_of_the_service(&mut self) -> impl Iterator<Item = &mut String> {
        let inner = &mut *self.0;
        let optional = [
            &mut inner.service_message,
            &mut inner.code,
            &mut inner.request_id,
            &mut inner.field,
            &mut inner.hint,
        ];
        let optional = optional.into_iter().filter_map(Option::as_mut);
        std::iter::once(&mut inner.message).chain(optional)
    }
}

const REDACTED: &str = "[REDACTED]";

/// The longest text of the service in an error.
const MAX_TEXT: usize = 1000;

/// Secrets with fewer characters are often a part of other words by chance.
const SHORT_SECRET: usize = 8;

/// Returns the text with the secret redacted.
fn without(text: &str, secret: &str) -> String {
    if secret.chars().count() >= SHORT_SECRET {
        return text.replace(secret, REDACTED);
    }
    let mut redacted = String::with_capacity(text.len());
    let mut copied = 0;
    for (start, _) in text.match_indices(secret) {
        let end = start + secret.len();
        if continues_word(&text[..start], secret) || starts_inside_word(secret, &text[end..]) {
            continue;
        }
        redacted.push_str(&text[copied..start]);
        redacted.push_str(REDACTED);
        copied = end;
    }
    redacted.push_str(&text[copied..]);
    redacted
}

/// Whether the secret continues a word at the end of the text before it.
fn continues_word(before: &str, secret: &str) -> bool {
    let ends_in_word = before.ends_with(is_part_of_word) && !ends_with_escape(before);
    ends_in_word && secret.starts_with(is_part_of_word)
}

/// Whether the text after the secret continues its last word.
fn starts_inside_word(secret: &str, after: &str) -> bool {
    secret.ends_with(is_part_of_word) && after.starts_with(is_part_of_word)
}

fn is_part_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether the text ends with an escaped character: `%27`, `\n`, `\u0027`.
fn ends_with_escape(text: &str) -> bool {
    let has_escape = |mark: &str, digits: usize| {
        let hex = text.bytes().rev().take_while(u8::is_ascii_hexdigit).count();
        hex >= digits && text[..text.len() - digits].ends_with(mark)
    };
    let mut last = text.chars().rev();
    let one_letter =
        matches!(last.next(), Some('n' | 'r' | 't' | 'b' | 'f')) && last.next() == Some('\\');
    one_letter || has_escape("%", 2) || has_escape("\\u", 4)
}

/// Returns the forms in which a response may echo a secret, the longest first.
fn echoed_forms(secret: &str) -> Zeroizing<Vec<String>> {
    // Texts of the service are shown without control characters and without blanks at their ends.
    let clean = |text: &str| text.replace(char::is_control, " ").trim().to_owned();
    let json = Value::from(secret).to_string();
    let encoded: String = percent::encode(secret).to_string();
    let html = secret
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let mut forms = vec![
        json[1..json.len() - 1].to_owned(),
        encoded.replace("%20", "+"),
        encoded.to_lowercase(),
        encoded,
        secret.replace('\'', "''"),
        secret.replace('"', "\"\""),
        secret.replace('\'', "\\'"),
        html.replace('"', "&quot;").replace('\'', "&#39;"),
        html,
        secret.to_owned(),
    ];
    let cleaned: Vec<_> = forms.iter().map(|form| clean(form)).collect();
    forms.extend(cleaned);
    forms.retain(|form| !form.is_empty());
    forms.sort_by_key(|form| Reverse(form.len()));
    forms.dedup();
    Zeroizing::new(forms)
}
