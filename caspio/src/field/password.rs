//! Passwords: written, never read.

use super::{FieldType, FieldValue, ToValue, kind};
use secrecy::SecretString;

/// The password of a record, to be written.
///
/// Caspio keeps a hash and never returns it, so a password can be inserted, set and reset, but neither selected nor
/// compared. A record that was read holds [`Password::unread`], which is never sent. `Debug` does not show it, and its
/// memory is zeroed when it is dropped.
///
/// ```
/// use caspio::prelude::*;
/// use caspio::Password;
///
/// #[derive(CaspioTable)]
/// #[caspio(table = "Members")]
/// struct Member {
///     email: String,
///     #[caspio(password)]
///     secret: Password,
/// }
///
/// let member = Member { email: "a@b.c".into(), secret: "correct horse".into() };
/// assert!(!format!("{:?}", member.secret).contains("horse"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Password(Option<SecretString>);

impl Password {
    /// Creates a password.
    #[must_use]
    pub fn new(password: impl Into<SecretString>) -> Self {
        Self(Some(password.into()))
    }

    /// Creates the value that a record holds instead of its password after it was read. It is never sent.
    #[must_use]
    pub fn unread() -> Self {
        Self(None)
    }

    /// Returns the password; `None` for one that was not read.
    #[must_use]
    pub fn secret(&self) -> Option<&SecretString> {
        self.0.as_ref()
    }
}

impl From<&str> for Password {
    fn from(password: &str) -> Self {
        Self::new(password.to_owned())
    }
}

impl From<String> for Password {
    fn from(password: String) -> Self {
        Self::new(password)
    }
}

impl From<SecretString> for Password {
    fn from(password: SecretString) -> Self {
        Self::new(password)
    }
}

impl FieldType for Password {
    type Kind = kind::Password;
    type Value = Self;
    const EXPECTED: &'static str = "a password, which is never read";
}

impl ToValue for Password {
    fn to_value(&self) -> FieldValue<'_> {
        match &self.0 {
            Some(password) => FieldValue::Secret(password.clone()),
            None => FieldValue::Absent,
        }
    }
}
