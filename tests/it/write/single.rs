//! Inserting, updating and deleting one record.

use caspio::prelude::*;
use caspio::{ApiVersion, ErrorKind, Patch};
use caspio_emulator::{Emulator, Fault, Faults, Rule};
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
