//! The generated code under the strictest lints; that this file compiles is the test.

#![deny(missing_docs, missing_debug_implementations, unreachable_pub, unused)]
#![deny(deprecated, private_interfaces, rust_2018_idioms, single_use_lifetimes)]
#![deny(non_snake_case, unused_qualifications, unused_results)]
#![deny(clippy::all, clippy::pedantic)]

use caspio::prelude::*;

/// A model, in the module that clippy would have its names not repeat.
pub mod contact {
    use caspio::prelude::*;
    use std::time::Duration;

    /// A contact.
    #[derive(Clone, Debug, Default, PartialEq, CaspioTable)]
    #[caspio(table = "Contacts")]
    pub struct Person {
        /// Its key.
        #[caspio(pk)]
        pub pk_id: i64,
        /// Its address.
        pub email: Option<String>,
        /// Its former address.
        #[deprecated = "use `email`"]
        pub former_email: Option<String>,
        /// Null in null.
        #[caspio(default)]
        pub phone: Option<String>,
        /// How long it waited.
        #[caspio(with = "seconds", default)]
        pub waited: Duration,
        /// How long it rested.
        #[caspio(with = "seconds", default = "instant")]
        pub rested: Duration,
        #[caspio(skip)]
        selected: bool,
        #[cfg(any())]
        gone: Missing,
    }

    impl Person {
        /// Whether it is selected.
        #[must_use]
        pub fn is_selected(&self) -> bool {
            self.selected
        }
    }

    fn instant() -> Duration {
        Duration::from_secs(0)
    }

    mod seconds {
        use serde::{Deserialize, Deserializer};
        use std::time::Duration;

        pub(super) fn deserialize<'de, D>(value: D) -> Result<Duration, D::Error>
        where
            D: Deserializer<'de>,
        {
            u64::deserialize(value).map(Duration::from_secs)
        }
    }
}

/// The state of a contact.
#[derive(Clone, Copy, Debug, PartialEq, CaspioValue)]
enum State {
    Open,
    #[deprecated = "use `Open`"]
    Closed,
}

#[derive(Clone, Debug, PartialEq, CaspioValue)]
struct Number {
    value: u16,
}

/// A contact in its page.
#[derive(Clone, Copy, Debug, CaspioTable)]
#[caspio(table = "Contacts")]
pub struct Row<'a, T> {
    /// Its address.
    pub email: &'a str,
    /// Whatever it is.
    pub value: Option<T>,
}

/// How many contacts have an address.
#[derive(Debug, CaspioRecord)]
#[caspio(of = Row<'static, i64>)]
pub(crate) struct Address<'a> {
    email: &'a str,
    #[caspio(count)]
    people: u64,
}

/// Only this crate sees it.
#[derive(Debug, CaspioView)]
#[caspio(view = "Orders")]
pub(crate) struct Order {
    #[caspio(pk)]
    pk_id: String,
    total: f64,
    tax: f64,
    sum: f64,
}

#[derive(Debug, CaspioView)]
#[caspio(view = "Former_Orders")]
#[deprecated]
struct FormerOrder {
    #[caspio(read_only)]
    #[expect(dead_code, reason = "Caspio fills it, nobody reads it")]
    total: f64,
    #[deprecated]
    note: String,
}

#[derive(Debug, CaspioInsert)]
#[caspio(view = FormerOrder)]
#[allow(deprecated, reason = "it stands for the view")]
struct NewFormerOrder<'a> {
    note: &'a str,
}

#[test]
fn strict_crates_can_derive() {
    let person = contact::Person::default();
    let orders = Order::COLUMNS;

    assert!(!person.is_selected());
    assert_eq!(orders.total.name(), "Total");
}

#[test]
fn a_private_record_is_read_and_used() {
    let row = r#"{"PK_ID":"1","Total":1,"Tax":2,"Sum":3}"#;

    let order = caspio::codegen_support::decode_row::<Order>(row).expect("a record");

    assert_eq!(order.pk_id, "1");
    assert!(order.total + order.tax >= order.sum);
}

#[test]
fn a_private_projection_is_read_and_used() {
    let row = r#"{"Email":"a@b.c","People":2}"#;

    let part = caspio::codegen_support::decode_row::<Address<'_>>(row).expect("a record");

    assert_eq!((part.email, part.people), ("a@b.c", 2));
}

#[test]
fn a_private_value_is_read_and_used() {
    use caspio::field::Words;

    assert_eq!(State::from_word("open"), State::nth(0));
    assert_eq!(u16::from(Number { value: 7 }), 7);
}
