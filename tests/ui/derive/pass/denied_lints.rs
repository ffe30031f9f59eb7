// The generated code is as clean as the strictest crate.
#![deny(missing_docs, missing_debug_implementations, unreachable_pub, unused, warnings)]
#![deny(deprecated, private_interfaces, rust_2018_idioms, single_use_lifetimes)]
#![deny(non_snake_case, unused_qualifications)]
//! Records of a strict crate.

/// The model.
pub mod contact {
    use caspio::prelude::*;

    mod hidden {
        use caspio::field::{Field, FieldType};
        use serde::Deserializer;

        #[derive(Debug)]
        pub(crate) struct Status;

        impl FieldType for Status {
            type Kind = <String as FieldType>::Kind;
            type Value = Self;
            const EXPECTED: &'static str = "a status";
        }

        impl<'de> Field<'de> for Status {
            fn read<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
                String::read(value).map(|_| Self)
            }
        }
    }

    /// A contact.
    #[derive(Debug, CaspioTable)]
    #[caspio(table = "Contacts")]
    pub struct Contact {
        /// Its number.
        #[caspio(pk)]
        pub pk_id: i64,
        /// Its address.
        pub email: Option<String>,
        /// Its former address.
        #[deprecated = "use `email`"]
        pub e_mail: Option<String>,
        #[caspio(with = "number", default)]
        /// Its score.
        pub score: i64,
        status: hidden::Status,
        #[cfg(any())]
        gone: Missing,
        #[cfg(not(any()))]
        /// Its town.
        pub city: String,
    }

    impl Contact {
        /// The status in words.
        #[must_use]
        pub fn status(&self) -> String {
            format!("{:?}", self.status)
        }
    }

    mod number {
        use serde::{Deserialize, Deserializer};

        pub(super) fn deserialize<'de, D: Deserializer<'de>>(value: D) -> Result<i64, D::Error> {
            Deserialize::deserialize(value)
        }
    }

    /// A contact in its page.
    #[derive(Debug, CaspioTable)]
    #[caspio(table = "Contacts")]
    pub struct Row<'a, T> {
        /// Its address.
        pub email: &'a str,
        /// Whatever it is.
        pub value: Option<T>,
    }

    /// How many contacts a town has.
    #[derive(Debug, CaspioRecord)]
    #[caspio(of = Contact)]
    pub struct Town<'a> {
        /// Its name.
        pub city: &'a str,
        /// An address that nobody uses.
        pub e_mail: Option<String>,
        /// How many.
        #[caspio(count)]
        pub people: u64,
    }

    /// Not in use any more.
    #[derive(Debug, CaspioView)]
    #[caspio(view = "Former_Contacts")]
    #[deprecated]
    pub struct FormerContact {
        /// Its address.
        pub email: String,
    }
}

fn main() {
    println!("{:?}", contact::Contact::COLUMNS.city);
}
