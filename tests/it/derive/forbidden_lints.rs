//! The generated code where lints are forbidden, so that it can allow none; that this file compiles is the test.

#![forbid(unused, deprecated, nonstandard_style, unsafe_code, missing_docs)]
#![forbid(
    private_interfaces,
    private_bounds,
    unreachable_pub,
    unused_qualifications
)]
#![forbid(
    missing_debug_implementations,
    missing_copy_implementations,
    unused_results
)]
#![forbid(
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::absolute_paths
)]
#![forbid(elided_lifetimes_in_paths, explicit_outlives_requirements, warnings)]

use caspio::codegen_support::decode_row;
use caspio::prelude::*;
use std::time::Duration;

mod hidden {
    //! A type that the crate does not show.

    use caspio::field::{Field, FieldType, FieldValue, ToValue, kind};
    use serde::de::Deserializer;

    #[derive(Clone, Debug, PartialEq)]
    pub(super) struct Code(String);

    impl FieldType for Code {
        type Kind = kind::Text;
        type Value = Self;
        const EXPECTED: &'static str = "a code";
    }

    impl<'de> Field<'de> for Code {
        fn read<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
            String::read(value).map(Self)
        }
    }

    impl ToValue for Code {
        fn to_value(&self) -> FieldValue<'_> {
            FieldValue::Text(self.0.as_str().into())
        }
    }
}

/// The id of a contact.
#[derive(Clone, Copy, Debug, CaspioValue)]
pub struct ContactId(i32);

/// An id that is not used any more.
#[derive(Clone, Debug, CaspioValue)]
#[deprecated]
pub struct FormerId {
    id: String,
}

/// The state of a contact.
#[derive(Clone, Debug, CaspioValue)]
pub enum State {
    /// It is known.
    Known,
    /// It is known no more.
    #[deprecated]
    Former,
    /// Anything else.
    #[caspio(other)]
    Other(String),
}

/// A contact with values of the program's own types.
#[derive(Clone, Debug, CaspioTable)]
#[caspio(table = "Contacts")]
pub struct Stated {
    /// Its key.
    #[caspio(pk)]
    pub pk_id: ContactId,
    /// Its state.
    pub state: State,
    /// Its states.
    pub states: List<State>,
}

/// A record with a field of each kind, of which the program uses one.
#[derive(Debug, CaspioTable)]
#[caspio(table = "Contacts")]
pub struct Contact {
    /// Its key.
    #[caspio(pk)]
    pub pk_id: i64,
    /// Its address.
    pub email: Option<String>,
    /// Its former address.
    #[deprecated]
    pub former_email: Option<String>,
    code: hidden::Code,
    /// Its password.
    #[caspio(password)]
    pub password: caspio::Password,
    /// How long it waited.
    #[caspio(with = "seconds", to = "seconds::write", default)]
    pub waited: Duration,
}

mod seconds {
    use caspio::field::FieldValue;
    use serde::{Deserialize, Deserializer};
    use std::time::Duration;

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(value: D) -> Result<Duration, D::Error> {
        u64::deserialize(value).map(Duration::from_secs)
    }

    pub(super) fn write(value: &Duration) -> FieldValue<'_> {
        FieldValue::Number(value.as_secs_f64())
    }
}

/// A record that nobody uses any more.
#[derive(Clone, Copy, Debug, CaspioView)]
#[caspio(view = "Contacts")]
#[deprecated]
pub struct FormerContact<'a> {
    /// Its address.
    pub email: &'a str,
}

/// A projection with a type that is not known yet.
#[derive(Clone, Copy, Debug, CaspioRecord)]
#[caspio(of = Contact)]
pub struct Part<'a, T> {
    /// Its address.
    pub email: Option<&'a str>,
    /// Anything.
    #[caspio(expr = "1")]
    pub value: T,
    /// How many there are.
    #[caspio(count)]
    pub people: u64,
}

/// A contact to be inserted.
#[derive(Clone, Copy, Debug, CaspioInsert)]
#[caspio(table = Contact)]
pub struct NewContact<'a> {
    /// Its address.
    pub email: &'a str,
}

macro_rules! written {
    ($($name:ident),*) => {
        $(written!(@ $name);)*
    };
    (@ $name:ident) => {
        mod by_macro {
            //! A record that a macro writes.

            use caspio::prelude::*;

            /// A record.
            #[derive(Debug, CaspioTable)]
            #[caspio(table = "Written")]
            pub(super) struct $name {
                /// Its key.
                #[caspio(pk)]
                pub(super) pk_id: i64,
                /// Its name.
                pub(super) name: Option<String>,
            }
        }
    };
}

written!(Written);

#[test]
fn the_columns_of_a_struct_that_a_macro_writes_need_not_be_used() {
    let written: by_macro::Written = decode_row(r#"{"PK_ID":1,"Name":"a"}"#).expect("a record");

    assert_eq!((written.pk_id, written.name.as_deref()), (1, Some("a")));
}

#[test]
fn a_record_is_read_where_lints_are_forbidden() {
    let row = r#"{"PK_ID":1,"Email":"a@b.c","Former_Email":null,"Code":"x","Waited":2}"#;

    let contact = decode_row::<Contact>(row).expect("a record");

    assert_eq!(contact.email.as_deref(), Some("a@b.c"));
    assert_eq!(contact.code, contact.code.clone());
}

#[test]
fn values_are_read_where_lints_are_forbidden() {
    let row = r#"{"PK_ID":1,"State":"former","States":{}}"#;

    let stated = decode_row::<Stated>(row).expect("a record");

    assert_eq!(
        format!("{:?} {:?}", stated.pk_id, stated.state),
        "ContactId(1) Former"
    );
}
