//! Inserting, updating and deleting one record, or the records of a condition.

use caspio::prelude::*;
use caspio::{ApiVersion, ErrorKind, Password, Patch};
use caspio_emulator::{DataType, Emulator, Fault, Faults, FieldDef, Rule, TableDef};
use caspio_tests::{Contact, Order, TestEnv, on_every_version};
use serde_json::json;

/// Some columns of a new contact.
#[derive(Debug, Clone, Default, CaspioInsert)]
#[caspio(table = Contact)]
struct NewContact {
    first_name: String,
    last_name: Patch<String>,
    email: Option<String>,
    balance: Patch<Decimal>,
    joined: Patch<DateTime>,
    active: Patch<bool>,
    interests: Patch<List<String>>,
}

fn ann() -> NewContact {
    NewContact {
        first_name: "Ann".to_owned(),
        ..NewContact::default()
    }
}

fn contact() -> Contact {
    Contact {
        pk_id: 0,
        first_name: "O'Brien \"Ann\"".to_owned(),
        last_name: "\\ \n é".to_owned(),
        email: Some("a@b.c".to_owned()),
        balance: Some(dec!(922337203685477.5807)),
        score: Some(-0.125),
        age: Some(i32::MIN),
        joined: Some("2024-02-29T23:59:58".parse().expect("a date")),
        active: true,
        interests: List::from(["Cat"]),
        full_name: None,
    }
}

/// The values that the sample's list of interests allows.
async fn interests(env: &TestEnv) -> Vec<String> {
    let fields = env
        .caspio
        .table::<Contact>()
        .fields()
        .await
        .expect("the fields");
    let field = fields
        .iter()
        .find(|field| field.name == "Interests")
        .expect("the list");
    let values = field.list.values();
    values
        .map(|value| value.as_str().expect("a text").to_owned())
        .collect()
}

on_every_version! {
    async fn an_insert_returns_the_key_of_the_record(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Contact>();
        let mut new = contact();
        new.interests = interests(&env).await.into_iter().take(2).collect();

        let id = contacts.insert(&new).await.expect("an insert");

        let read = contacts.get(id).await.expect("a read").expect("the record");
        let expected = Contact { pk_id: id, full_name: read.full_name.clone(), ..new };
        assert_eq!(read, expected);
    }

    async fn omitted_columns_get_the_defaults_and_a_none_is_null(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Contact>();

        let left_out = contacts.insert(&ann()).returning().await.expect("an insert");
        let cleared = NewContact { joined: Patch::Null, balance: None.into(), ..ann() };
        let cleared = contacts.insert(&cleared).returning().await.expect("an insert");

        assert_eq!(left_out.last_name, "");
        assert!(!left_out.active);
        assert_eq!((left_out.email, left_out.balance), (None, None));
        assert_eq!((cleared.joined, cleared.balance), (None, None));
    }

    async fn an_insert_takes_one_call(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Contact>();
        contacts.insert(&ann()).await.expect("an insert");
        env.emulator.reset_calls();

        contacts.insert(&ann()).await.expect("an insert");
        contacts.insert(&ann()).returning().await.expect("an insert");

        assert_eq!(env.emulator.calls().total(), 2);
    }

    async fn an_update_sets_only_its_columns(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Contact>();
        let before = contacts.get(1).await.expect("a read").expect("a record");

        contacts
            .update(1)
            .set(|c| c.email.to("new@b.c"))
            .set(|c| c.balance.to(dec!(12.5)))
            .set(|c| c.age.to_null())
            .await
            .expect("an update");

        let after = contacts.get(1).await.expect("a read").expect("a record");
        let expected = Contact {
            email: Some("new@b.c".to_owned()),
            balance: Some(dec!(12.5)),
            age: None,
            ..before
        };
        assert_eq!(after, expected);
    }

    async fn an_update_can_return_the_record(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Contact>();

        let changed = contacts.update(2).set_row(&NewContact { email: Some("x@y.z".into()), ..ann() });
        let changed = changed.returning().await.expect("an update");

        assert_eq!((changed.pk_id, changed.first_name.as_str()), (2, "Ann"));
        assert_eq!(changed.email.as_deref(), Some("x@y.z"));
    }

    async fn an_update_or_delete_of_a_missing_record_is_not_found(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Contact>();

        let update = contacts.update(999_999).set(|c| c.age.to(1)).await;
        let delete = contacts.delete(999_999).await;
        let list = contacts.update(999_999).set(|c| c.interests.to(List::<String>::new()));

        for error in [
            update.expect_err("no such record"),
            delete.expect_err("no such record"),
            list.await.expect_err("no such record"),
        ] {
            assert!(error.is_not_found(), "{error}");
            assert_eq!(error.key(), Some("PK_ID 999999"));
            assert_eq!(error.resource(), Some("table \"Contacts\""));
        }
    }

    async fn an_update_of_a_list_alone_succeeds(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Contact>();
        let all: List<String> = interests(&env).await.into_iter().collect();

        let update = contacts.update(3).set(|c| c.interests.to(all.clone()));
        update.await.expect("an update");

        let read = contacts.get(3).await.expect("a read").expect("a record");
        assert_eq!(read.interests, all);
    }

    async fn an_unknown_list_value_names_the_allowed_ones(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Contact>();
        let new = NewContact { interests: List::from(["Nonsense"]).into(), ..ann() };

        let error = contacts.insert(&new).await.expect_err("no such value");

        assert_eq!(error.kind(), ErrorKind::Refused);
        assert_eq!(error.field(), Some("Interests"));
        let allowed = interests(&env).await;
        assert!(error.message().contains("\"Nonsense\""), "{error}");
        assert!(allowed.iter().all(|value| error.message().contains(value)), "{error}");
    }

    async fn a_saved_record_sends_only_its_differences(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Contact>();
        let before = contacts.get(4).await.expect("a read").expect("a record");
        env.emulator.reset_calls();

        assert!(!contacts.save(&before, &before.clone()).await.expect("nothing to save"));
        assert_eq!(env.emulator.calls().total(), 0);

        let after = Contact { email: Some("saved@b.c".into()), age: None, ..before.clone() };
        assert!(contacts.save(&before, &after).await.expect("a save"));
        assert_eq!(env.emulator.calls().total(), 1);
        assert_eq!(contacts.get(4).await.expect("a read"), Some(after));
    }

    async fn a_condition_updates_and_deletes_the_matching_records(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();
        let new = orders.filter(|o| o.status.eq("New")).count().await.expect("a count");
        let all = orders.count().await.expect("a count");

        let updated = orders.update_where(|o| o.status.eq("New")).set(|o| o.quantity.to(77));
        assert_eq!(updated.await.expect("an update").records, new);
        let deleted = orders.delete_where(|o| o.quantity.eq(77)).await.expect("a delete");

        assert_eq!(deleted.records, new);
        assert!(!deleted.at_least);
        assert_eq!(orders.count().await.expect("a count"), all - new);
    }

    async fn a_delete_can_expect_a_count(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();
        let some = || Order::COLUMNS.pk_id.le(7);

        let error = orders.delete_where_by(some()).expect_count(8).await.expect_err("not so many");
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert!(error.message().contains('8') && error.message().contains('7'), "{error}");
        assert_eq!(orders.filter_by(some()).count().await.expect("a count"), 7);

        assert_eq!(orders.delete_where_by(some()).expect_count(7).await.expect("a delete").records, 7);
    }

    async fn a_write_counts_its_records_without_writing_them(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();
        let delete = orders.delete_where(|o| o.pk_id.le(7));
        let update = orders.update_where(|o| o.pk_id.le(7)).set(|o| o.status.to("Gone"));
        let before = env.emulator.count("Orders").expect("a count");

        assert_eq!(delete.count().await.expect("a count"), 7);
        assert_eq!(update.count().await.expect("a count"), 7);

        assert_eq!(orders.filter(|o| o.status.eq("Gone")).count().await.expect("a count"), 0);
        assert_eq!(env.emulator.count("Orders").expect("a count"), before);
        env.emulator.reset_calls();
        let all = orders.delete_where(|o| o.pk_id.gt(0)).count().await.expect_err("no condition");
        assert_eq!(all.kind(), ErrorKind::Refused);
        assert_eq!(env.emulator.calls().total(), 0);
    }

    async fn all_records_are_written_if_requested(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();
        let all = orders.count().await.expect("a count");
        env.emulator.reset_calls();

        let updated = orders.update_all().set(|o| o.status.to("Gone")).await;
        assert_eq!(updated.expect("an update").records, all);
        assert_eq!(orders.delete_all().await.expect("a delete").records, all);
        assert_eq!(orders.delete_all().await.expect("nothing to delete").records, 0);
        assert_eq!(env.emulator.count("Orders").expect("a count"), 0);
    }

    async fn a_condition_that_always_holds_is_refused_before_any_call(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();
        env.emulator.reset_calls();

        for always in [
            "1=1",
            "PK_ID > 0",
            "Status = 'x' OR 'a' = 'a'",
            "Status = Status",
            "NOT (1=0)",
            "Status LIKE '%'",
            "PK_ID IS NOT NULL",
            "PK_ID BETWEEN 1 AND 2147483647",
            "PK_ID>5 OR PK_ID<=5",
            "ABS(PK_ID)>=0",
            "Quantity > 5 OR Quantity <= 5",
        ] {
            let error = orders.delete_where_raw(always, ()).await.expect_err("refused");
            assert_eq!(error.kind(), ErrorKind::Refused, "{always}");
            assert!(error.hint().is_some_and(|hint| hint.contains("_all()")), "{error}");
            let update = orders.update_where_raw(always, ()).set(|o| o.quantity.to(1));
            assert_eq!(update.await.expect_err("refused").kind(), ErrorKind::Refused);
        }
        assert_eq!(env.emulator.calls().total(), 0);
    }

    async fn an_update_that_sets_nothing_is_refused(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();

        let nothing = RecordMap::default();
        let orders = env.caspio.table_named(orders.name());
        let error = orders.update(1).set_row(&nothing).await.expect_err("refused");

        assert_eq!(error.kind(), ErrorKind::Refused);
        assert_eq!(env.emulator.calls().total(), 0);
    }

    async fn an_untyped_table_is_written_by_maps(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table_named("Contacts");
        let new = RecordMap::from([
            ("First_Name", json!("Zoë")),
            ("Score", json!(1.5)),
            ("Active", json!(true)),
            ("Interests", json!([interests(&env).await[0]])),
        ]);

        let id = contacts.insert(&new).await.expect("an insert");
        let update = contacts.update(id).set_value("Age", 33).set_value("Score", json!(null));
        update.await.expect("an update");

        let read = contacts.get(id).await.expect("a read").expect("the record");
        assert_eq!(read.get("First_Name"), Some(&json!("Zoë")));
        assert_eq!(read.get("Age"), Some(&json!(33)));
        assert_eq!(read.get("Score"), Some(&json!(null)));
        contacts.delete(id).await.expect("a delete");
        assert_eq!(contacts.get(id).await.expect("a read"), None);
    }

    async fn a_lost_insert_may_have_been_applied_and_is_not_sent_again(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Contact>();
        contacts.insert(&ann()).await.expect("an insert");
        let before = env.emulator.count("Contacts").expect("a count");
        env.emulator.set_faults(
            Faults::none().rule(Rule::new(Fault::ResetAfterwards).operation("CreateTableRecord").always()),
        );
        env.emulator.reset_calls();

        let error = contacts.insert(&ann()).await.expect_err("a lost response");

        assert!(error.maybe_applied(), "{error}");
        assert!(!error.is_retryable());
        assert!(error.sent().is_some_and(|sent| sent.contains("\"Ann\"")), "{:?}", error.sent());
        assert_eq!(env.emulator.calls().total(), 1);
        assert_eq!(env.emulator.count("Contacts").expect("a count"), before + 1);
    }

    async fn a_lost_update_or_delete_by_key_is_repeated(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Contact>();
        contacts.update(5).set(|c| c.age.to(1)).await.expect("an update");
        let lost = Faults::none().rule(Rule::new(Fault::ResetAfterwards).calls([1]));

        env.emulator.set_faults(lost.clone());
        contacts.update(5).set(|c| c.age.to(2)).await.expect("an update");
        env.emulator.set_faults(lost);
        contacts.delete(6).await.expect("a delete");

        assert_eq!(contacts.get(5).await.expect("a read").expect("a record").age, Some(2));
        assert_eq!(contacts.get(6).await.expect("a read"), None);
    }

    async fn a_row_is_checked_without_being_sent(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table_named("Contacts");
        let before = env.emulator.count("Contacts").expect("a count");
        let right = RecordMap::from([("First_Name", json!("Ann")), ("Age", json!(30))]);
        let wrong = RecordMap::from([("First_Name", json!("x".repeat(256))), ("Nonsense", json!(1))]);
        env.emulator.reset_calls();

        contacts.check(&right).await.expect("nothing wrong");
        let calls = env.emulator.calls().total();
        for _ in 0..3 {
            let error = contacts.check(&wrong).await.expect_err("refused");
            assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some("First_Name, Nonsense")));
        }

        assert_eq!(env.emulator.calls().total(), calls, "the fields are read once");
        assert_eq!(env.emulator.count("Contacts").expect("a count"), before);
    }

    async fn rows_are_checked_against_fields_that_were_read(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table_named("Contacts");
        contacts.fields().await.expect("the fields");
        let wrong = RecordMap::from([("First_Name", json!("x".repeat(256)))]);

        let error = contacts.insert(&wrong).await.expect_err("refused");

        assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
        assert_eq!(env.emulator.calls().operation("CreateTableRecord"), 0);
    }

    async fn all_violations_of_a_map_are_reported_together(version) {
        let env = TestEnv::start().version(version).await;
        let caspio = Client::builder()
            .account(env.emulator.url())
            .credentials(env.emulator.client_id(), env.emulator.client_secret())
            .api_version(version)
            .write_checks(caspio::WriteChecks::Always)
            .build()
            .expect("a client");
        let new = RecordMap::from([
            ("First_Name", json!("x".repeat(256))),
            ("Age", json!(0.5)),
            ("Full_Name", json!("computed")),
            ("Guid", json!("generated")),
            ("Resume", json!("a.pdf")),
            ("Joined", json!("")),
            ("Balance", json!("much")),
            ("Active", json!("yes")),
            ("Nonsense", json!(1)),
            ("Interests", json!(["Nonsense"])),
            ("Last_Name", json!("right")),
        ]);
        env.emulator.reset_calls();

        let error = caspio.table_named("Contacts").insert(&new).await.expect_err("refused");

        let faulty = "First_Name, Age, Full_Name, Guid, Resume, Joined, Balance, Active, Nonsense, Interests";
        assert_eq!(error.field(), Some(faulty), "{error}");
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert_eq!(env.emulator.calls().operation("CreateTableRecord"), 0);
    }
}

#[tokio::test]
async fn an_emoji_is_refused_before_the_call_once_the_service_has_refused_one() {
    let env = TestEnv::with(Emulator::builder().refuse_emoji())
        .version(ApiVersion::V3)
        .await;
    let contacts = env.caspio.table::<Contact>();
    let new = NewContact {
        first_name: "\u{1F600}".into(),
        ..ann()
    };

    let error = contacts.insert(&new).await.expect_err("refused");
    assert!(
        error.hint().is_some_and(|hint| hint.contains("emoji")),
        "{error}"
    );
    env.emulator.reset_calls();
    let error = contacts.insert(&new).await.expect_err("refused");

    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(error.field(), Some("First_Name"));
    assert_eq!(env.emulator.calls().total(), 0);
}

#[tokio::test]
async fn a_view_that_allows_it_is_written() {
    #[derive(Debug, CaspioView)]
    #[caspio(view = "Active_Contacts")]
    struct Active {
        #[caspio(pk)]
        pk_id: String,
        first_name: String,
        active: bool,
        email: Option<String>,
    }
    for version in [ApiVersion::V2, ApiVersion::V3, ApiVersion::V4] {
        let env = TestEnv::start().version(version).await;
        let active = env.caspio.view::<Active>().writable();
        let new = Active {
            pk_id: String::new(),
            first_name: "Vera".into(),
            active: true,
            email: None,
        };

        let key = active.insert(&new).await.expect("an insert");
        let update = active.update(key.as_str()).set(|c| c.email.to("v@b.c"));
        update.await.expect("an update");

        let read = active.get(key.as_str()).await.expect("a read");
        let read = read.expect("the record");
        assert_eq!(
            (read.first_name.as_str(), read.email.as_deref()),
            ("Vera", Some("v@b.c"))
        );
        active.delete(key.as_str()).await.expect("a delete");
        assert!(active.get(key.as_str()).await.expect("a read").is_none());
    }
}

/// An emulator with a table whose column `Code` is unique or not.
async fn codes(version: ApiVersion, unique: bool) -> TestEnv {
    let code = FieldDef::new("Code", DataType::Text255);
    let code = if unique { code.unique() } else { code };
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = TableDef::new("Codes")
        .field(code)
        .field(FieldDef::new("Place", DataType::Integer));
    env.emulator.create_table(table).expect("a table");
    env
}

#[derive(Debug, CaspioTable)]
#[caspio(table = "Codes")]
struct Code {
    #[caspio(pk)]
    pk_id: i64,
    code: String,
    place: i32,
}

fn code(place: i32) -> Code {
    Code {
        pk_id: 0,
        code: format!("code {place}"),
        place,
    }
}

on_every_version! {
    async fn inserts_by_a_unique_column_happen_once_despite_lost_responses(version) {
        let runs: i32 = std::env::var("CASPIO_TEST_RUNS").map_or(300, |runs| runs.parse().expect("a number"));
        let env = codes(version, true).await;
        let codes = env.caspio.table::<Code>();
        let faults = Faults::none().rule(Rule::new(Fault::ResetAfterwards).rate(0.1));
        env.emulator.set_faults(faults);

        for place in 0..runs {
            codes.insert(&code(place)).unique_by(|c| c.code).await.expect("an insert");
        }

        env.emulator.set_faults(Faults::none());
        let mut places: Vec<i32> = codes.collect().await.expect("all").into_iter().map(|c| c.place).collect();
        places.sort_unstable();
        assert!(places.into_iter().eq(0..runs));
    }

    async fn without_a_unique_column_no_insert_is_sent_twice(version) {
        let env = codes(version, false).await;
        let codes = env.caspio.table::<Code>();
        codes.insert(&code(-1)).await.expect("an insert");
        env.emulator.set_faults(Faults::none().rule(Rule::new(Fault::ResetAfterwards).rate(0.1)));
        env.emulator.reset_calls();

        let mut lost = 0;
        for place in 0..200 {
            match codes.insert(&code(place)).await {
                Ok(_) => {}
                Err(error) if error.maybe_applied() => lost += 1,
                Err(error) => panic!("{error}"),
            }
        }

        assert!(lost > 0);
        assert_eq!(env.emulator.calls().operation("CreateTableRecord"), 200);
        assert_eq!(env.emulator.count("Codes").expect("a count"), 201);
    }

    async fn a_record_that_never_arrived_is_sent_again_if_the_column_is_unique(version) {
        let env = codes(version, true).await;
        let codes = env.caspio.table::<Code>();
        codes.insert(&code(-1)).await.expect("an insert");
        env.emulator.set_faults(
            Faults::none().rule(Rule::new(Fault::Reset).operation("CreateTableRecord").calls([1])),
        );

        codes.insert(&code(1)).unique_by(|c| c.code).await.expect("an insert");

        assert_eq!(env.emulator.count("Codes").expect("a count"), 2);
    }
}

#[tokio::test]
async fn an_outcome_that_cannot_be_resolved_stays_unresolved() {
    let env = codes(ApiVersion::V3, true).await;
    let codes = env.caspio.table::<Code>();
    let lost = |operation: &str| Rule::new(Fault::Reset).operation(operation).always();
    for unreachable in ["ListTableFields", "ListTableRecords"] {
        env.emulator.set_faults(
            Faults::none()
                .rule(lost("CreateTableRecord"))
                .rule(lost(unreachable)),
        );

        let error = codes.insert(&code(1)).unique_by(|c| c.code).await;

        let error = error.expect_err("nothing is known of it");
        assert!(error.maybe_applied(), "{unreachable}: {error}");
        assert!(error.sent().is_some_and(|sent| sent.contains("code 1")));
    }
}

#[tokio::test]
async fn an_inserted_password_is_in_no_output() {
    #[derive(Debug, CaspioTable)]
    #[caspio(table = "Contacts")]
    struct Member {
        #[caspio(pk)]
        pk_id: i64,
        first_name: String,
        #[caspio(password)]
        secret: Password,
    }
    let env = TestEnv::start().version(ApiVersion::V3).await;
    let members = env.caspio.table::<Member>();
    let member = Member {
        pk_id: 0,
        first_name: "Pat".into(),
        secret: "correct horse".into(),
    };
    let id = members.insert(&member).await.expect("an insert");
    let read = members.get(id).await.expect("a read").expect("the record");
    assert_eq!(read.first_name, "Pat");
    assert!(read.secret.secret().is_none());

    env.emulator.set_faults(
        Faults::none().rule(
            Rule::new(Fault::ResetAfterwards)
                .operation("CreateTableRecord")
                .always(),
        ),
    );
    let error = members.insert(&member).await.expect_err("a lost response");
    let shown = format!("{member:?} {error} {error:?} {:?}", error.sent());
    assert!(error.sent().is_some_and(|sent| sent.contains("***")));
    assert!(!shown.contains("horse"), "{shown}");
}
