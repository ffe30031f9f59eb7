//! The service's own description of its errors.
//!
//! ```no_run
//! # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
//! if let Some(error) = caspio.error_code("InvalidInputValue").await? {
//!     println!("{:?}: {:?}", error.message, error.remediation);
//! }
//! # Ok(())
//! # }
//! ```

use crate::client::Client;
use crate::decode::{decode_list, decode_object};
use crate::dialect::{self, ErrorJson};
use crate::text_id;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Operation, Request, Result};

const LIST: &str = "errors.list";
const INFO: &str = "errors.info";

/// The most codes that one call returns.
const MOST_CODES: usize = 1000;

/// An error of the service, as the service describes it. What is null, empty or missing is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorDescription {
    /// Its code, which [`Error::code`](crate::Error::code) returns.
    pub code: Option<String>,
    /// Its HTTP status.
    pub status: Option<u16>,
    /// Its message.
    pub message: Option<String>,
    /// A note about its cause.
    pub note: Option<String>,
    /// What to do about it.
    pub remediation: Option<String>,
    /// Where it is documented.
    pub documentation: Option<String>,
}

impl Client {
    /// Returns the errors that the service describes. One call of v4, with any version of the client, because only v4
    /// has this operation; it needs no token, and none is requested for it.
    ///
    /// # Errors
    ///
    /// `NotFound`: the account does not support v4. `Incomplete`: there are more than 1,000.
    pub fn error_codes(
        &self,
    ) -> impl Future<Output = Result<Vec<ErrorDescription>>> + Send + use<> {
        let client = self.clone();
        async move {
            let url = dialect::errors_url(client.account());
            let url = dialect::page_url(url, 1, MOST_CODES);
            let request = Request::get(url, Operation::new(LIST)).public();
            let response = client.send(request).await?;
            let errors = decode_list(response.body(), dialect::with_discovery());
            let errors: Vec<ErrorJson> = errors.map_err(|error| error.with_operation(LIST))?;
            Ok(errors.into_iter().map(ErrorDescription::from).collect())
        }
    }

    /// Returns the service's description of an error; `None` if it knows no such code. One call of v4, with any version
    /// of the client, without a token.
    ///
    /// # Errors
    ///
    /// `Refused`, without a call: the text cannot be a code.
    pub fn error_code(
        &self,
        code: &str,
    ) -> impl Future<Output = Result<Option<ErrorDescription>>> + Send + use<> {
        let (client, code) = (self.clone(), code.to_owned());
        async move {
            let operation = Operation::new(INFO).on(format!("error {code:?}"));
            text_id::check(&code).map_err(|error| error.with_operation(INFO))?;
            let url = dialect::error_url(client.account(), &code);
            let response = match client.send(Request::get(url, operation).public()).await {
                Ok(response) => response,
                Err(error) if error.is_not_found() => return Ok(None),
                Err(error) => return Err(error),
            };
            let error = decode_object(response.body(), dialect::with_discovery());
            let error: ErrorJson = error.map_err(|error| error.with_operation(INFO))?;
            let mut described = ErrorDescription::from(error);
            described.code.get_or_insert(code);
            Ok(Some(described))
        }
    }
}

impl From<ErrorJson> for ErrorDescription {
    fn from(json: ErrorJson) -> Self {
        Self {
            code: json.code,
            status: json.status.and_then(|status| status.try_into().ok()),
            message: json.message,
            note: json.note,
            remediation: json.remediation,
            documentation: json.documentation,
        }
    }
}
