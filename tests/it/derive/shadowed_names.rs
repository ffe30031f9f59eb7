//! Types of the program with the names of primitive types and of the prelude; that this file compiles is the test.

#![allow(
    dead_code,
    non_camel_case_types,
    non_upper_case_globals,
    reason = "they only shadow the names of others"
)]

mod real {
    pub(super) type Number = i64;
    pub(super) type Text = std::string::String;
    pub(super) type Amount = std::option::Option<caspio::Decimal>;
}

mod shadowed {
    // A pattern with the name of a constant would compare with it.
    const f: ::core::primitive::u8 = 1;
    const row: ::core::primitive::u8 = 1;
    const rows: ::core::primitive::u8 = 1;
    const value: ::core::primitive::u8 = 1;
    const column: ::core::primitive::u8 = 1;
    const index: ::core::primitive::u8 = 1;
    const map: ::core::primitive::u8 = 1;
    const columns: ::core::primitive::u8 = 1;
    const state: ::core::primitive::u8 = 1;

    use super::real::{Amount, Number, Text};

    struct str;
    struct bool;
    struct char;
    struct i64;
    struct u64;
    struct u8;
    struct u32;
    struct usize;
    struct f64;
    struct String;
    struct Vec;
    struct Box;
    struct Key;
    struct FieldInfo;
    struct Row;
    enum Option {}
    enum Result {}
    struct Some;
    struct None;
    struct Ok;
    struct Err;
    trait Clone {}
    trait Copy {}
    trait Debug {}
    trait Default {}
    trait From {}
    trait Into {}
    trait Iterator {}
    mod std {}
    mod core {}
    mod alloc {}

    #[derive(::caspio::CaspioTable)]
    #[caspio(table = "Orders")]
    pub(super) struct Order {
        #[caspio(pk)]
        pub(super) key: Number,
        pub(super) status: Text,
        #[caspio(default)]
        pub(super) total: Amount,
        #[caspio(password)]
        pub(super) secret: ::caspio::Password,
    }

    #[derive(::std::clone::Clone, ::caspio::CaspioValue)]
    pub(super) struct Number7(pub(super) Number);

    #[derive(::caspio::CaspioValue)]
    #[caspio(serde)]
    pub(super) enum State {
        Some,
        None,
        Ok,
        #[caspio(other)]
        Err(Text),
    }

    #[derive(::caspio::CaspioView)]
    #[caspio(view = "Orders")]
    pub(super) struct ValueView {
        #[caspio(pk)]
        pub(super) key: Number7,
        pub(super) status: State,
    }

    #[derive(::caspio::CaspioRecord)]
    #[caspio(of = Order)]
    pub(super) struct PerStatus {
        pub(super) status: Text,
        #[caspio(count)]
        pub(super) orders: Number,
        #[caspio(sum = total)]
        pub(super) total: Amount,
        #[caspio(expr = "1")]
        pub(super) one: Number,
    }

    #[derive(::caspio::CaspioView)]
    #[caspio(view = "Orders")]
    pub(super) struct OrderView {
        #[caspio(pk)]
        pub(super) key: Text,
    }

    #[derive(::caspio::CaspioInsert)]
    #[caspio(table = Order)]
    pub(super) struct NewOrder {
        pub(super) status: Text,
    }
}

#[test]
fn a_record_is_read_where_its_names_are_shadowed() {
    let row = r#"{"PK_ID":1,"Status":"Open","Total":2.5}"#;

    let order = caspio::codegen_support::decode_row::<shadowed::Order>(row).expect("a record");

    assert_eq!((order.key, order.status.as_str()), (1, "Open"));
    assert_eq!(order.total, Some(caspio::dec!(2.5)));
}

#[test]
fn values_are_read_where_their_names_are_shadowed() {
    use caspio::field::Words;
    let row = r#"{"PK_ID":7,"Status":"some"}"#;

    let view = caspio::codegen_support::decode_row::<shadowed::ValueView>(row).expect("a record");

    assert_eq!(view.key.0, 7);
    assert!(matches!(view.status, shadowed::State::Some));
    assert_eq!(
        shadowed::State::other("x").as_ref().map(Words::word),
        Some("x")
    );
}
