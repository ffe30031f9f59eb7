//! One DataPage of a Bridge application.

use super::id::{ApplicationId, DataPageKey};
use super::method::DeploymentMethod;
use super::resource::{Resource, explained};
use crate::client::Client;
use crate::dialect::{ApplicationRequests, DataPageJson, Pages};
use caspio_core::error::ErrorContext as _;
use caspio_core::{Error, ErrorKind, Request, Result};
use jiff::civil::DateTime;

const INFO: &str = "datapages.info";
const CODE: &str = "datapages.code";
const DEPLOY: &str = "datapages.deploy";
const UNDEPLOY: &str = "datapages.undeploy";

/// A DataPage of a Bridge application, by its key. Created by
/// [`Application::data_page`](super::Application::data_page); creating or cloning it makes no call.
#[derive(Clone, Debug)]
pub struct DataPage {
    client: Client,
    application: ApplicationId,
    key: DataPageKey,
}

/// A DataPage, as the service reports it. What is null, empty or missing is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DataPageInfo {
    /// Its key.
    pub key: Option<DataPageKey>,
    /// Its name.
    pub name: Option<String>,
    /// The name of its application.
    pub application: Option<String>,
    /// The path of its folder, such as `/Public Interfaces`.
    pub folder: Option<String>,
    /// Its type, such as `WEBFORM`. The words are not documented.
    pub kind: Option<String>,
    /// When it was created, in UTC.
    pub created: Option<DateTime>,
    /// When it was changed last, in UTC.
    pub modified: Option<DateTime>,
    /// Who created it.
    pub created_by: Option<String>,
    /// Who changed it last.
    pub modified_by: Option<String>,
    /// The note that it has in Caspio.
    pub note: Option<String>,
}

impl DataPage {
    pub(super) fn new(client: Client, application: ApplicationId, key: DataPageKey) -> Self {
        Self {
            client,
            application,
            key,
        }
    }

    /// Returns the DataPage's key.
    #[must_use]
    pub fn key(&self) -> &DataPageKey {
        &self.key
    }

    /// Reads what the service reports of the DataPage. One call.
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such application or DataPage, or the API profile may not read it.
    pub fn info(&self) -> impl Future<Output = Result<DataPageInfo>> + Send + use<> {
        let this = self.clone();
        async move { this.read().await.map_err(explained) }
    }

    async fn read(&self) -> Result<DataPageInfo> {
        let resource = self.checked(INFO)?;
        let dialect = self.client.dialect();
        let (application, key) = self.ids();
        let requests = dialect.applications();
        let url = requests.page_url(self.client.base(), application, key);
        let page = self.client.object(dialect, url, resource.operation(INFO));
        let page: DataPageJson = page.await?;
        let mut info = DataPageInfo::from(page);
        info.key.get_or_insert_with(|| self.key.clone());
        Ok(info)
    }

    /// Returns the code that embeds or links the DataPage; for [`DeploymentMethod::Url`] its URL. One call.
    ///
    /// # Errors
    ///
    /// `Refused`, without a call: the version of the API does not have the method. `NotFound`: there is no such
    /// DataPage.
    pub fn code(
        &self,
        method: DeploymentMethod,
    ) -> impl Future<Output = Result<String>> + Send + use<> {
        let this = self.clone();
        async move { this.read_code(method).await.map_err(explained) }
    }

    async fn read_code(&self, method: DeploymentMethod) -> Result<String> {
        let resource = self.checked(CODE)?;
        let dialect = self.client.dialect();
        let requests = dialect.applications();
        if !requests.methods.contains(method.letter()) {
            let version = dialect.version();
            let message = format!("{version} of the API has no code for the method `{method}`");
            let hint = "use v2, by `ClientBuilder::api_version`, or the method `Url`";
            return Err(resource.refused(CODE, message).with_hint(hint));
        }
        let (application, key) = self.ids();
        let base = self.client.base();
        let url = requests.code_url(base, application, key, method.letter());
        let request = Request::get(url, resource.operation(CODE));
        let response = self.client.send(request).await?;
        let code = ApplicationRequests::code(response.body(), dialect.rows_member());
        code.ok_or_else(|| {
            let message = "the response contains no code of a DataPage";
            resource.with_context(CODE, Error::new(ErrorKind::Protocol, message))
        })
    }

    /// Deploys the DataPage. One call, which is repeated after a lost response.
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such DataPage. `Permission`: the API profile may not deploy it.
    pub fn deploy(&self) -> impl Future<Output = Result<()>> + Send + use<> {
        let this = self.clone();
        async move { this.set_deployed(true, DEPLOY).await.map_err(explained) }
    }

    /// Undeploys the DataPage, so that its visitors see it no more. One call, which is repeated after a lost response.
    ///
    /// # Errors
    ///
    /// As for [`deploy`](Self::deploy).
    pub fn undeploy(&self) -> impl Future<Output = Result<()>> + Send + use<> {
        let this = self.clone();
        async move { this.set_deployed(false, UNDEPLOY).await.map_err(explained) }
    }

    async fn set_deployed(&self, deployed: bool, name: &'static str) -> Result<()> {
        let resource = self.checked(name)?;
        let (application, key) = self.ids();
        let requests = self.client.dialect().applications();
        let (base, operation) = (self.client.base(), resource.operation(name));
        let request = requests.deploy(base, application, Pages::One(key), deployed, operation);
        self.client.send(request).await.map(drop)
    }

    fn ids(&self) -> (&str, &str) {
        (self.application.as_str(), self.key.as_str())
    }

    fn checked(&self, operation: &'static str) -> Result<Resource> {
        let (application, key) = self.ids();
        let resource = Resource::data_page(key);
        resource.check(operation, &[application, key])?;
        match ApplicationRequests::is_operation(key) {
            true => Err(resource.refused(operation, "no DataPage has this key")),
            false => Ok(resource),
        }
    }
}

impl From<DataPageJson> for DataPageInfo {
    fn from(json: DataPageJson) -> Self {
        Self {
            key: json.key.map(DataPageKey::from),
            name: json.name,
            application: json.application,
            folder: json.folder,
            kind: json.kind,
            created: json.created,
            modified: json.modified,
            created_by: json.created_by,
            modified_by: json.modified_by,
            note: json.note,
        }
    }
}
