//! Which types can be sent to other threads, shared between them and cloned.

use caspio::applications::{Application, Applications, DataPage, FlexApplications};
use caspio::attachment::{Attachment, Download, Upload};
use caspio::bulk::{DeleteMany, InsertMany, Outcomes, SyncMany, UpdateMany};
use caspio::files::{Files, Folder, StoredFile, UploadedFile};
use caspio::filter::Order;
use caspio::prelude::*;
use caspio::raw::RawCall;
use caspio::read::{Loader, Position, RecordPage};
use caspio::schema::SchemaRequest;
use caspio::tasks::{Task, TaskRun, Tasks};
use caspio::webhooks::{Delivery, Ensure, Event, Events, Receiver, Sweep, Webhooks};
use caspio::write::{
    Assignment, ByCondition, ByKey, ColumnsSet, Delete, Insert, Returning, Save, Update,
};
use caspio::{ClientBuilder, Page, Pages, RecordStream, Table, View};
use caspio_tests::TestEnv;
use futures::future::try_join_all;
use futures::{FutureExt as _, stream, try_join};
use std::pin::pin;

fn send_and_sync<T: Send + Sync>() {}
fn unpin<T: Unpin>() {}
fn future<T: Future + Send>() {}
fn cloned<T: Clone>() {}

#[derive(CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    last_name: String,
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
    send_and_sync::<Delete<ByCondition>>();
    send_and_sync::<Delete<ByKey>>();
    send_and_sync::<InsertMany<'static, Contact, i64>>();
    send_and_sync::<Outcomes<'static, i64>>();
    send_and_sync::<UpdateMany<i64>>();
    send_and_sync::<DeleteMany<i64>>();
    send_and_sync::<SyncMany<i64>>();
    send_and_sync::<Attachment>();
    send_and_sync::<Upload>();
    send_and_sync::<Download>();
    send_and_sync::<Tasks>();
    send_and_sync::<Task>();
    send_and_sync::<TaskRun>();
    send_and_sync::<Applications>();
    send_and_sync::<Application>();
    send_and_sync::<DataPage>();
    send_and_sync::<FlexApplications>();
    send_and_sync::<Files>();
    send_and_sync::<Folder>();
    send_and_sync::<StoredFile>();
    send_and_sync::<UploadedFile>();
    send_and_sync::<Webhooks>();
    send_and_sync::<Events>();
    send_and_sync::<Receiver>();
    send_and_sync::<Delivery<Event<Contact>>>();
    send_and_sync::<Sweep<Contact>>();
}

// Compiling it is the test.
#[test]
fn every_query_and_write_is_a_future() {
    future::<Query<Contact>>();
    future::<Insert<Contact, i64>>();
    future::<Returning<Insert<Contact, i64>, Contact>>();
    future::<Update<Contact, ByKey, ColumnsSet>>();
    future::<Update<Contact, ByCondition, ColumnsSet>>();
    future::<Returning<Update<Contact, ByKey, ColumnsSet>, Contact>>();
    future::<Save<Contact>>();
    future::<Delete<ByCondition>>();
    future::<Delete<ByKey>>();
    future::<InsertMany<'static, Contact, i64>>();
    future::<UpdateMany<i64>>();
    future::<DeleteMany<i64>>();
    future::<SyncMany<i64>>();
    future::<RawCall>();
    future::<TaskRun>();
    future::<SchemaRequest>();
    future::<Ensure>();
}

#[tokio::test]
async fn functions_of_futures_take_queries_and_writes() {
    let env = TestEnv::start().await;
    let contacts = env.caspio.table::<Contact>();
    let query = || contacts.filter(|c| c.last_name.is_not_null());

    let update = contacts.update(1).set(|c| c.last_name.to("Joined"));
    let (one, other, ()) = try_join!(query(), query().limit(2), update).expect("two reads");
    assert!(one.len() > other.len());
    let spawned = tokio::spawn(query())
        .await
        .expect("a task")
        .expect("a read");
    assert_eq!(spawned.len(), one.len());
    let deletes = stream::iter([2, 3])
        .map(|id| contacts.delete(id))
        .buffered(2);
    let deleted: Vec<()> = deletes.try_collect().await.expect("two deletes");
    assert_eq!(deleted.len(), 2);
    try_join_all([4, 5].map(|id| contacts.delete(id)))
        .await
        .expect("two deletes");
    assert_eq!(
        query().count().await.expect("a count"),
        one.len() as u64 - 4
    );

    // A query that was begun can be cloned, and its clone reads again.
    let mut begun = pin!(query());
    let first = begun.as_mut().await.expect("a read");
    let clone = begun.as_ref().get_ref().clone();
    assert_eq!(clone.await.expect("a read").len(), first.len());
}

#[tokio::test]
async fn the_clone_of_a_request_that_was_begun_is_the_whole_request() {
    let env = TestEnv::start().await;
    let contacts = env.caspio.table::<Contact>();
    let page = contacts.query().page(100, None).await.expect("a page");
    let position = page.next.expect("a position");
    let rest = contacts.query().resume_from(&position);
    let all = contacts.count().await.expect("a count");
    let mut rest = pin!(rest);
    assert!(rest.as_mut().now_or_never().is_none());

    let clone = rest.as_ref().get_ref().clone();
    let read = clone.await.expect("the rest");
    assert_eq!(read.len() as u64, all - 100);

    let refused = contacts.filter_raw("First_Name = ? AND Last_Name = ?", ("Anna",));
    let mut refused = pin!(refused);
    assert!(refused.as_mut().await.is_err(), "one value is missing");
    let clone = refused.as_ref().get_ref().clone();
    assert!(clone.await.is_err(), "one value is missing");

    let mut schema = pin!(env.caspio.schema().tables(["Contacts"]));
    assert!(schema.as_mut().now_or_never().is_none());
    let clone = schema.as_ref().get_ref().clone();
    let schema = clone.await.expect("a schema");
    assert_eq!((schema.tables.len(), schema.views.len()), (1, 0));
}

/// Has two implementations for a type that is `Unpin`, so that a call without naming one does not compile.
trait NotUnpin<Which> {
    fn check() {}
}

impl<T> NotUnpin<()> for T {}
impl<T: Unpin> NotUnpin<u8> for T {}

/// What was polled goes on as it was. So it must be pinned, and cannot be moved into a method that changes it, such as
/// `expect_count` of a delete that was given up after a timeout.
#[test]
fn builders_that_were_polled_cannot_be_changed() {
    Query::<Contact>::check();
    Insert::<Contact, i64>::check();
    Returning::<Insert<Contact, i64>, Contact>::check();
    Update::<Contact, ByKey, ColumnsSet>::check();
    Update::<Contact, ByCondition, ColumnsSet>::check();
    Save::<Contact>::check();
    Delete::<ByKey>::check();
    Delete::<ByCondition>::check();
    InsertMany::<'static, Contact, i64>::check();
    UpdateMany::<i64>::check();
    DeleteMany::<i64>::check();
    SyncMany::<i64>::check();
    RawCall::check();
    SchemaRequest::check();
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
    cloned::<Delete<ByCondition>>();
    cloned::<Delete<ByKey>>();
    cloned::<Position>();
    cloned::<Attachment>();
}
