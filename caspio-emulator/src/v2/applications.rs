//! Applications and tasks under v2's names, which v3 no longer has. `DELETE` undeploys.

use crate::http::route::Route;
use crate::v3::applications::{code, deploy, deploy_all, get, list, page, pages};
use crate::v3::tasks;

pub(super) const ROUTES: &[Route] = &[
    Route::get("applications", "ListBridgeApplications", list),
    Route::get("applications/{}", "GetBridgeApplication", get),
    Route::get(
        "applications/{}/datapages",
        "ListBridgeApplicationDataPages",
        pages,
    ),
    Route::put(
        "applications/{}/datapages/deployment",
        "UpdateBridgeApplicationDataPagesDeployment",
        |call| deploy_all(call, true),
    ),
    Route::delete(
        "applications/{}/datapages/deployment",
        "DeleteBridgeApplicationDataPagesDeployment",
        |call| deploy_all(call, false),
    ),
    Route::get(
        "applications/{}/datapages/{}",
        "GetBridgeApplicationDataPage",
        page,
    ),
    Route::get(
        "applications/{}/datapages/{}/deployment",
        "GetBridgeApplicationDataPageDeploymentCode",
        code,
    ),
    Route::put(
        "applications/{}/datapages/{}/deployment",
        "UpdateBridgeApplicationDataPageDeployment",
        |call| deploy(call, true),
    ),
    Route::delete(
        "applications/{}/datapages/{}/deployment",
        "DeleteBridgeApplicationDataPageDeployment",
        |call| deploy(call, false),
    ),
    Route::get("tasks", "ListDataImportExportTasks", tasks::list),
    Route::get("tasks/{}", "GetDataImportExportTask", tasks::get),
    Route::post("tasks/{}/run", "RunDataImportExportTask", tasks::run),
];
