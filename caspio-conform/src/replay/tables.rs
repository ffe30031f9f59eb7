//! The tables and views that a recording shows, as far as it shows their fields.

use super::shown_object;
use caspio::__private::recording::{Exchange, Shape};
use caspio::schema::{DataType, FieldDefinition, ObjectDefinition, Schema};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// What shows the type of a field, the surest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sign {
    /// Only its name.
    Mention,
    /// A value that was written, or that it was compared with.
    Sent,
    /// A value that was read.
    Read,
    /// The definition.
    Definition,
}

type Fields = BTreeMap<String, (Sign, FieldDefinition)>;

/// The table behind a view, which a recording does not name.
pub(super) fn table_behind(view: &str) -> String {
    format!("Behind_{view}")
}

/// Returns the tables and views of a recording.
pub(super) fn schema<'e>(exchanges: impl Iterator<Item = &'e Exchange>) -> Schema {
    let mut objects: BTreeMap<String, Fields> = BTreeMap::new();
    for exchange in exchanges.filter(|exchange| shows_fields(exchange)) {
        if let Some(name) = shown_object(&exchange.path) {
            learn(objects.entry(name.to_owned()).or_default(), exchange);
        }
    }
    let mut tables = Vec::new();
    let mut views = Vec::new();
    for (name, fields) in objects {
        let mut fields: Vec<FieldDefinition> =
            fields.into_values().map(|(_, field)| field).collect();
        if fields.is_empty() {
            fields.push(FieldDefinition::new("Field0", DataType::Text255));
        }
        if name.starts_with("View") {
            let table = table_behind(&name);
            tables.push(ObjectDefinition::new(table.clone(), fields.clone()));
            for field in &mut fields {
                field.table_field = Some(format!("{table}.{}", field.name));
            }
            views.push(ObjectDefinition::new(name, fields));
        } else {
            tables.push(ObjectDefinition::new(name, fields));
        }
    }
    Schema::new(tables, views)
}

/// Returns whether the fields that an exchange names exist: it succeeded, or was refused for another reason.
fn shows_fields(exchange: &Exchange) -> bool {
    let status = exchange.status.unwrap_or_default();
    let code = exchange
        .errors
        .first()
        .and_then(|error| error.code.as_deref());
    (200..300).contains(&status) || matches!(code, Some("InvalidInputValue" | "AlterReadOnlyData"))
}

fn learn(fields: &mut Fields, exchange: &Exchange) {
    for field in &exchange.fields {
        let data_type = DataType::from_name(&field.data_type);
        if !matches!(data_type, DataType::Unknown(_)) {
            let mut definition = definition(&field.name, data_type);
            definition.unique |= field.unique;
            definition.formula = field.formula;
            add(fields, Sign::Definition, definition);
        }
    }
    let aliases: BTreeSet<String> = exchange
        .query
        .iter()
        .flat_map(|(_, sql)| aliases(sql))
        .collect();
    let body = exchange.request.as_ref();
    let condition = body.and_then(|body| body.condition.as_ref());
    for sql in exchange.query.iter().map(|(_, sql)| sql).chain(condition) {
        for (name, kind) in mentions(sql) {
            if !aliases.contains(&name) {
                learn_value(fields, &name, kind.as_deref());
            }
        }
    }
    let members = |content: Option<&caspio::__private::recording::Content>| {
        content
            .and_then(|content| content.json.clone())
            .unwrap_or_default()
    };
    learn_members(fields, Sign::Sent, &members(body), &aliases);
    learn_members(
        fields,
        Sign::Read,
        &members(exchange.response.as_ref()),
        &aliases,
    );
}

fn learn_value(fields: &mut Fields, name: &str, kind: Option<&str>) {
    let kinds = kind.map(|kind| BTreeSet::from([kind.trim_matches('%').to_owned()]));
    let data_type = kinds.and_then(|kinds| of_kinds(&kinds));
    let sign = if data_type.is_some() {
        Sign::Sent
    } else {
        Sign::Mention
    };
    let data_type = data_type.unwrap_or(DataType::Text255);
    add(fields, sign, definition(name, data_type));
}

/// Learns the types of the fields in a body, at any depth.
fn learn_members(fields: &mut Fields, sign: Sign, shape: &Shape, aliases: &BTreeSet<String>) {
    if let Some(array) = &shape.array {
        learn_members(fields, sign, &array.of, aliases);
    }
    for (name, shape) in shape.object.iter().flatten() {
        if !is_field(name) {
            learn_members(fields, sign, shape, aliases);
        } else if !aliases.contains(name) {
            match of_shape(shape) {
                Some(data_type) => add(fields, sign, definition(name, data_type)),
                None => add(fields, Sign::Mention, definition(name, DataType::Text255)),
            }
        }
    }
}

fn add(fields: &mut Fields, sign: Sign, field: FieldDefinition) {
    let name = field.name.clone();
    match fields.get(&name) {
        Some((known, _)) if *known > sign => {}
        Some((known, old)) if *known == sign => {
            let data_type = wider(&old.data_type, &field.data_type);
            if data_type != old.data_type {
                fields.insert(name.clone(), (sign, definition(&name, data_type)));
            }
        }
        _ => {
            fields.insert(name, (sign, field));
        }
    }
}

/// Returns a field of a type that can be made without more being known of it.
fn definition(name: &str, data_type: DataType) -> FieldDefinition {
    let mut field = FieldDefinition::new(name, data_type);
    match field.data_type {
        DataType::RandomId => {
            field.format = Some("0U".to_owned());
            field.length = Some(8);
        }
        DataType::PrefixedAutonumber => field.format = Some("0001".to_owned()),
        DataType::Timestamp => {
            field.on_insert = true;
            field.time_zone = Some("UTC".to_owned());
        }
        DataType::ListText => field.list = list(|key| json!(format!("text {key}"))),
        DataType::ListNumber => field.list = list(|key| json!(key)),
        DataType::ListDateTime => {
            field.list = list(|key| json!(format!("2026-01-{key:02}T03:04:05")));
        }
        _ => {}
    }
    field.unique = field.data_type.is_generated() && field.data_type != DataType::Timestamp;
    field
}

fn list(value: impl Fn(i64) -> serde_json::Value) -> BTreeMap<i64, serde_json::Value> {
    (1..=5).map(|key| (key, value(key))).collect()
}

/// Returns the type that has the values of both.
fn wider(one: &DataType, other: &DataType) -> DataType {
    let is_number =
        |data_type: &DataType| matches!(data_type, DataType::Integer | DataType::Number);
    match (one, other) {
        _ if one == other => one.clone(),
        _ if is_number(one) && is_number(other) => DataType::Number,
        (DataType::Text64000, _) | (_, DataType::Text64000) => DataType::Text64000,
        _ => DataType::Text255,
    }
}

fn of_shape(shape: &Shape) -> Option<DataType> {
    // A list is read as an object from key to value, and written as an array of keys.
    if let Some(object) = &shape.object {
        let values = object
            .get("{number}")
            .and_then(|values| of_kinds(&values.is));
        return Some(match values {
            Some(DataType::Integer | DataType::Number) => DataType::ListNumber,
            Some(DataType::DateTime) => DataType::ListDateTime,
            _ => DataType::ListText,
        });
    }
    match shape.array {
        Some(_) => Some(DataType::ListText),
        None => of_kinds(&shape.is),
    }
}

fn of_kinds(kinds: &BTreeSet<String>) -> Option<DataType> {
    let types = kinds.iter().filter_map(|kind| {
        Some(match kind.as_str() {
            "null" | "absent" => return None,
            "boolean" => DataType::YesNo,
            "integer" => DataType::Integer,
            "text over 255" | "text over 64000" => DataType::Text64000,
            kind if kind.contains("integer")
                || kind.contains("decimal")
                || kind.contains("number") =>
            {
                DataType::Number
            }
            "amount" => DataType::Currency,
            kind if kind.contains("date") => DataType::DateTime,
            _ => DataType::Text255,
        })
    });
    types.reduce(|one, other| wider(&one, &other))
}

fn is_field(name: &str) -> bool {
    let digits = name.strip_prefix("Field");
    digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Returns the fields in T-SQL, with the kinds of the values that follow them.
fn mentions(sql: &str) -> Vec<(String, Option<String>)> {
    let words: Vec<(usize, &str)> = words(sql).filter(|(_, word)| is_field(word)).collect();
    let mentions = words.into_iter().map(|(end, word)| {
        let kind = sql[end..].split_once('{').and_then(|(between, after)| {
            let words = ["LIKE", "IN", "NOT", "BETWEEN", "N"];
            let mut parts = between.split(|sign: char| !sign.is_ascii_alphanumeric());
            let compares = parts.all(|part| part.is_empty() || words.contains(&part));
            let kind = after.split_once('}').map(|(kind, _)| kind.to_owned());
            kind.filter(|_| compares && !between.contains([',', '.']))
        });
        (word.to_owned(), kind)
    });
    mentions.collect()
}

/// Returns the names that T-SQL gives to columns.
fn aliases(sql: &str) -> Vec<String> {
    let words: Vec<&str> = words(sql).map(|(_, word)| word).collect();
    let pairs = words
        .windows(2)
        .filter(|pair| pair[0] == "AS" && is_field(pair[1]));
    pairs.map(|pair| pair[1].to_owned()).collect()
}

/// Returns the words of a text, with where they end.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_')
        .filter_map(move |word| {
            let end = at + word.len();
            at = end + text[end..].chars().next().map_or(0, char::len_utf8);
            (!word.is_empty()).then_some((end, word))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_show_types() {
        let found = mentions("Field1 > {integer} AND [Field2] LIKE N{%text%} OR Field3 IS NULL");

        let kind = |kind: &str| Some(kind.to_owned());
        assert_eq!(
            found,
            [
                ("Field1".to_owned(), kind("integer")),
                ("Field2".to_owned(), kind("%text%")),
                ("Field3".to_owned(), None),
            ]
        );
        assert_eq!(aliases("SUM(Field1) AS Field2, Field3"), ["Field2"]);
    }

    #[test]
    fn values_show_types() {
        let kinds = |kinds: &[&str]| kinds.iter().map(|kind| (*kind).to_owned()).collect();
        let scalar = |is: &[&str]| Shape {
            is: kinds(is),
            ..Shape::default()
        };
        let list = |is: &[&str]| Shape {
            object: Some([("{number}".to_owned(), scalar(is))].into()),
            ..Shape::default()
        };
        for (shape, data_type) in [
            (scalar(&["null"]), None),
            (scalar(&["integer", "null"]), Some(DataType::Integer)),
            (scalar(&["decimal", "integer"]), Some(DataType::Number)),
            (scalar(&["date-time", "text"]), Some(DataType::Text255)),
            (
                scalar(&["text over 255", "blank"]),
                Some(DataType::Text64000),
            ),
            (list(&["integer"]), Some(DataType::ListNumber)),
            (list(&["date-time"]), Some(DataType::ListDateTime)),
            (list(&["text"]), Some(DataType::ListText)),
        ] {
            assert_eq!(of_shape(&shape), data_type, "{shape:?}");
        }
    }

    #[test]
    fn what_was_read_decides_before_what_was_sent() {
        let mut fields = Fields::new();
        add(
            &mut fields,
            Sign::Sent,
            definition("Field1", DataType::Text255),
        );
        add(
            &mut fields,
            Sign::Read,
            definition("Field1", DataType::Integer),
        );
        add(
            &mut fields,
            Sign::Read,
            definition("Field1", DataType::Number),
        );
        add(
            &mut fields,
            Sign::Mention,
            definition("Field1", DataType::YesNo),
        );

        assert_eq!(fields["Field1"].1.data_type, DataType::Number);
    }
}
