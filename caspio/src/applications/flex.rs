//! Flex applications, which v4 lists.

use super::id::ApplicationId;
use super::resource::{Resource, explained};
use crate::client::Client;
use crate::dialect::FlexJson;
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Operation, Result, Url};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::Value;
use std::collections::BTreeMap;

const LIST: &str = "flex_applications.list";
const INFO: &str = "flex_applications.info";

/// The Flex applications of an account. Created by [`Client::flex_applications`].
#[derive(Clone, Debug)]
pub struct FlexApplications {
    client: Client,
}

/// A Flex application.
///
/// Caspio does not publish what is reported of it. Its id and its name are those that every object of v4 has, fact
/// `flex-applications`; the members beside them are returned as they are.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct FlexApplication {
    /// Its id.
    pub id: Option<ApplicationId>,
    /// Its name.
    pub name: Option<String>,
    /// The other members of the response.
    pub others: BTreeMap<String, Value>,
}

impl Client {
    /// Returns the Flex applications of the account. Makes no call.
    ///
    /// ```no_run
    /// # async fn example(caspio: caspio::Client) -> caspio::Result<()> {
    /// // `api_version(ApiVersion::V4)`
    /// for application in caspio.flex_applications().list().await? {
    ///     println!("{:?}", application.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn flex_applications(&self) -> FlexApplications {
        FlexApplications {
            client: self.clone(),
        }
    }
}

impl FlexApplications {
    /// Returns all Flex applications that the API profile may read. One call for every 1,000.
    ///
    /// # Errors
    ///
    /// `Refused`, without a call: the client uses v2 or v3, which have no such operation.
    pub fn list(&self) -> impl Future<Output = Result<Vec<FlexApplication>>> + Send + use<> {
        let client = self.client.clone();
        async move {
            let dialect = client.dialect();
            let url = dialect.applications().flex_url(client.base());
            let url = url.ok_or_else(|| refused(&client).with_operation(LIST))?;
            let list = client.every_object(dialect, &url, Operation::new(LIST));
            let list: Vec<FlexJson> = list.await?;
            Ok(list.into_iter().map(FlexApplication::from).collect())
        }
    }

    /// Reads what the service reports of the Flex application with this id. One call.
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such application. `Refused`, without a call: the client uses v2 or v3.
    pub fn get(&self, id: impl Into<ApplicationId>) -> BoxFuture<'static, Result<FlexApplication>> {
        let (client, id) = (self.client.clone(), id.into());
        async move { read(&client, id).await.map_err(explained) }.boxed()
    }
}

async fn read(client: &Client, id: ApplicationId) -> Result<FlexApplication> {
    let resource = Resource::application(id.as_str());
    resource.check(INFO, &[id.as_str()])?;
    let dialect = client.dialect();
    let url: Option<Url> = dialect
        .applications()
        .one_flex_url(client.base(), id.as_str());
    let url = url.ok_or_else(|| resource.with_context(INFO, refused(client)))?;
    let found = client.object(dialect, url, resource.operation(INFO));
    let found: FlexJson = found.await?;
    let mut application = FlexApplication::from(found);
    application.id.get_or_insert(id);
    Ok(application)
}

fn refused(client: &Client) -> Error {
    let version = client.dialect().version();
    let message = format!("{version} of the API has no operations on Flex applications");
    Error::new(ErrorKind::Refused, message).with_hint("use v4, by `ClientBuilder::api_version`")
}

impl From<FlexJson> for FlexApplication {
    fn from(json: FlexJson) -> Self {
        Self {
            id: json.id.map(ApplicationId::from),
            name: json.name,
            others: json.others,
        }
    }
}
