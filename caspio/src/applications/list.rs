//! The Bridge applications of an account.

use super::application::{Application, ApplicationInfo};
use super::id::ApplicationId;
use crate::client::Client;
use crate::dialect::ApplicationJson;
use caspio_core::{Operation, Result};

const LIST: &str = "applications.list";

/// The Bridge applications of an account. Created by [`Client::applications`].
#[derive(Clone, Debug)]
pub struct Applications {
    client: Client,
}

impl Client {
    /// Returns the Bridge applications of the account. Makes no call.
    ///
    /// ```no_run
    /// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
    /// let applications = caspio.applications().list().await?;
    /// println!("{} applications", applications.len());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn applications(&self) -> Applications {
        Applications {
            client: self.clone(),
        }
    }
}

impl Applications {
    /// Returns all Bridge applications that the API profile may read. One call; on v4 one for every 1,000.
    ///
    /// # Errors
    ///
    /// The error of the call.
    pub fn list(&self) -> impl Future<Output = Result<Vec<ApplicationInfo>>> + Send + use<> {
        let client = self.client.clone();
        async move {
            let dialect = client.dialect();
            let url = dialect.applications().list_url(client.base());
            let list = client.every_object(dialect, &url, Operation::new(LIST));
            let list: Vec<ApplicationJson> = list.await?;
            Ok(list.into_iter().map(ApplicationInfo::from).collect())
        }
    }

    /// Returns the application with this id. Makes no call, and the application need not exist.
    #[must_use]
    pub fn application(&self, id: impl Into<ApplicationId>) -> Application {
        Application::new(self.client.clone(), id.into())
    }
}
