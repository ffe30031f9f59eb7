//! Bridge applications, their DataPages and their deployment.

use crate::auth::Rights;
use crate::envelope;
use crate::http::call::Outcome;
use crate::http::route::Route;
use crate::http::{Call, Refusal, Response, Version};
use crate::store::objects::{Application, DataPage};
use crate::store::{date, document};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

pub(crate) const ROUTES: &[Route] = &[
    Route::get("bridgeApplications", "ListBridgeApplications", list),
    Route::get("bridgeApplications/{}", "GetBridgeApplication", get),
    Route::get(
        "bridgeApplications/{}/datapages",
        "ListBridgeApplicationDataPages",
        pages,
    ),
    Route::put(
        "bridgeApplications/{}/datapages/deployment",
        "UpdateBridgeApplicationDataPagesDeployment",
        |call| deploy_all(call, call.read::<Deployment>()?.deployed),
    ),
    Route::get(
        "bridgeApplications/{}/datapages/{}",
        "GetBridgeApplicationDataPage",
        page,
    ),
    Route::get(
        "bridgeApplications/{}/datapages/{}/deployment",
        "GetBridgeApplicationDataPageDeploymentCode",
        code,
    ),
    Route::put(
        "bridgeApplications/{}/datapages/{}/deployment",
        "UpdateBridgeApplicationDataPageDeployment",
        |call| deploy(call, call.read::<Deployment>()?.deployed),
    ),
];

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ApplicationJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    app_name: Option<&'a str>,
    /// The name on v4.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    external_key: &'a str,
    data_pages_count: usize,
    date_created: &'a str,
    date_modified: &'a str,
    default_icon: bool,
    icon_file_name: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct DataPageJson<'a> {
    name: &'a str,
    app_key: &'a str,
    app_name: &'a str,
    path: &'a str,
    r#type: &'a str,
    date_created: &'a str,
    date_modified: &'a str,
    created_by: &'a str,
    modified_by: &'a str,
    note: &'a str,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Deployment {
    #[serde(alias = "deployed")]
    pub(crate) deployed: bool,
}

impl<'a> ApplicationJson<'a> {
    fn new(version: Version, application: &'a Application) -> Self {
        let name = application.name.as_str();
        let is_v4 = version == Version::V4;
        Self {
            app_name: (!is_v4).then_some(name),
            name: is_v4.then_some(name),
            external_key: &application.external_key,
            data_pages_count: application.data_pages.len(),
            date_created: date::to_json(&application.created),
            date_modified: date::to_json(&application.modified),
            default_icon: application.icon.is_none(),
            icon_file_name: application.icon.as_deref().unwrap_or_default(),
        }
    }
}

impl<'a> DataPageJson<'a> {
    fn new(application: &'a Application, page: &'a DataPage) -> Self {
        Self {
            name: &page.name,
            app_key: &page.app_key,
            app_name: &application.name,
            path: &page.path,
            r#type: &page.kind,
            date_created: date::to_json(&page.created),
            date_modified: date::to_json(&page.modified),
            created_by: &page.created_by,
            modified_by: &page.modified_by,
            note: &page.note,
        }
    }
}

pub(crate) fn list(call: &Call<'_>) -> Outcome {
    let applications = call
        .app
        .store
        .read(|connection, _| document::all::<Application>(connection))?;
    let items = call
        .readable(&applications, |application| &application.name)
        .map(|application| ApplicationJson::new(call.version, application))
        .collect();
    envelope::objects(call, "appId", items)
}

fn find(call: &Call<'_>, wanted: Rights) -> Result<Application, Refusal> {
    let application = call
        .app
        .store
        .read(|connection, _| document::get::<Application>(connection, call.segment(0)))?
        .ok_or_else(Refusal::object_not_found)?;
    call.require(&application.name, wanted)?;
    Ok(application)
}

fn find_page<'a>(call: &Call<'_>, application: &'a Application) -> Result<&'a DataPage, Refusal> {
    application
        .data_pages
        .iter()
        .find(|page| page.app_key == call.segment(1))
        .ok_or_else(Refusal::object_not_found)
}

pub(crate) fn get(call: &Call<'_>) -> Outcome {
    let application = find(call, Rights::READ)?;
    envelope::object(
        call,
        "appId",
        &ApplicationJson::new(call.version, &application),
    )
}

pub(crate) fn pages(call: &Call<'_>) -> Outcome {
    let application = find(call, Rights::READ)?;
    let items = application
        .data_pages
        .iter()
        .map(|page| DataPageJson::new(&application, page))
        .collect();
    envelope::objects(call, "appKey", items)
}

pub(crate) fn page(call: &Call<'_>) -> Outcome {
    let application = find(call, Rights::READ)?;
    let page = find_page(call, &application)?;
    envelope::object(call, "appKey", &DataPageJson::new(&application, page))
}

/// Responds with a bare JSON string: the code to embed. Only the form of the URL is recorded, the
/// markup around it is inferred, fact `code-of-applications`.
pub(crate) fn code(call: &Call<'_>) -> Outcome {
    let application = find(call, Rights::READ)?;
    let page = find_page(call, &application)?;
    let method = call
        .params
        .get("method")
        .ok_or_else(Refusal::incorrect_query)?;
    let url = format!(
        "https://{}.caspio.com/dp/{}",
        call.app.settings.account, page.app_key
    );
    let code = embedded(&method.to_lowercase(), &url)
        .or_else(|| {
            only_in_v2(&method.to_lowercase(), &url).filter(|_| call.version == Version::V2)
        })
        .ok_or_else(Refusal::incorrect_query)?;
    Response::json(StatusCode::OK, &code)
}

/// The embed code of the methods that all versions have.
fn embedded(method: &str, url: &str) -> Option<String> {
    Some(match method {
        "url" | "u" => url.to_owned(),
        "iframe" | "i" => format!("<iframe src=\"{url}\"></iframe>"),
        "embedded" | "e" => format!("<script type=\"text/javascript\" src=\"{url}/emb\"></script>"),
        "net" | "n" => format!("<!-- .NET --><script src=\"{url}/net\"></script>"),
        _ => return None,
    })
}

/// The embed code of the methods that only v2 has.
fn only_in_v2(method: &str, url: &str) -> Option<String> {
    Some(match method {
        "f" => format!("<frame src=\"{url}\">"),
        "l" => format!("<a href=\"{url}\">{url}</a>"),
        "p" => format!("<?php readfile('{url}/php'); ?>"),
        "a" => format!("<!-- ASP --><script src=\"{url}/asp\"></script>"),
        "x" => format!("<!-- ASPX --><script src=\"{url}/aspx\"></script>"),
        "b" => url.to_owned(),
        "y" => format!("[caspio frame=\"{url}\"]"),
        "z" => format!("[caspio embed=\"{url}\"]"),
        _ => return None,
    })
}

/// Deploys or undeploys the DataPage of the path.
pub(crate) fn deploy(call: &Call<'_>, deployed: bool) -> Outcome {
    let application = find(call, Rights::DESIGN)?;
    let key = find_page(call, &application)?.app_key.clone();
    set_deployed(call, application, deployed, |page| page.app_key == key)
}

/// Deploys or undeploys every DataPage of an application.
pub(crate) fn deploy_all(call: &Call<'_>, deployed: bool) -> Outcome {
    let application = find(call, Rights::DESIGN)?;
    set_deployed(call, application, deployed, |_| true)
}

fn set_deployed(
    call: &Call<'_>,
    mut application: Application,
    deployed: bool,
    wanted: impl Fn(&DataPage) -> bool,
) -> Outcome {
    for page in application
        .data_pages
        .iter_mut()
        .filter(|page| wanted(page))
    {
        page.deployed = deployed;
    }
    call.app
        .store
        .write(|transaction, _| document::put(transaction, &application))?;
    Ok(call.done())
}
