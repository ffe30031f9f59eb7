//! How a field's name becomes a column's.

use caspio::prelude::*;
use caspio::record::Record;

macro_rules! by_rule {
    ($($test:ident: $rule:literal => $expected:expr;)*) => {$(
        #[test]
        fn $test() {
            #[derive(CaspioTable)]
            #[caspio(table = "Contacts", rename_all = $rule)]
            #[allow(dead_code, reason = "only the names matter")]
            struct Contact {
                #[caspio(pk)]
                pk_id: i64,
                email: String,
                first_name: String,
                address_2: String,
                r#type: String,
                #[caspio(rename = "as It_is")]
                renamed: String,
            }

            assert_eq!(names::<Contact>(), $expected);
        }
    )*};
}

by_rule! {
    title_snake: "Title_Snake" =>
        ["PK_ID", "Email", "First_Name", "Address_2", "Type", "as It_is"];
    pascal_case: "PascalCase" =>
        ["PK_ID", "Email", "FirstName", "Address2", "Type", "as It_is"];
    camel_case: "camelCase" =>
        ["PK_ID", "email", "firstName", "address2", "type", "as It_is"];
    snake_case: "snake_case" =>
        ["PK_ID", "email", "first_name", "address_2", "type", "as It_is"];
    screaming_snake_case: "SCREAMING_SNAKE_CASE" =>
        ["PK_ID", "EMAIL", "FIRST_NAME", "ADDRESS_2", "TYPE", "as It_is"];
    title_case: "Title Case" =>
        ["PK_ID", "Email", "First Name", "Address 2", "Type", "as It_is"];
    lowercase: "lowercase" =>
        ["PK_ID", "email", "first_name", "address_2", "type", "as It_is"];
    uppercase: "UPPERCASE" =>
        ["PK_ID", "EMAIL", "FIRST_NAME", "ADDRESS_2", "TYPE", "as It_is"];
    none: "none" =>
        ["PK_ID", "email", "first_name", "address_2", "type", "as It_is"];
}

#[test]
fn without_a_rule_words_are_capitalised() {
    #[derive(CaspioView)]
    #[caspio(view = "Contacts")]
    #[allow(dead_code, reason = "only the names matter")]
    struct Contact {
        email: String,
        first_name: String,
        _pk_id_orders: i64,
        r#match: bool,
    }

    assert_eq!(
        names::<Contact>(),
        ["Email", "First_Name", "_Pk_Id_Orders", "Match"],
    );
}

#[test]
fn a_raw_identifier_is_named_without_its_prefix() {
    #[derive(CaspioTable)]
    #[caspio(table = "Types")]
    #[allow(dead_code, reason = "only the names matter")]
    struct Type {
        r#type: String,
    }

    assert_eq!(Type::FIELDS[0].member, "type");
    assert_eq!(Type::COLUMNS.r#type.name(), "Type");
}

fn names<R: Record>() -> Vec<&'static str> {
    R::FIELDS.iter().map(|field| field.name).collect()
}
