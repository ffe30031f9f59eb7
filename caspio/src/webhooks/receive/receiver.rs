//! Receives deliveries: verifies them, and passes each on once.

use super::delivery::Delivery;
use super::memory::{Claim, Known, Memory};
use super::message::{Members, Message};
use super::payload::Payload;
use super::rejection::Rejection;
use super::signature::{is_secret, is_signed};
use caspio_core::error::ErrorContext as _;
use caspio_core::http::{HeaderMap, HeaderName};
use caspio_core::secrecy::{ExposeSecret as _, SecretString};
use caspio_core::{Error, ErrorKind, Result};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

/// The size that Caspio's messages do not exceed (documented).
const BODY_LIMIT: usize = 10 * 1024 * 1024;

/// How many handled deliveries are remembered, unless it is set.
const REMEMBERED: usize = 100_000;

/// The most values of the signature's header that are compared.
const MOST_SIGNATURES: usize = 8;

/// Receives the messages of webhooks: genuine ones, each once.
///
/// A delivery is verified before anything in it is used, by the HMAC-SHA256 of its body or by the secret in it. It is
/// passed on once: the service delivers at least once (documented), and whoever has seen a message can send it again.
/// What identifies it is its `messageId` together with its content; the last 100,000 are remembered, in memory. So a
/// repetition is passed on after a restart, or to another process.
///
/// Clones share the secrets and what they remember.
///
/// ```no_run
/// use caspio::SecretString;
/// use caspio::http::HeaderMap;
/// use caspio::prelude::*;
/// use caspio::webhooks::{Event, Receiver};
///
/// # fn example(secret: SecretString, headers: HeaderMap, body: Vec<u8>) -> Result<(), Box<dyn std::error::Error>> {
/// let receiver = Receiver::signed("X-Caspio-Signature").secret(secret).build()?;
///
/// let delivery = receiver.receive::<Event<RecordMap>>(&headers, &body)?;
/// if let Event::Inserted(records) = delivery.payload() {
///     println!("{} new records", records.len());
/// }
/// let answer = delivery.handled(); // answer.status() is that of the response
/// # Ok(())
/// # }
/// ```
///
/// With the feature `axum`, a [`Delivery`] is an extractor; with `tower`, `Receiver::service` returns a
/// service.
#[derive(Clone)]
pub struct Receiver {
    inner: Arc<Inner>,
}

struct Inner {
    secrets: RwLock<Vec<SecretString>>,
    proof: Proof,
    body_limit: usize,
    max_age: Option<Duration>,
    memory: Arc<Memory>,
}

/// What proves that a delivery is genuine.
#[derive(Clone, Debug)]
enum Proof {
    /// The signature in a header; the secret in the body if there is no such header and `or_secret` is set.
    Signature { header: HeaderName, or_secret: bool },
    /// The secret in the body.
    Secret,
}

impl Receiver {
    /// Creates a receiver that verifies the signature in a header. Since version 73.0 Caspio signs its messages, but
    /// has not published the header's name: look at a message that it sends.
    ///
    /// The signature may be hexadecimal or base64, also with `sha256=` before it (inferred, fact
    /// `signature-of-messages`).
    pub fn signed(header: &str) -> ReceiverBuilder {
        ReceiverBuilder::new(Some(header.to_owned()))
    }

    /// Creates a receiver that compares the member `secret` of the message, which Caspio's own payload contains.
    ///
    /// A signature proves more: the secret itself is in every message, and whoever reads one can send others. Prefer
    /// [`signed`](Self::signed) if the account signs.
    pub fn by_secret_in_payload() -> ReceiverBuilder {
        ReceiverBuilder::new(None)
    }

    /// Verifies a delivery and decodes it. Makes no call.
    ///
    /// `body` is the body as it came: a body that was parsed and written again has another signature. The delivery is
    /// handled when [`Delivery::handle`] or [`Delivery::handled`] ends; until then, others of the same message are
    /// [`InProgress`](Rejection::InProgress).
    ///
    /// # Errors
    ///
    /// Why it is not passed on; answer it with [`Rejection::status`]. A genuine delivery that cannot be read is also
    /// logged, at `WARN`: the service gives up at some time, and its content is lost.
    pub fn receive<P: Payload>(
        &self,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Delivery<P>, Rejection> {
        if body.len() > self.body_limit() {
            return Err(Rejection::TooLarge(self.body_limit()));
        }
        self.check_presence(headers)?;
        match &self.inner.proof {
            Proof::Signature { header, .. } if headers.contains_key(header) => {
                self.check_signature(headers, header, body)?;
                self.pass::<P>(body, Checked::Genuine)
            }
            _ => self.pass::<P>(body, Checked::Nothing),
        }
    }

    /// Refuses a delivery without a signature if nothing else can prove that it is genuine. Its body is not needed.
    pub(super) fn check_presence(&self, headers: &HeaderMap) -> Result<(), Rejection> {
        match &self.inner.proof {
            Proof::Signature {
                header,
                or_secret: false,
            } if !headers.contains_key(header) => Err(Rejection::Unsigned),
            _ => Ok(()),
        }
    }

    fn check_signature(
        &self,
        headers: &HeaderMap,
        header: &HeaderName,
        body: &[u8],
    ) -> Result<(), Rejection> {
        let secrets = self.secrets();
        let values = headers.get_all(header).iter().take(MOST_SIGNATURES);
        let texts = values.filter_map(|value| value.to_str().ok());
        match is_signed(&secrets, body, texts) {
            true => Ok(()),
            false => Err(Rejection::WrongSignature),
        }
    }

    fn pass<P: Payload>(&self, body: &[u8], checked: Checked) -> Result<Delivery<P>, Rejection> {
        let members = Members::read(body).map_err(|error| match checked {
            Checked::Genuine => unreadable(error),
            Checked::Nothing => Rejection::Malformed(error),
        })?;
        if checked == Checked::Nothing {
            let given = members.as_ref().and_then(|members| members.text("secret"));
            let given = given.ok_or(Rejection::Unsigned)?;
            if !is_secret(&self.secrets(), &given) {
                return Err(Rejection::WrongSignature);
            }
        }
        let message = members.as_ref().map(Members::message).unwrap_or_default();
        let fingerprint = members.as_ref().and_then(Members::fingerprint);
        let claim = match fingerprint {
            Some(fingerprint) => self.inner.memory.claim(fingerprint).map_err(rejection)?,
            None => Claim::of_nothing(),
        };
        // A handled one is confirmed however old it is, so that the service ends its attempts.
        let max_age = self.inner.max_age;
        if max_age.is_some_and(|age| is_older(&message, age)) {
            return Err(Rejection::TooOld);
        }
        let payload = P::read(body, &message).map_err(unreadable)?;
        Ok(Delivery::new(payload, message, claim))
    }

    /// Replaces the secrets, for example after the secret of a webhook was
    /// [regenerated](crate::webhooks::Webhooks::regenerate_secret). While messages with the old one may still come,
    /// give both.
    ///
    /// # Errors
    ///
    /// `Config`: there is no secret, or one is blank.
    pub fn set_secrets(&self, secrets: impl IntoIterator<Item = SecretString>) -> Result<()> {
        let secrets = checked(secrets.into_iter().collect())?;
        let held = self.inner.secrets.write();
        *held.unwrap_or_else(PoisonError::into_inner) = secrets;
        Ok(())
    }

    /// The most bytes that the body of a delivery may have.
    pub(super) fn body_limit(&self) -> usize {
        self.inner.body_limit
    }

    fn secrets(&self) -> RwLockReadGuard<'_, Vec<SecretString>> {
        let secrets = self.inner.secrets.read();
        secrets.unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a message is older than this, or does not say when it was sent.
fn is_older(message: &Message, age: Duration) -> bool {
    let now = Timestamp::now().to_zoned_datetime(TimeZone::UTC).datetime();
    let oldest = now.checked_sub(age).unwrap_or(DateTime::MIN);
    message.date.is_none_or(|date| date < oldest)
}

/// What was verified of a delivery before its body is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Checked {
    Genuine,
    Nothing,
}

/// The rejection of a genuine delivery that does not decode. The service gives up at some time, so this is logged.
fn unreadable(error: Error) -> Rejection {
    tracing::warn!(%error, "a genuine webhook delivery cannot be read");
    Rejection::Malformed(error)
}

fn rejection(known: Known) -> Rejection {
    match known {
        Known::InProgress => Rejection::InProgress,
        Known::Handled => Rejection::Repeated,
    }
}

/// Returns the secrets, if a delivery that nobody signed cannot meet them.
fn checked(secrets: Vec<SecretString>) -> Result<Vec<SecretString>> {
    let is_blank = |secret: &SecretString| secret.expose_secret().trim().is_empty();
    let message = match secrets.as_slice() {
        [] => "a receiver of webhooks needs a secret",
        secrets if secrets.iter().any(is_blank) => "the secret of a webhook is blank",
        _ => return Ok(secrets),
    };
    Err(Error::new(ErrorKind::Config, message)
        .with_operation(super::OPERATION)
        .with_hint("the secret is returned when a webhook is created, and when it is regenerated"))
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("proof", &self.inner.proof)
            .field("body_limit", &self.inner.body_limit)
            .finish_non_exhaustive()
    }
}

/// The settings of a [`Receiver`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build`"]
pub struct ReceiverBuilder {
    header: Option<String>,
    or_secret: bool,
    secrets: Vec<SecretString>,
    body_limit: usize,
    max_age: Option<Duration>,
    remembered: usize,
}

impl ReceiverBuilder {
    fn new(header: Option<String>) -> Self {
        Self {
            header,
            or_secret: false,
            secrets: Vec::new(),
            body_limit: BODY_LIMIT,
            max_age: None,
            remembered: REMEMBERED,
        }
    }

    /// Adds a secret. A delivery that is signed with any of them is genuine, so that the old and the new one hold while
    /// a secret is replaced, and several webhooks can share a URL path.
    pub fn secret(mut self, secret: impl Into<SecretString>) -> Self {
        self.secrets.push(secret.into());
        self
    }

    /// Accepts a delivery without the signature's header if its member `secret` is right. A wrong signature is refused
    /// all the same.
    pub fn or_secret_in_payload(mut self) -> Self {
        self.or_secret = true;
        self
    }

    /// Sets the most bytes that a body may have; default: 10 MB, which Caspio's messages do not exceed (documented).
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Refuses messages whose `eventDate` is longer ago than this, or that have none; default: none are refused. One
    /// that is remembered as handled is [`Repeated`](Rejection::Repeated), however old it is.
    ///
    /// It keeps messages of long ago, which are no longer remembered, from being sent again by somebody who has seen
    /// them. Caspio's own further attempts may come late, too: what they contain is found by a
    /// [`Sweep`](crate::webhooks::Sweep).
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = Some(age);
        self
    }

    /// Sets how many handled deliveries are remembered; default: 100,000, which take about 5 MB.
    pub fn remembered(mut self, deliveries: usize) -> Self {
        self.remembered = deliveries;
        self
    }

    /// Creates the receiver.
    ///
    /// # Errors
    ///
    /// `Config`: there is no secret, one is blank, or the header's name is not that of a header.
    pub fn build(self) -> Result<Receiver> {
        let proof = match self.header {
            Some(name) => Proof::Signature {
                header: header(&name)?,
                or_secret: self.or_secret,
            },
            None => Proof::Secret,
        };
        let inner = Inner {
            secrets: RwLock::new(checked(self.secrets)?),
            proof,
            body_limit: self.body_limit,
            max_age: self.max_age,
            memory: Arc::new(Memory::new(self.remembered)),
        };
        Ok(Receiver {
            inner: Arc::new(inner),
        })
    }
}

fn header(name: &str) -> Result<HeaderName> {
    name.parse().map_err(|_| {
        let message = format!("{name:?} is not the name of a header");
        Error::new(ErrorKind::Config, message).with_operation(super::OPERATION)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webhooks::{Custom, signature};

    /// The answer to the first attempt was lost. The next one comes when the message is too old.
    #[test]
    fn a_handled_message_is_confirmed_however_old_it_is() {
        let builder = Receiver::signed("x-signature").secret("s");
        let young = builder.clone().build().expect("a receiver");
        let strict = builder.max_age(Duration::from_secs(60));
        let mut strict = strict.build().expect("a receiver");
        let inner = Arc::get_mut(&mut strict.inner).expect("no clone");
        inner.memory = Arc::clone(&young.inner.memory);
        let receive = |receiver: &Receiver| {
            let body = br#"{"messageId":"m","eventDate":"2020-01-01T00:00:00"}"#;
            let signed = signature(&"s".into(), body).parse().expect("a value");
            let headers = HeaderMap::from_iter([(HeaderName::from_static("x-signature"), signed)]);
            receiver.receive::<Custom<serde_json::Value>>(&headers, body)
        };

        assert!(matches!(receive(&strict), Err(Rejection::TooOld)));
        let _ = receive(&young).expect("it was not claimed").handled();

        assert!(matches!(receive(&strict), Err(Rejection::Repeated)));
    }
}
