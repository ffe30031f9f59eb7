//! Data import and export tasks.

use serde::Serialize;

use crate::{
    auth::Rights,
    http::{Answer, Call, Refusal, call::Outcome, route::Route},
    store::{date, document, things::Task},
};

pub(super) const ROUTES: &[Route] = &[
    Route::get("dataImportExportTasks", "ListDataImportExportTasks", list),
    Route::get("dataImportExportTasks/{}", "GetDataImportExportTask", get),
    Route::post(
        "dataImportExportTasks/{}/run",
        "RunDataImportExportTask",
        run,
    ),
];

/// What v3 tells of a task; when it last ran, only v2 tells.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Told<'a> {
    name: &'a str,
    external_key: &'a str,
    status: &'a str,
    task_time_zone: &'a str,
    frequency: &'a str,
    note: &'a str,
}

impl<'a> Told<'a> {
    fn new(task: &'a Task) -> Self {
        Self {
            name: &task.name,
            external_key: &task.external_key,
            status: &task.status,
            task_time_zone: &task.task_time_zone,
            frequency: &task.frequency,
            note: &task.note,
        }
    }
}

fn list(call: &Call<'_>) -> Outcome {
    let tasks = call
        .app
        .store
        .read(|connection, _| document::all::<Task>(connection))?;
    let told: Vec<_> = tasks
        .iter()
        .filter(|task| call.profile.may(&task.name, Rights::READ))
        .map(Told::new)
        .collect();
    call.ok(&told)
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

fn get(call: &Call<'_>) -> Outcome {
    call.ok(&Told::new(&find(call, Rights::READ)?))
}

/// Runs a task: it is done at once, and only its last run shows.
fn run(call: &Call<'_>) -> Outcome {
    let mut task = find(call, Rights::DESIGN)?;
    task.last_run = Some(date::now());
    call.app
        .store
        .write(|transaction, _| document::put(transaction, &task))?;
    Ok(Answer::no_content())
}
