//! T-SQL over HTTP, with the values that SQL Server's documentation gives: `sql_server/cases.json`.
//!
//! A case has a kind: `v` is the value of an expression, `w` the keys of the records for which a condition holds, `q`
//! the rows of a query; `Ev` and `Ew` are refused by SQL Server, `Lv` is legal and may have any value.

mod common;

use common::{Caspio, read};
use reqwest::{Method, StatusCode};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

/// The cases that are known to differ, with the reason. What is refused of them must
/// be refused with the emulator's own code.
const KNOWN: &[(&str, &str)] = &[
    ("GETDATE() AT TIME ZONE", "no type has an offset"),
    ("SWITCHOFFSET(", "no type has an offset"),
    ("S COLLATE", "one collation"),
    ("S2 COLLATE", "one collation"),
    ("FOR XML PATH", "no XML"),
    ("STRING_SPLIT(", "no functions as sources"),
    ("(VALUES (1),(2))", "no rows as sources"),
    ("CROSS APPLY", "no APPLY"),
    ("STDEV(I) OVER", "no statistics over windows"),
    ("JSON_VALUE(", "no JSON"),
    ("TRY_PARSE(", "the parser does not know it"),
    ("WITH ROLLUP", "the parser of a grouping does not know it"),
    (
        "\"I OFFSET 2 ROWS",
        "the service adds its own paging behind the order",
    ),
    ("TOP 50 PERCENT", "a number of records only"),
    ("WITH TIES", "a number of records only"),
];

/// Text that the parser refuses before the emulator can say that it does not know it.
const NOT_PARSED: &[&str] = &["TRY_PARSE(", "WITH ROLLUP", "\"I OFFSET 2 ROWS"];

#[tokio::test]
async fn expressions_conditions_and_queries_are_answered_as_by_sql_server() {
    let caspio = Caspio::empty().await;
    create(&caspio).await;
    let cases: Vec<Value> =
        serde_json::from_str(include_str!("sql_server/cases.json")).expect("JSON");

    let mut wrong = Vec::new();
    for case in &cases {
        let text = case["text"].as_str().expect("a text");
        let (status, answer) = ask(&caspio, case).await;
        let right = is_right(case, status, &answer);
        let known = KNOWN.iter().find(|(part, _)| text.contains(part));
        match known {
            None if !right => wrong.push(format!(
                "{text}\n  expected {}\n  found    {answer}",
                case["expected"]
            )),
            Some(_) if right => wrong.push(format!("{text}\n  is right: remove it from KNOWN")),
            Some((part, _))
                if status != StatusCode::OK
                    && answer["Code"] != "NotEmulated"
                    && !NOT_PARSED.contains(part) =>
            {
                wrong.push(format!(
                    "{text}\n  is not answered as unknown to the emulator, but {answer}"
                ));
            }
            _ => {}
        }
    }

    assert_eq!(cases.len(), 518);
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_the_emulator_does_not_know_has_its_own_code_and_a_name_that_nobody_knows_has_sql_servers()
 {
    let caspio = Caspio::empty().await;
    create(&caspio).await;
    let refused = async |condition: &str| {
        let (status, body) = read(
            caspio
                .get("tables/X/records", &[("q.where", condition)])
                .await,
        )
        .await;
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        (status.as_u16(), text("Code"), text("Message"))
    };

    let known = refused("ISJSON(S)=1").await;
    let unknown = refused("ISJASON(S)=1").await;

    assert_eq!((known.0, known.1.as_str()), (400, "NotEmulated"));
    assert!(
        known
            .2
            .starts_with("The function 'ISJSON' is T-SQL that this emulator does not know."),
        "{}",
        known.2
    );
    assert_eq!((unknown.0, unknown.1.as_str()), (400, "SqlServerError"));
    assert_eq!(
        unknown.2,
        "'ISJASON' is not a recognized built-in function name."
    );
}

async fn create(caspio: &Caspio) {
    let fields: Vec<_> = [
        ("S", "STRING"),
        ("S2", "STRING"),
        ("I", "INTEGER"),
        ("N", "NUMBER"),
        ("C", "CURRENCY"),
        ("D", "DATE/TIME"),
        ("Y", "YES/NO"),
    ]
    .iter()
    .map(|(name, ty)| json!({"Name": name, "Type": ty}))
    .collect();
    let table = json!({"Name": "X", "Fields": fields});
    let (status, body) = caspio.send(Method::POST, "tables", table).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    for row in [
        json!({"S": "Alpha", "S2": "x", "I": 1, "N": 0.5, "C": 19.99, "D": "2022-01-24T20:30:51", "Y": true}),
        json!({"S": "beta%", "S2": null, "I": 2, "N": 1.5, "C": 5, "D": "2022-02-01T00:00:00", "Y": false}),
        json!({"S": "[x]", "S2": "", "I": 3, "N": null, "C": 1.5, "D": "2021-06-30T12:00:00", "Y": false}),
        json!({"S": "O'Brien", "S2": "y", "I": 4, "N": -2.25, "C": 100, "D": "1999-12-31T00:00:00", "Y": true}),
        json!({"S": "é_1", "S2": null, "I": null, "N": null, "C": null, "D": null, "Y": false}),
    ] {
        let (status, body) = caspio.send(Method::POST, "tables/X/records", row).await;
        assert_eq!(status, StatusCode::CREATED, "{body}");
    }
}

/// Records with their values in the order of the columns.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    result: Vec<Row>,
}

struct Row(Vec<Value>);

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Values;
        impl<'de> Visitor<'de> for Values {
            type Value = Row;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a record")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row, A::Error> {
                let mut values = Vec::new();
                while let Some((_, value)) = map.next_entry::<String, Value>()? {
                    values.push(value);
                }
                Ok(Row(values))
            }
        }
        deserializer.deserialize_map(Values)
    }
}

/// Sends a case; a successful response is reduced to the value that the case expects.
async fn ask(caspio: &Caspio, case: &Value) -> (StatusCode, Value) {
    let (kind, text) = (
        case["kind"].as_str().unwrap_or_default(),
        case["text"].as_str().unwrap_or_default(),
    );
    let parts: Vec<(String, String)> = match kind {
        "q" => {
            let parts: Value = serde_json::from_str(text).expect("the parts of a query");
            let parts = parts.as_object().expect("an object");
            let plain = |value: &Value| {
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned)
            };
            parts
                .iter()
                .map(|(name, value)| (format!("q.{name}"), plain(value)))
                .collect()
        }
        kind if kind.ends_with('v') => {
            vec![
                ("q.select".into(), format!("{text} AS v")),
                ("q.where".into(), "PK_ID=1".into()),
            ]
        }
        _ => vec![
            ("q.select".into(), "PK_ID".into()),
            ("q.where".into(), text.to_owned()),
            ("q.orderBy".into(), "PK_ID".into()),
        ],
    };
    let query: Vec<_> = parts
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let response = caspio.get("tables/X/records", &query).await;
    let status = response.status();
    let text = response.text().await.expect("a body");
    if status != StatusCode::OK {
        return (status, serde_json::from_str(&text).unwrap_or_default());
    }
    let rows: Answer = serde_json::from_str(&text).expect("records");
    let rows: Vec<Vec<Value>> = rows.result.into_iter().map(|row| row.0).collect();
    let answer = match kind {
        "q" => json!(rows),
        kind if kind.ends_with('v') => rows
            .first()
            .and_then(|row| row.first())
            .cloned()
            .unwrap_or_default(),
        _ => rows.into_iter().flatten().collect(),
    };
    (status, answer)
}

fn is_right(case: &Value, status: StatusCode, answer: &Value) -> bool {
    let kind = case["kind"].as_str().unwrap_or_default();
    let expected = &case["expected"];
    if kind.starts_with('E') || expected == "ERR" {
        return status != StatusCode::OK;
    }
    let any = kind.starts_with('L') || expected == "ANY";
    status == StatusCode::OK && (any || is_same(answer, expected))
}

fn is_same(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Number(found), Value::Number(expected)) => {
            let [found, expected] =
                [found, expected].map(|number| number.as_f64().unwrap_or(f64::NAN));
            (found - expected).abs() <= 1e-9 * expected.abs().max(1.0)
        }
        (Value::Array(found), Value::Array(expected)) => {
            found.len() == expected.len()
                && found
                    .iter()
                    .zip(expected)
                    .all(|(found, expected)| is_same(found, expected))
        }
        _ => found == expected,
    }
}
