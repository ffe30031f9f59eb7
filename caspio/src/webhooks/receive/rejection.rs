//! Why a delivery is not passed on, and the status that answers it.

use caspio_core::Error;
use caspio_core::http::StatusCode;
use std::fmt;

/// Why a delivery is not passed on to the program.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Rejection {
    /// It has no signature, or no secret where the secret is expected. Status 401.
    Unsigned,
    /// Its signature, or its secret, is wrong. Status 403.
    WrongSignature,
    /// Its message is older than the receiver accepts. Status 403.
    TooOld,
    /// Its body has more bytes than the limit. Status 413.
    TooLarge(usize),
    /// It is not what is expected: not JSON, of another table, or a record that does not fit the struct. Status 400.
    Malformed(Error),
    /// It is being handled at this moment. Status 503, so that it is delivered again if the first handler fails.
    InProgress,
    /// It was handled before. Status 200, so that it is not delivered again.
    Repeated,
    /// The request is not a POST. Status 405.
    NotPost,
}

impl Rejection {
    /// Returns the status that answers the delivery.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Unsigned => StatusCode::UNAUTHORIZED,
            Self::WrongSignature | Self::TooOld => StatusCode::FORBIDDEN,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::InProgress => StatusCode::SERVICE_UNAVAILABLE,
            Self::Repeated => StatusCode::OK,
            Self::NotPost => StatusCode::METHOD_NOT_ALLOWED,
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsigned => f.write_str("the delivery has no signature or secret"),
            Self::WrongSignature => f.write_str("the signature or secret of the delivery is wrong"),
            Self::TooOld => f.write_str("the message is older than the receiver accepts"),
            Self::TooLarge(limit) => write!(f, "the delivery has more than {limit} bytes"),
            Self::Malformed(error) => error.fmt(f),
            Self::InProgress => f.write_str("the delivery is being handled at this moment"),
            Self::Repeated => f.write_str("the delivery was handled before"),
            Self::NotPost => f.write_str("a delivery is a POST"),
        }
    }
}

impl std::error::Error for Rejection {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Malformed(error) => Some(error),
            _ => None,
        }
    }
}
