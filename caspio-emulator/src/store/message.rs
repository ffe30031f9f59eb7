//! The body of a webhook message: Caspio's own, or one from an event's template.

use super::StoreError;
use super::field::same_name;
use super::schema::Table;
use super::webhook::{Event, Webhook};
use super::{date, document};
use crate::json;
use rusqlite::{Connection, OptionalExtension};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A record as JSON, with the original digits of numbers.
pub(super) type Row = BTreeMap<String, Box<RawValue>>;

/// Returns the body of a message about `rows`.
///
/// One message covers all records of one write: the array in the known bodies suggests it, no
/// source documents it.
pub(crate) fn body(
    connection: &Connection,
    event: &Event,
    table: &Table,
    rows: &[&Row],
) -> Result<String, StoreError> {
    let webhook: Webhook =
        document::get(connection, &event.webhook)?.ok_or(StoreError::ObjectNotFound)?;
    let facts = MessageContext {
        webhook: &webhook,
        event,
        table,
        account: account(connection)?,
        message_id: Uuid::new_v4().to_string(),
        date: date::to_json(&date::now(connection)?)[..19].to_owned(),
    };
    Ok(match &event.template {
        Some(template) => facts.fill(template, rows),
        None => facts.default(rows),
    })
}

/// Returns the name of the account.
pub(super) fn account(connection: &Connection) -> Result<String, StoreError> {
    Ok(connection
        .query_row(
            "SELECT value FROM setting WHERE name = 'account'",
            [],
            |row| row.get(0),
        )
        .optional()?
        .unwrap_or_default())
}

struct MessageContext<'a> {
    webhook: &'a Webhook,
    event: &'a Event,
    table: &'a Table,
    account: String,
    message_id: String,
    date: String,
}

impl MessageContext<'_> {
    fn named(&self, name: &str) -> Option<&str> {
        Some(match name {
            "secret" => &self.webhook.secret,
            "webhookId" => &self.webhook.id,
            "messageId" | "callId" => &self.message_id,
            "eventId" => &self.event.id,
            "accountId" => &self.account,
            "eventDate" => &self.date,
            "eventType" => self.event.kind.name(),
            "objectName" => &self.table.name,
            _ => return None,
        })
    }

    fn default(&self, rows: &[&Row]) -> String {
        let mut out = Vec::with_capacity(512);
        out.push(b'{');
        for name in [
            "eventId",
            "messageId",
            "webhookId",
            "accountId",
            "secret",
            "eventDate",
            "eventType",
            "objectName",
        ] {
            if name == "secret" && self.event.hides_secret {
                continue;
            }
            json::string(&mut out, name);
            out.push(b':');
            json::string(&mut out, self.named(name).unwrap_or_default());
            out.push(b',');
        }
        out.extend_from_slice(b"\"data\":[");
        for (at, row) in rows.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            self.record(&mut out, row);
        }
        out.extend_from_slice(b"]}");
        String::from_utf8_lossy(&out).into_owned()
    }

    fn record(&self, out: &mut Vec<u8>, row: &Row) {
        let wanted = |name: &str| {
            let fields = &self.event.payload_fields;
            fields.is_empty()
                || same_name(name, "PK_ID")
                || fields.iter().any(|field| same_name(field, name))
        };
        out.push(b'{');
        let mut first = true;
        for (name, value) in row.iter().filter(|(name, _)| wanted(name)) {
            if !std::mem::take(&mut first) {
                out.push(b',');
            }
            json::string(out, name);
            out.push(b':');
            out.extend_from_slice(value.get().as_bytes());
        }
        out.push(b'}');
    }

    /// Fills a template: single quotes become double quotes, then each token becomes its value, as
    /// text. The part inside the array of `data` is repeated for each record.
    fn fill(&self, template: &str, rows: &[&Row]) -> String {
        let template = template.replace('\'', "\"");
        let (head, item, tail) = split_items(&template);
        let items: Vec<_> = match item {
            Some(item) => rows
                .iter()
                .map(|row| self.tokens(item, Some(row)))
                .collect(),
            None => Vec::new(),
        };
        let only = rows.first().copied();
        format!(
            "{}{}{}",
            self.tokens(head, only),
            items.join(","),
            self.tokens(tail, only)
        )
    }

    fn tokens(&self, text: &str, row: Option<&Row>) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find("[@") {
            let Some(length) = rest[start..].find(']') else {
                break;
            };
            out.push_str(&rest[..start]);
            let token = &rest[start + 2..start + length];
            out.push_str(&escaped(&self.token(token, row)));
            rest = &rest[start + length + 1..];
        }
        out.push_str(rest);
        out
    }

    fn token(&self, token: &str, row: Option<&Row>) -> String {
        if let Some(name) = token.strip_prefix("out-hook:") {
            return self.named(name).unwrap_or_default().to_owned();
        }
        let Some(name) = token.strip_prefix("field:") else {
            return String::new();
        };
        let value = row.and_then(|row| {
            row.iter()
                .find(|(known, _)| same_name(known, name.trim_end_matches('/')))
                .map(|(_, value)| value.get())
        });
        match value.map(serde_json::from_str::<Value>) {
            Some(Ok(Value::String(text))) => text,
            Some(Ok(Value::Null)) | None => String::new(),
            Some(_) => value.unwrap_or_default().to_owned(),
        }
    }
}

/// Finds the object inside `"data": [ ... ]`.
fn split_items(template: &str) -> (&str, Option<&str>, &str) {
    let found = template.find("\"data\"").and_then(|data| {
        let open = data + template[data..].find('[')?;
        let start = open + template[open..].find('{')?;
        let end = start + template[start..].find('}')? + 1;
        Some((start, end))
    });
    match found {
        Some((start, end)) => (
            &template[..start],
            Some(&template[start..end]),
            &template[end..],
        ),
        None => (template, None, ""),
    }
}

fn escaped(text: &str) -> String {
    let mut out = Vec::new();
    json::string(&mut out, text);
    let quoted = String::from_utf8_lossy(&out).into_owned();
    quoted[1..quoted.len() - 1].to_owned()
}
