//! Which types can be sent to other threads, shared between them and cloned.

use caspio::attachment::{Attachment, Download, Upload};
use caspio::bulk::{DeleteMany, InsertMany, Outcomes, SyncMany, UpdateMany};
use caspio::filter::Order;
use caspio::prelude::*;
use caspio::read::{Loader, Position, RecordPage};
use caspio::write::{
    Assignment, ByCondition, ByKey, ColumnsSet, Delete, DeleteOne, Insert, Update,
};
use caspio::{ClientBuilder, Page, Pages, RecordStream, Table, View};

fn send_and_sync<T: Send + Sync>() {}
fn unpin<T: Unpin>() {}
fn cloned<T: Clone>() {}

#[derive(CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    city: Option<String>,
}

// Compiling it is the test.
#[test]
fn every_handle_query_stream_and_write_is_send_and_sync() {
    send_and_sync::<Client>();
    send_and_sync::<ClientBuilder>();
    send_and_sync::<Table<Contact>>();
    send_and_sync::<View<Contact>>();
    send_and_sync::<Query<Contact>>();
    send_and_sync::<RecordStream<Contact>>();
    send_and_sync::<Pages<Contact>>();
    send_and_sync::<Page<Contact>>();
    send_and_sync::<RecordPage<Contact>>();
    send_and_sync::<Position>();
    send_and_sync::<Loader<Contact>>();
    send_and_sync::<Filter<Contact>>();
    send_and_sync::<Order<Contact>>();
    send_and_sync::<Assignment<Contact>>();
    send_and_sync::<Insert<Contact, i64>>();
    send_and_sync::<Update<Contact, ByKey, ColumnsSet>>();
    send_and_sync::<Update<Contact, ByCondition, ColumnsSet>>();
    send_and_sync::<Delete>();
    send_and_sync::<DeleteOne>();
    send_and_sync::<InsertMany<'static, Contact, i64>>();
    send_and_sync::<Outcomes<'static, i64>>();
    send_and_sync::<UpdateMany<i64>>();
    send_and_sync::<DeleteMany<i64>>();
    send_and_sync::<SyncMany<i64>>();
    send_and_sync::<Attachment>();
    send_and_sync::<Upload>();
    send_and_sync::<Download>();
}

#[test]
fn streams_are_unpin() {
    unpin::<RecordStream<Contact>>();
    unpin::<Pages<Contact>>();
    unpin::<Outcomes<'static, i64>>();
    unpin::<Download>();
}

#[test]
fn what_can_be_used_twice_is_cloned() {
    cloned::<Client>();
    cloned::<ClientBuilder>();
    cloned::<Table<Contact>>();
    cloned::<Query<Contact>>();
    cloned::<Loader<Contact>>();
    cloned::<Filter<Contact>>();
    cloned::<Order<Contact>>();
    cloned::<Assignment<Contact>>();
    cloned::<Delete>();
    cloned::<DeleteOne>();
    cloned::<Position>();
    cloned::<Attachment>();
}
