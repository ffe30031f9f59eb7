//! The columns and values that records write.

#![allow(dead_code)]

use caspio::field::{Field, FieldType, FieldValue, kind};
use caspio::prelude::*;
use caspio::record::{FieldInfo, Record, Row, ToRow};
use caspio::{Password, Patch};
use serde::de::Deserializer;
use std::borrow::Cow;
use std::time::Duration;

fn names(columns: &[FieldInfo]) -> Vec<&'static str> {
    columns.iter().map(|column| column.name).collect()
}

fn written<'a>(row: &'a Row<'_>) -> Vec<(&'a str, FieldValue<'a>)> {
    row.iter()
        .map(|(name, value)| (name, value.clone()))
        .collect()
}

fn text(text: &str) -> FieldValue<'_> {
    FieldValue::Text(text.into())
}

#[derive(Debug, CaspioTable)]
#[caspio(table = "Members")]
struct Member {
    #[caspio(pk)]
    pk_id: i64,
    #[caspio(password)]
    secret: Password,
    email: String,
    age: Option<i32>,
    #[caspio(read_only)]
    total: Option<Decimal>,
    #[caspio(rename = "Tags")]
    labels: List<String>,
    #[caspio(with = "seconds", to = "seconds::to_value")]
    length: Duration,
    #[caspio(skip)]
    selected: bool,
}

mod seconds {
    use caspio::field::FieldValue;
    use serde::{Deserialize, Deserializer};
    use std::time::Duration;

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(value: D) -> Result<Duration, D::Error> {
        u64::deserialize(value).map(Duration::from_secs)
    }

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "a field is borrowed")]
    pub(crate) fn to_value(length: &Duration) -> FieldValue<'_> {
        FieldValue::Integer(i64::try_from(length.as_secs()).unwrap_or(i64::MAX))
    }
}

fn member() -> Member {
    Member {
        pk_id: 7,
        secret: "correct horse".into(),
        email: "a@b.c".to_owned(),
        age: None,
        total: Some(dec!(5)),
        labels: List::from(["x"]),
        length: Duration::from_secs(90),
        selected: true,
    }
}

#[test]
fn a_record_writes_what_is_neither_its_key_nor_read_only() {
    let member = member();

    let row = member.to_row();

    assert_eq!(
        written(&row),
        [
            ("Email", text("a@b.c")),
            ("Age", FieldValue::Null),
            ("Tags", FieldValue::List(vec![text("x")])),
            ("Length", FieldValue::Integer(90)),
            ("Secret", "correct horse".to_owned().into_secret()),
        ]
    );
}

trait IntoSecret {
    fn into_secret(self) -> FieldValue<'static>;
}

impl IntoSecret for String {
    fn into_secret(self) -> FieldValue<'static> {
        FieldValue::Secret(self.into())
    }
}

#[test]
fn writable_columns_are_known_before_a_write() {
    assert_eq!(
        names(Member::WRITES),
        ["Email", "Age", "Tags", "Length", "Secret"]
    );
    assert!(Member::WRITES.iter().all(|column| !column.read_only));
    let tags = Member::WRITES.iter().find(|column| column.name == "Tags");
    assert_eq!(tags.expect("it is written").member, "labels");
}

#[test]
fn a_password_column_is_never_read() {
    let secret: Column<Member, Password, caspio::InsertOnly> = Member::COLUMNS.secret;

    assert_eq!(secret.name(), "Secret");
    assert!(!names(Member::FIELDS).contains(&"Secret"));
    assert_eq!(<Member as caspio::record::Source>::PASSWORDS, ["Secret"]);
}

#[test]
fn a_password_is_in_no_debug_output() {
    let member = member();

    for text in [format!("{member:?}"), format!("{:?}", member.to_row())] {
        assert!(!text.contains("horse"), "{text}");
    }
}

#[test]
fn a_password_that_was_never_read_is_not_written() {
    let member = Member {
        secret: Password::unread(),
        ..member()
    };

    assert!(member.to_row().get("Secret").is_none());
}

#[test]
fn keys_and_read_only_columns_are_typed_as_such() {
    let _: Column<Member, i64, caspio::ReadOnly> = Member::COLUMNS.pk_id;
    let _: Column<Member, Option<Decimal>, caspio::ReadOnly> = Member::COLUMNS.total;
    let _: Column<Member, String, caspio::Writable> = Member::COLUMNS.email;
}

/// A type that can be read and not written.
struct Status;

impl FieldType for Status {
    type Kind = kind::Text;
    type Value = Self;
    const EXPECTED: &'static str = "a status";
}

impl<'de> Field<'de> for Status {
    fn read<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        String::read(value).map(|_| Self)
    }
}

#[derive(CaspioTable)]
#[caspio(table = "Orders")]
struct OnlyRead {
    status: Status,
    again: Option<Status>,
    note: String,
}

#[derive(CaspioTable)]
#[caspio(table = "Orders")]
struct WrittenByAFunction {
    #[caspio(to = "status")]
    status: Status,
}

fn status(_: &Status) -> FieldValue<'_> {
    FieldValue::Text("open".into())
}

#[test]
fn a_record_may_have_types_that_cannot_be_written() {
    assert_eq!(names(OnlyRead::FIELDS), ["Status", "Again", "Note"]);
}

#[test]
fn a_function_can_write_a_type_that_cannot_be_written() {
    let order = WrittenByAFunction { status: Status };

    assert_eq!(written(&order.to_row()), [("Status", text("open"))]);
}

#[derive(CaspioTable)]
#[caspio(table = "Contacts")]
struct Borrowed<'a> {
    email: &'a str,
    note: Option<Cow<'a, str>>,
    #[caspio(read_only)]
    total: f64,
}

#[test]
fn a_borrowed_record_can_be_written() {
    let email = "a@b.c".to_owned();
    let record = Borrowed {
        email: &email,
        note: Some("x".into()),
        total: 1.0,
    };

    let row = record.to_row();

    assert_eq!(
        written(&row),
        [("Email", text("a@b.c")), ("Note", text("x"))]
    );
}

#[derive(CaspioTable)]
#[caspio(table = "Settings")]
struct Setting<T> {
    name: String,
    value: T,
    others: Option<T>,
}

#[derive(CaspioTable)]
#[caspio(table = "Settings")]
struct BorrowedSetting<'a, T> {
    name: Cow<'a, str>,
    value: T,
}

#[test]
fn a_generic_record_writes_for_each_type_that_can_be_written() {
    let whole = Setting {
        name: "a".to_owned(),
        value: 5,
        others: None,
    };
    let yes = Setting {
        name: "b".to_owned(),
        value: true,
        others: Some(false),
    };
    let borrowed = BorrowedSetting {
        name: "c".into(),
        value: dec!(1.5),
    };

    assert_eq!(whole.to_row().get("Value"), Some(&FieldValue::Integer(5)));
    assert_eq!(yes.to_row().get("others"), Some(&FieldValue::Bool(false)));
    assert_eq!(
        borrowed.to_row().get("Value"),
        Some(&FieldValue::Decimal(dec!(1.5)))
    );
    assert_eq!(names(Setting::<i64>::WRITES), ["Name", "Value", "Others"]);
}

#[derive(CaspioView)]
#[caspio(view = "Totals")]
struct Total {
    #[caspio(pk)]
    key: String,
    #[caspio(read_only)]
    total: f64,
}

#[test]
fn a_record_of_read_only_columns_writes_nothing() {
    let total = Total {
        key: "1,2".to_owned(),
        total: 1.0,
    };

    assert!(total.to_row().is_empty() && Total::WRITES.is_empty());
}

#[derive(CaspioInsert)]
#[caspio(table = Member)]
struct NewMember<'a> {
    email: Cow<'a, str>,
    age: Patch<i16>,
    #[caspio(column = labels)]
    tags: List<&'a str>,
    #[caspio(to = "minutes")]
    length: i64,
    #[caspio(column = secret)]
    password: Option<Password>,
    #[caspio(skip)]
    note: std::time::Instant,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "a field is borrowed")]
fn minutes(minutes: &i64) -> FieldValue<'_> {
    FieldValue::Integer(minutes * 60)
}

fn new_member() -> NewMember<'static> {
    NewMember {
        email: "a@b.c".into(),
        age: Patch::Absent,
        tags: List::from(["x", "y"]),
        length: 2,
        password: Some("correct horse".into()),
        note: std::time::Instant::now(),
    }
}

#[test]
fn an_insert_writes_its_fields_to_the_columns_of_the_tables_struct() {
    let new = new_member();

    assert_eq!(
        written(&new.to_row()),
        [
            ("Email", text("a@b.c")),
            ("Tags", FieldValue::List(vec![text("x"), text("y")])),
            ("Length", FieldValue::Integer(120)),
            ("Secret", "correct horse".to_owned().into_secret()),
        ]
    );
    assert_eq!(
        names(NewMember::WRITES),
        ["Email", "Age", "Tags", "Length", "Secret"]
    );
    assert_eq!(NewMember::WRITES[2].member, "tags");
    assert_eq!(NewMember::WRITES[2].rust_type, "List<&'a str>");
}

#[test]
fn a_patch_leaves_out_clears_or_sets() {
    let age = |age| NewMember {
        age,
        ..new_member()
    };

    assert_eq!(age(Patch::Absent).to_row().get("Age"), None);
    assert_eq!(
        age(Patch::Null).to_row().get("Age"),
        Some(&FieldValue::Null)
    );
    assert_eq!(
        age(3.into()).to_row().get("Age"),
        Some(&FieldValue::Integer(3))
    );
}

#[test]
fn an_insert_has_the_source_of_its_table() {
    fn of<R: ToRow<Source = S>, S: caspio::record::Source>(_: &R) -> &'static str {
        S::NAME
    }

    assert_eq!(of::<_, Member>(&new_member()), "Members");
}

#[derive(CaspioView)]
#[caspio(view = "Totals")]
struct Named {
    name: String,
    r#type: String,
}

#[derive(CaspioInsert)]
#[caspio(view = Named)]
struct NewNamed<T, const N: usize>
where
    T: Clone,
{
    name: T,
    r#type: Option<T>,
    #[caspio(skip)]
    counts: [u8; N],
}

#[test]
fn an_insert_into_a_view_may_be_generic() {
    let new = NewNamed {
        name: "a",
        r#type: None,
        counts: [0; 2],
    };

    assert_eq!(
        written(&new.to_row()),
        [("Name", text("a")), ("Type", FieldValue::Null)]
    );
}

#[test]
fn writable_columns_have_a_writable_type() {
    fn settable<S, U, A: caspio::Settable>(column: Column<S, U, A>) -> &'static str {
        column.name()
    }

    fn insertable<S, U, A: caspio::Insertable>(column: Column<S, U, A>) -> &'static str {
        column.name()
    }

    assert_eq!(settable(Member::COLUMNS.email), "Email");
    assert_eq!(insertable(Member::COLUMNS.email), "Email");
    assert_eq!(insertable(Member::COLUMNS.secret), "Secret");
}
