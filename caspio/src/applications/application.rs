//! One Bridge application.

use super::data_page::{DataPage, DataPageInfo};
use super::id::{ApplicationId, DataPageKey};
use super::resource::{Resource, explained};
use crate::client::Client;
use crate::dialect::{ApplicationJson, DataPageJson, Pages};
use caspio_core::Result;
use jiff::civil::DateTime;

const INFO: &str = "applications.info";
const PAGES: &str = "datapages.list";
const DEPLOY: &str = "datapages.deploy_all";
const UNDEPLOY: &str = "datapages.undeploy_all";

/// A Bridge application, by its id. Created by [`Applications::application`](super::Applications::application);
/// creating or cloning it makes no call.
#[derive(Clone, Debug)]
pub struct Application {
    client: Client,
    id: ApplicationId,
}

/// A Bridge application, as the service reports it. What is null, empty or missing is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApplicationInfo {
    /// Its id.
    pub id: Option<ApplicationId>,
    /// Its name.
    pub name: Option<String>,
    /// The number of its DataPages.
    pub data_pages: Option<u64>,
    /// When it was created, in UTC.
    pub created: Option<DateTime>,
    /// When it was changed last, in UTC.
    pub modified: Option<DateTime>,
    /// Whether it has the default icon.
    pub has_default_icon: Option<bool>,
    /// The file of its own icon.
    pub icon_file: Option<String>,
}

impl Application {
    pub(super) fn new(client: Client, id: ApplicationId) -> Self {
        Self { client, id }
    }

    /// Returns the application's id.
    #[must_use]
    pub fn id(&self) -> &ApplicationId {
        &self.id
    }

    /// Reads what the service reports of the application. One call.
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such application, or the API profile may not read it.
    pub fn info(&self) -> impl Future<Output = Result<ApplicationInfo>> + Send + use<> {
        let this = self.clone();
        async move { this.read().await.map_err(explained) }
    }

    async fn read(&self) -> Result<ApplicationInfo> {
        let resource = self.checked(INFO)?;
        let dialect = self.client.dialect();
        let url = dialect
            .applications()
            .url(self.client.base(), self.id.as_str());
        let found = self.client.object(dialect, url, resource.operation(INFO));
        let found: ApplicationJson = found.await?;
        let mut info = ApplicationInfo::from(found);
        info.id.get_or_insert_with(|| self.id.clone());
        Ok(info)
    }

    /// Returns all DataPages of the application. One call; on v4 one for every 1,000.
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such application.
    pub fn data_pages(&self) -> impl Future<Output = Result<Vec<DataPageInfo>>> + Send + use<> {
        let this = self.clone();
        async move { this.read_pages().await.map_err(explained) }
    }

    async fn read_pages(&self) -> Result<Vec<DataPageInfo>> {
        let resource = self.checked(PAGES)?;
        let dialect = self.client.dialect();
        let requests = dialect.applications();
        let url = requests.pages_url(self.client.base(), self.id.as_str());
        let pages = self
            .client
            .every_object(dialect, &url, resource.operation(PAGES));
        let pages: Vec<DataPageJson> = pages.await?;
        Ok(pages.into_iter().map(DataPageInfo::from).collect())
    }

    /// Returns the DataPage with this key. Makes no call, and the DataPage need not exist.
    #[must_use]
    pub fn data_page(&self, key: impl Into<DataPageKey>) -> DataPage {
        DataPage::new(self.client.clone(), self.id.clone(), key.into())
    }

    /// Deploys all DataPages of the application. One call, which is repeated after a lost response.
    ///
    /// # Errors
    ///
    /// `NotFound`: there is no such application. `Permission`: the API profile may not deploy it.
    pub fn deploy_all(&self) -> impl Future<Output = Result<()>> + Send + use<> {
        let this = self.clone();
        async move { this.set_deployed(true, DEPLOY).await.map_err(explained) }
    }

    /// Undeploys all DataPages of the application, so that their visitors see them no more. One call, which is repeated
    /// after a lost response.
    ///
    /// # Errors
    ///
    /// As for [`deploy_all`](Self::deploy_all).
    pub fn undeploy_all(&self) -> impl Future<Output = Result<()>> + Send + use<> {
        let this = self.clone();
        async move { this.set_deployed(false, UNDEPLOY).await.map_err(explained) }
    }

    async fn set_deployed(&self, deployed: bool, name: &'static str) -> Result<()> {
        let resource = self.checked(name)?;
        let requests = self.client.dialect().applications();
        let (base, operation) = (self.client.base(), resource.operation(name));
        let request = requests.deploy(base, self.id.as_str(), Pages::All, deployed, operation);
        self.client.send(request).await.map(drop)
    }

    fn checked(&self, operation: &'static str) -> Result<Resource> {
        let resource = Resource::application(self.id.as_str());
        resource.check(operation, &[self.id.as_str()])?;
        Ok(resource)
    }
}

impl From<ApplicationJson> for ApplicationInfo {
    fn from(json: ApplicationJson) -> Self {
        Self {
            id: json.id.map(ApplicationId::from),
            name: json.name,
            data_pages: json.data_pages,
            created: json.created,
            modified: json.modified,
            has_default_icon: json.has_default_icon,
            icon_file: json.icon_file,
        }
    }
}
