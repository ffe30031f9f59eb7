//! Records that borrow from their page, and records of several types.

use caspio::codegen_support::decode_row;
use caspio::field::{Field, FieldType, kind};
use caspio::prelude::*;
use caspio::record::{Decode, DecodeOwned, Record, Source};
use std::borrow::Cow;
use std::marker::PhantomData;

#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "Contacts")]
struct Row<'a> {
    #[caspio(pk)]
    pk_id: i64,
    name: &'a str,
    note: Cow<'a, str>,
    email: Option<&'a str>,
    #[caspio(default)]
    city: Cow<'a, str>,
    #[caspio(with = "trimmed")]
    street: &'a str,
    #[caspio(skip)]
    marker: PhantomData<&'a ()>,
}

mod trimmed {
    use serde::{Deserialize, Deserializer};

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(value: D) -> Result<&'de str, D::Error> {
        <&str>::deserialize(value).map(str::trim)
    }
}

#[derive(Clone, Debug, PartialEq, CaspioView)]
#[caspio(view = "Names")]
struct Joined<'de> {
    #[caspio(pk)]
    pk_id: Cow<'de, str>,
}

#[derive(Debug, PartialEq, CaspioTable)]
#[caspio(table = "Values")]
struct Named<T> {
    name: String,
    value: T,
    #[caspio(default)]
    other: Option<T>,
    #[caspio(skip)]
    cached: Vec<T>,
}

#[derive(Debug, PartialEq, CaspioTable)]
#[caspio(table = "Values")]
struct Keyed<K> {
    #[caspio(pk)]
    key: K,
}

/// Every kind of parameter at once, with bounds in both places.
#[derive(Debug, PartialEq, CaspioTable)]
#[caspio(table = "Values")]
struct Mixed<'p, T: Clone + 'p, U = i64, const N: usize = 2>
where
    U: PartialEq<U>,
{
    name: &'p str,
    wrapped: Wrapped<'p, T>,
    value: U,
    #[caspio(with = "first")]
    letters: [char; N],
}

mod first {
    use serde::{Deserialize, Deserializer};

    pub(super) fn deserialize<'de, D: Deserializer<'de>, const N: usize>(
        value: D,
    ) -> Result<[char; N], D::Error> {
        let text = <&str>::deserialize(value)?;
        Ok([text.chars().next().unwrap_or_default(); N])
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Wrapped<'a, T> {
    text: &'a str,
    value: PhantomData<T>,
}

impl<T> FieldType for Wrapped<'_, T> {
    type Kind = kind::Text;
    type Value = Self;
    const EXPECTED: &'static str = "text";
}

impl<'de: 'a, 'a, T> Field<'de> for Wrapped<'a, T> {
    fn read<D: serde::Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        let value = <&str>::read(value)?;
        Ok(Self {
            text: value,
            value: PhantomData,
        })
    }
}

const ROW: &str =
    r#"{"PK_ID":1,"Name":"Ada","Note":"a\nb","Email":null,"City":null,"Street":" x "}"#;

/// Reads a row as a page does: into a value that borrows from it.
fn read<'p, R: Record>(row: &'p str) -> Result<R::At<'p>, String> {
    decode_row::<R::At<'p>>(row)
}

#[test]
fn text_is_borrowed_from_the_page() {
    let page = ROW.to_owned();

    let row = read::<Row<'_>>(&page).expect("a record");

    let inside = page.as_bytes().as_ptr_range();
    assert!(inside.contains(&row.name.as_ptr()));
    assert!(
        matches!(row.note, Cow::Owned(_)),
        "an escape is not a slice"
    );
    assert_eq!((row.pk_id, row.name, &*row.note), (1, "Ada", "a\nb"));
    assert_eq!((row.email, &*row.city, row.street), (None, "", "x"));
    assert_eq!(row.marker, PhantomData);
    assert_eq!(row.key(), Some(Key::Id(1)));
}

#[test]
fn the_struct_of_the_table_borrows_nothing() {
    fn source<R: Record>() -> &'static str {
        R::Source::NAME
    }

    assert_eq!(source::<Row<'_>>(), "Contacts");
    assert_eq!(Row::COLUMNS.name.name(), "Name");
    assert_eq!(Row::COLUMNS.name.eq("Ada").to_sql(), "Name = N'Ada'");
    assert_eq!(Row::FIELDS[1].rust_type, "&'a str");
}

#[test]
fn a_lifetime_may_have_any_name() {
    let row = read::<Joined<'_>>(r#"{"PK_ID":"1,2"}"#).expect("a record");

    assert_eq!(row.key(), Some(Key::Text("1,2".to_owned())));
}

#[test]
fn a_type_parameter_is_read_as_its_type() {
    let row = r#"{"Name":"a","Value":3,"Other":4}"#;
    let named = decode_row::<Named<i64>>(row).expect("a record");
    let text = decode_row::<Named<String>>(r#"{"Name":"a","Value":"b"}"#).expect("a record");

    assert_eq!((named.value, named.other), (3, Some(4)));
    assert_eq!((text.value.as_str(), text.other), ("b", None));
    assert_eq!((named.name, named.cached), (text.name, Vec::new()));
    assert_eq!(Named::<bool>::FIELDS[1].expected, "true or false");
}

#[test]
fn a_parameter_decides_the_conditions_of_its_column() {
    let filter = Named::<i64>::COLUMNS.value.gt(3) & Named::COLUMNS.other.is_not_null();

    assert_eq!(filter.to_sql(), "Value > 3 AND Other IS NOT NULL");
    assert_eq!(Named::<bool>::COLUMNS.value.is_true().to_sql(), "Value = 1");
}

#[test]
fn columns_need_no_bounds_on_a_parameter() {
    struct Bare;

    let columns = Named::<Bare>::COLUMNS;
    let copy = columns;

    assert_eq!(columns.value.name(), copy.value.name());
    assert_eq!(
        format!("{copy:?}"),
        r#"NamedColumns {"Name", "Value", "Other"}"#,
    );
}

#[test]
fn a_key_may_be_a_parameter() {
    let table = decode_row::<Keyed<i64>>(r#"{"PK_ID":1}"#).expect("a record");
    let view = decode_row::<Keyed<String>>(r#"{"PK_ID":"1"}"#).expect("a record");

    assert_eq!(table.key(), Some(Key::Id(1)));
    assert_eq!(view.key(), Some(Key::Text("1".to_owned())));
}

#[test]
fn lifetimes_types_and_consts_can_be_combined() {
    let page = r#"{"Name":"a","Wrapped":"b","Value":3,"Letters":"xyz"}"#.to_owned();

    let row = read::<Mixed<'_, String>>(&page).expect("a record");

    assert_eq!((row.name, row.wrapped.text, row.value), ("a", "b", 3));
    assert_eq!(row.letters, ['x', 'x']);
    assert_eq!(row.wrapped.value, PhantomData);
    assert_eq!(Mixed::<String, i64, 2>::COLUMNS.value.name(), "Value");
}

#[test]
fn owned_records_are_owned_with_any_parameters() {
    fn owned<R: DecodeOwned>() {}
    fn borrowed<'p, R: Decode<'p>>() {}

    owned::<Named<Option<DateTime>>>();
    borrowed::<Row<'_>>();
    borrowed::<Mixed<'_, i32, bool, 7>>();
}
