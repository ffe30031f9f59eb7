//! Data import and export tasks.

use crate::auth::Rights;
use crate::envelope;
use crate::http::call::Outcome;
use crate::http::route::Route;
use crate::http::{Call, Refusal, Version};
use crate::store::objects::Task;
use crate::store::{date, document, zone};
use serde::Serialize;

pub(crate) const ROUTES: &[Route] = &[
    Route::get("dataImportExportTasks", "ListDataImportExportTasks", list),
    Route::get("dataImportExportTasks/{}", "GetDataImportExportTask", get),
    Route::post(
        "dataImportExportTasks/{}/run",
        "RunDataImportExportTask",
        run,
    ),
];

/// A task as JSON. Only v2 has the time of the last run, and only if there was one.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TaskJson<'a> {
    #[serde(rename = "LastRunTimeUTC", skip_serializing_if = "Option::is_none")]
    last_run_time_utc: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_run_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    success: Option<bool>,
    name: &'a str,
    external_key: &'a str,
    status: &'a str,
    task_time_zone: &'a str,
    frequency: &'a str,
    note: &'a str,
}

impl<'a> TaskJson<'a> {
    fn new(version: Version, task: &'a Task) -> Self {
        let last_run = task.last_run.as_deref();
        let last_run = last_run.filter(|_| version == Version::V2);
        Self {
            last_run_time_utc: last_run.map(date::to_json),
            last_run_time: last_run.map(|utc| {
                let there = zone::local(utc, &task.task_time_zone);
                date::to_json(&there).to_owned()
            }),
            success: last_run.map(|_| true),
            name: &task.name,
            external_key: &task.external_key,
            status: &task.status,
            task_time_zone: &task.task_time_zone,
            frequency: &task.frequency,
            note: &task.note,
        }
    }
}

pub(crate) fn list(call: &Call<'_>) -> Outcome {
    let tasks = call
        .app
        .store
        .read(|connection, _| document::all::<Task>(connection))?;
    let items = call
        .readable(&tasks, |task| &task.name)
        .map(|task| TaskJson::new(call.version, task))
        .collect();
    envelope::objects(call, "taskId", items)
}

fn find(call: &Call<'_>, wanted: Rights) -> Result<Task, Refusal> {
    let task = call
        .app
        .store
        .read(|connection, _| document::get::<Task>(connection, call.segment(0)))?
        .ok_or_else(Refusal::object_not_found)?;
    call.require(&task.name, wanted)?;
    Ok(task)
}

pub(crate) fn get(call: &Call<'_>) -> Outcome {
    let task = find(call, Rights::READ)?;
    envelope::object(call, "taskId", &TaskJson::new(call.version, &task))
}

/// Runs a task: it finishes at once, and only the time of its last run changes.
pub(crate) fn run(call: &Call<'_>) -> Outcome {
    let mut task = find(call, Rights::DESIGN)?;
    call.app.store.write(|transaction, _| {
        task.last_run = Some(date::now(transaction)?);
        document::put(transaction, &task)
    })?;
    Ok(call.done())
}
