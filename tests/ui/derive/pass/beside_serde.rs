// A struct may derive serde for other uses: the two know nothing of each other.
use caspio::prelude::*;

#[derive(CaspioTable, serde::Serialize, serde::Deserialize)]
#[caspio(table = "Contacts")]
#[serde(rename_all = "camelCase")]
struct Contact {
    #[caspio(pk)]
    #[serde(rename = "id")]
    pk_id: i64,
    #[serde(flatten)]
    #[caspio(skip)]
    extra: std::collections::HashMap<String, i64>,
    first_name: String,
}

fn main() {
    let json = serde_json::to_string(&Contact {
        pk_id: 1,
        extra: [("age".to_owned(), 7)].into(),
        first_name: "Ada".to_owned(),
    });
    assert_eq!(json.unwrap(), r#"{"id":1,"age":7,"firstName":"Ada"}"#);
    assert_eq!(Contact::COLUMNS.first_name.name(), "First_Name");
}
