//! Records that derive serde's traits in addition to `CaspioTable` and `CaspioInsert`.

use caspio::codegen_support::decode_row;
use caspio::prelude::*;
use caspio::{Password, Patch};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Debug, PartialEq, CaspioTable, Serialize, Deserialize)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    first_name: String,
    email: Option<String>,
    balance: Option<Decimal>,
    joined: Option<DateTime>,
    interests: List<String>,
}

#[derive(Debug, Default, PartialEq, CaspioInsert, Serialize, Deserialize)]
#[caspio(table = Contact)]
struct NewContact {
    first_name: String,
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    email: Patch<String>,
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    interests: Patch<List<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, CaspioValue, Serialize, Deserialize)]
struct TaskId(i64);

#[derive(Clone, Copy, Debug, PartialEq, CaspioValue, Serialize, Deserialize)]
struct Price(Decimal);

#[derive(Clone, Debug, PartialEq, Eq, Hash, CaspioValue)]
#[caspio(rename_all = "Title Case", serde)]
enum Status {
    Open,
    InProgress,
}

#[derive(Clone, Debug, PartialEq, CaspioValue)]
#[caspio(serde)]
enum Color {
    Red,
    #[caspio(other)]
    Other(String),
}

#[derive(Debug, PartialEq, CaspioTable, Serialize, Deserialize)]
#[caspio(table = "Tasks")]
struct Task {
    #[caspio(pk)]
    id: TaskId,
    price: Option<Price>,
    status: Option<Status>,
    earlier: List<Status>,
    color: Color,
}

const ROW: &str = r#"{"PK_ID":7,"First_Name":"Ada","Email":null,"Balance":922337203685477.5807,
    "Joined":"2024-02-29T12:30:00","Interests":{"1":"Sailing","4":"Chess"}}"#;

#[test]
fn record_is_serialized_and_deserialized() {
    let contact: Contact = decode_row(ROW).expect("a record");

    let text = serde_json::to_string(&contact).expect("JSON");

    assert_eq!(
        text,
        r#"{"pk_id":7,"first_name":"Ada","email":null,"balance":"922337203685477.5807","joined":"2024-02-29T12:30:00","interests":["Sailing","Chess"]}"#
    );
    let read: Contact = serde_json::from_str(&text).expect("a contact");
    assert_eq!(read, contact);
}

#[test]
fn amounts_are_exact_or_refused() {
    let read = |json: &str| serde_json::from_str::<Decimal>(json);
    for digits in [
        "922337203685477.5807",
        "-0.0001",
        "12.50",
        "79228162514264337593543950335",
    ] {
        let json = format!("\"{digits}\"");
        let amount = read(&json).expect(digits);
        assert_eq!(amount.to_string(), digits);
        assert_eq!(serde_json::to_string(&amount).expect("JSON"), json);
    }
    for number in ["922337203685477.5807", "0.1", "12"] {
        read(number).expect_err(number);
        let value: serde_json::Value = serde_json::from_str(number).expect("JSON");
        serde_json::from_value::<Decimal>(value).expect_err(number);
    }
}

#[test]
fn patch_distinguishes_missing_from_null() {
    let read = |text| serde_json::from_str::<NewContact>(text).expect("a new contact");

    let missing = read(r#"{"first_name":"Ada"}"#);
    let null = read(r#"{"first_name":"Ada","email":null,"interests":["Chess"]}"#);

    assert_eq!(missing.email, Patch::Absent);
    assert_eq!(null.email, Patch::Null);
    assert_eq!(null.interests, Patch::Value(List::from(["Chess"])));
    assert_eq!(
        serde_json::to_value(&missing).expect("JSON"),
        json!({ "first_name": "Ada" })
    );
    assert_eq!(
        serde_json::to_value(&null).expect("JSON"),
        json!({ "first_name": "Ada", "email": null, "interests": ["Chess"] })
    );
}

#[test]
fn patch_without_serde_attributes_is_never_guessed() {
    #[derive(Debug, Serialize, Deserialize)]
    struct Bare {
        city: Patch<String>,
    }

    let missing = serde_json::from_str::<Bare>("{}").expect_err("missing");
    let absent = serde_json::to_string(&Bare {
        city: Patch::Absent,
    })
    .expect_err("absent");

    assert!(
        missing.to_string().contains("missing field `city`"),
        "{missing}"
    );
    assert!(absent.to_string().contains("Patch::is_absent"), "{absent}");
}

#[test]
fn record_map_keeps_the_order_of_its_columns() {
    let row = r#"{"PK_ID":7,"Total":1234.5678,"Active":true,"City":null,"Kinds":{"3":"Cat"}}"#;
    let record: RecordMap = decode_row(row).expect("a record");

    let text = serde_json::to_string(&record).expect("JSON");

    assert_eq!(text, row);
    let read: RecordMap = serde_json::from_str(&text).expect("a record");
    assert_eq!(read, record);
    assert_eq!(read.get("city"), Some(&serde_json::Value::Null));
}

#[test]
fn password_is_deserialized_and_never_serialized() {
    let password: Password = serde_json::from_str(r#""correct horse""#).expect("text");

    assert!(password.secret().is_some());
}

#[test]
fn values_of_ones_own_are_their_inner_value_or_word() {
    let row =
        r#"{"PK_ID":7,"Price":1.50,"Status":"IN PROGRESS","Earlier":{"1":"Open"},"Color":"mauve"}"#;
    let task: Task = decode_row(row).expect("a record");

    let text = serde_json::to_string(&task).expect("JSON");

    assert_eq!(
        text,
        r#"{"id":7,"price":"1.50","status":"In Progress","earlier":["Open"],"color":"mauve"}"#
    );
    let read: Task = serde_json::from_str(&text).expect("a task");
    assert_eq!(read, task);
}

#[test]
fn a_word_is_a_key_of_a_map_and_an_unknown_one_an_error() {
    let counts = std::collections::HashMap::from([(Status::InProgress, 2)]);

    let text = serde_json::to_string(&counts).expect("JSON");

    assert_eq!(text, r#"{"In Progress":2}"#);
    let read: std::collections::HashMap<Status, i32> = serde_json::from_str(&text).expect("counts");
    assert_eq!(read, counts);
    let error = serde_json::from_str::<Status>(r#""Done""#).expect_err("not a word");
    assert!(
        error.to_string().contains(r#""Open" or "In Progress""#),
        "{error}"
    );
}
