//! The fields of a table as v3 lists them.

use crate::store::define::TableDef;
use crate::store::field::Field;
use crate::store::model::Model;
use serde_json::{Map, Value};

/// Reads the response of `GET /tables/{table}/fields`, with or without its envelope.
pub(super) fn read(name: &str, text: &[u8]) -> Result<TableDef, String> {
    let whole: Value = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    let fields = match whole {
        Value::Array(fields) => fields,
        Value::Object(mut envelope) => match envelope.remove("Result") {
            Some(Value::Array(fields)) => fields,
            _ => return Err("it has no array `Result`".into()),
        },
        _ => return Err("it is not a list of fields".into()),
    };
    let mut table = TableDef::new(name);
    for field in fields {
        let Value::Object(members) = field else {
            return Err("a field is not an object".into());
        };
        table.fields.push(field_of(members)?);
    }
    Ok(table)
}

/// The response has the values of a list by key, while a new field gets them in order. It does not
/// contain the expression of a formula: the formula becomes a stored field of its result's type.
fn field_of(mut members: Map<String, Value>) -> Result<Field, String> {
    let name = members.get("Name").and_then(Value::as_str);
    let wrong = format!(
        "the field '{}' has an invalid definition",
        name.unwrap_or_default()
    );
    let list = match members.remove("ListField") {
        Some(Value::Object(list)) => Some(list),
        Some(other) => {
            members.insert("ListField".into(), other);
            None
        }
        None => None,
    };
    let model: Model = serde_json::from_value(Value::Object(members))
        .map_err(|error| format!("{wrong}: {error}"))?;
    let mut field = model
        .to_field()
        .map_err(|refusal| format!("{wrong}: {refusal}"))?;
    for (key, value) in list.into_iter().flatten() {
        let key = key.parse().map_err(|_| wrong.clone())?;
        field.list.put(key, value);
    }
    Ok(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_keeps_its_keys() {
        let text = br#"{"Result":[{"Name":"Kinds","Type":"LIST-STRING",
            "ListField":{"2":"Dog","7":"Frog"},"Unique":false}]}"#;

        let table = read("Pets", text).expect("a table");

        let values: Vec<_> = table.fields[0].list.iter().collect();
        assert_eq!(
            values,
            [(2, &Value::from("Dog")), (7, &Value::from("Frog"))]
        );
    }

    #[test]
    fn error_names_the_field() {
        for text in [
            r#"[{"Name":"Kinds","Type":"ANIMAL"}]"#,
            r#"[{"Name":"Kinds","Type":"LIST-STRING","ListField":{"x":"Dog"}}]"#,
        ] {
            let error = read("Pets", text.as_bytes()).expect_err("refused");
            assert!(error.contains("'Kinds'"), "{error}");
        }
    }
}
