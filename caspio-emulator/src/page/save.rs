//! Saving and deleting records by the forms of the page.

use super::place::Place;
use super::record_form::RecordForm;
use super::rows;
use crate::app::App;
use crate::http::params::Params;
use crate::http::{Refusal, Response};
use crate::store::edit::{ObjectName, WriteContext};
use crate::store::outbox::RecordChanges;
use crate::store::schema::Table;
use crate::store::{StoreError, change, password};
use axum::http::{HeaderValue, StatusCode, header};
use rusqlite::types::Value;

/// What a form does with a record.
#[derive(Clone, Copy, Debug)]
pub(super) enum Act {
    Add,
    Change,
    Delete,
}

/// The end of a form: where the browser goes, or the form with the reasons why it was refused.
pub(super) type Outcome = Result<Response, Box<RecordForm>>;

/// Carries out a form.
pub(super) fn submit(app: &App, act: Act, params: &Params) -> Result<Outcome, Refusal> {
    let schema = app.store.schema();
    let id = params.integer("id")?.and_then(|id| u32::try_from(id).ok());
    let table = id.and_then(|id| schema.table_by_id(id));
    let table = table.ok_or_else(Refusal::table_not_found)?;
    let number = params.integer("page")?.unwrap_or(1).max(1);
    let place = Place {
        id: table.id,
        search: params.get("search").unwrap_or_default(),
        page: number.unsigned_abs(),
    };
    let key = params.integer("key")?;
    match (act, key) {
        (Act::Add, _) => add(app, table, params),
        (Act::Change, Some(key)) => change(app, table, key, &place, params),
        (Act::Delete, Some(key)) => {
            app.store.delete(context(table), &only(key))?;
            Ok(Ok(go_to(&place, None)))
        }
        (Act::Change | Act::Delete, None) => Err(Refusal::incorrect_query()),
    }
}

fn add(app: &App, table: &Table, params: &Params) -> Result<Outcome, Refusal> {
    let form = RecordForm::new(table).typed(params);
    if form.failure.is_some() {
        return Ok(Err(Box::new(form)));
    }
    let done = match app.store.insert(context(table), &form.record()) {
        Ok(done) => done,
        Err(error) => return Ok(Err(refused(form, error))),
    };
    // The new record is the last one of all.
    let place = Place {
        id: table.id,
        search: "",
        page: rows::read(app, &table.name, &[], "", 1)?.pages,
    };
    Ok(Ok(go_to(&place, done.keys.first().copied())))
}

fn change(
    app: &App,
    table: &Table,
    key: i64,
    place: &Place<'_>,
    params: &Params,
) -> Result<Outcome, Refusal> {
    let Some(stored) = RecordForm::of_record(app, table, key)? else {
        let mut form = RecordForm::new(table).typed(params);
        form.failure = Some(format!(
            "The record {key} does not exist any more. Save adds a new one."
        ));
        return Ok(Err(Box::new(form)));
    };
    let form = stored.clone().typed(params);
    if form.failure.is_some() {
        return Ok(Err(Box::new(form)));
    }
    match update(app, &form, &stored, key) {
        Ok(()) => Ok(Ok(go_to(place, Some(key)))),
        Err(error) => Ok(Err(refused(form, error))),
    }
}

fn refused(mut form: RecordForm, error: StoreError) -> Box<RecordForm> {
    form.refuse(error);
    Box::new(form)
}

/// Writes what differs from the stored record, so that webhooks and timestamps see no other change.
fn update(app: &App, form: &RecordForm, stored: &RecordForm, key: i64) -> Result<(), StoreError> {
    let record = form.changes(stored);
    if !record.0.is_empty() {
        app.store
            .update(context(&form.table), &only(key), &record)?;
    }
    for (field, plain) in form.passwords() {
        let hash = Value::Text(password::hash(plain));
        let set: Result<_, StoreError> = app.store.edit(context(&form.table), |work| {
            let keys = work.matching(&only(key))?;
            let table = work.target.table();
            change::set_column(work.transaction, table, &field.column(), &keys, &hash)?;
            work.finish(keys, RecordChanges::default())
        });
        set?;
    }
    Ok(())
}

/// Webhooks see a record that is written on the page as one from Caspio's datasheet.
fn context(table: &Table) -> WriteContext<'_> {
    WriteContext {
        profile: None,
        object: ObjectName::Table(&table.name),
        want_rows: false,
        source: "Datasheet",
    }
}

fn only(key: i64) -> String {
    format!("PK_ID = {key}")
}

fn go_to(place: &Place<'_>, key: Option<i64>) -> Response {
    let key = key.map(|key| format!("&key={key}")).unwrap_or_default();
    let response = Response::empty(StatusCode::SEE_OTHER);
    match HeaderValue::from_str(&format!("{place}{key}#tables")) {
        Ok(location) => response.header(header::LOCATION, location),
        Err(_) => response,
    }
}
