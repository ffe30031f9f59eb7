//! Webhooks, tasks and applications: v3's operations with v4's methods and paths.

use crate::envelope;
use crate::http::Refusal;
use crate::http::route::Route;
use crate::v3::applications::{self, Deployment, deploy, deploy_all};
use crate::v3::{tasks, webhooks};

pub(super) const ROUTES: &[Route] = &[
    Route::get("outgoingWebhooks", "ListOutgoingWebhooks", webhooks::list),
    Route::post(
        "outgoingWebhooks",
        "CreateOutgoingWebhook",
        webhooks::create,
    ),
    Route::get("outgoingWebhooks/{}", "GetOutgoingWebhook", webhooks::get),
    Route::patch(
        "outgoingWebhooks/{}",
        "UpdateOutgoingWebhook",
        webhooks::update,
    ),
    Route::delete(
        "outgoingWebhooks/{}",
        "DeleteOutgoingWebhook",
        webhooks::delete,
    ),
    Route::patch(
        "outgoingWebhooks/{}/regenerateSecret",
        "RegenerateOutgoingWebhookSecret",
        webhooks::regenerate_secret,
    ),
    Route::get(
        "dataImportExportTasks",
        "ListDataImportExportTasks",
        tasks::list,
    ),
    Route::get(
        "dataImportExportTasks/{}",
        "GetDataImportExportTask",
        tasks::get,
    ),
    Route::post(
        "dataImportExportTasks/{}/run",
        "RunDataImportExportTask",
        tasks::run,
    ),
    // The store has no Flex applications, and no operation creates one.
    Route::get("flexApplications", "ListFlexApplications", |call| {
        envelope::list(call, Vec::<()>::new())
    }),
    Route::get("flexApplications/{}", "GetFlexApplication", |_| {
        Err(Refusal::object_not_found())
    }),
    Route::get(
        "bridgeApplications",
        "ListBridgeApplications",
        applications::list,
    ),
    Route::get(
        "bridgeApplications/{}",
        "GetBridgeApplication",
        applications::get,
    ),
    Route::get(
        "bridgeApplications/{}/dataPages",
        "ListBridgeApplicationDataPages",
        applications::pages,
    ),
    Route::put(
        "bridgeApplications/{}/dataPages/bulk/deployment",
        "UpdateBridgeApplicationDataPagesDeployment",
        |call| deploy_all(call, call.read::<Deployment>()?.deployed),
    ),
    Route::get(
        "bridgeApplications/{}/dataPages/{}",
        "GetBridgeApplicationDataPage",
        applications::page,
    ),
    Route::get(
        "bridgeApplications/{}/dataPages/{}/deployment",
        "GetBridgeApplicationDataPageDeploymentCode",
        applications::code,
    ),
    Route::put(
        "bridgeApplications/{}/dataPages/{}/deployment",
        "UpdateBridgeApplicationDataPageDeployment",
        |call| deploy(call, call.read::<Deployment>()?.deployed),
    ),
];
