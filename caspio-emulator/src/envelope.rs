//! The JSON envelopes of each version.

use crate::http::call::Outcome;
use crate::http::{Call, Refusal, Response, Version};
use crate::json;
use crate::paging::Paging;
use crate::store::edit::WriteResult;
use crate::store::read::Page;
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::Value;

/// A page of records: `{"Result":[...]}` on v2, with `Pagination` on v3, `{"data":[...],
/// "pagination":{...}}` on v4.
pub(crate) fn page(version: Version, page: &Page, paging: Paging) -> Outcome {
    let (rows, pagination) = match version {
        Version::V2 | Version::V3 => ("Result", "Pagination"),
        Version::V4 => ("data", "pagination"),
    };
    let mut body = Vec::with_capacity(page.json.len() + 96);
    body.push(b'{');
    json::string(&mut body, rows);
    body.push(b':');
    body.extend_from_slice(&page.json);
    if version != Version::V2 {
        body.push(b',');
        json::string(&mut body, pagination);
        body.push(b':');
        let total = page.total.map(|total| paging.pagination(total));
        let written = match version {
            Version::V4 => serde_json::to_writer(&mut body, &total.map(|total| total.in_v4())),
            _ => serde_json::to_writer(&mut body, &total),
        };
        written.map_err(|_| Refusal::internal())?;
    }
    body.push(b'}');
    Ok(Response::raw_json(StatusCode::OK, body).rows(page.rows))
}

/// A list of objects other than records: `{"Result":[...]}`, on v4 a page of `{"data":[...]}`.
///
/// All lists of v4 are paged; it is inferred that the whole list is returned if no page is requested, fact
/// `lists-without-page`.
pub(crate) fn list<T: Serialize>(call: &Call<'_>, items: Vec<T>) -> Outcome {
    if call.version != Version::V4 {
        return call.ok(&items);
    }
    let total = items.len() as u64;
    let asked = ["pageNumber", "pageSize", "limit"]
        .iter()
        .any(|name| call.params.get(name).is_some());
    let paging = if asked {
        Paging::of_records(call.params)?
    } else {
        Paging {
            number: 1,
            size: total,
        }
    };
    #[derive(Serialize)]
    struct Envelope<T, P> {
        data: Vec<T>,
        pagination: P,
    }
    Response::json(
        StatusCode::OK,
        &Envelope {
            data: paging.cut(items),
            pagination: paging.pagination(total).in_v4(),
        },
    )
}

/// One object: `{"Result":{...}}`, on v4 without an envelope, as `GET /v4/me` returns it; it is inferred that all
/// other objects of v4 are returned like this: facts `objects-without-envelope`, `record-in-v4` and `insert-with-echo`.
pub(crate) fn one<T: Serialize>(call: &Call<'_>, item: &T) -> Outcome {
    match call.version {
        Version::V4 => Response::json(StatusCode::OK, item),
        Version::V2 | Version::V3 => call.ok(item),
    }
}

/// A list of objects. On v4 their members are in camel case and the key is named `id`.
pub(crate) fn objects<T: Serialize>(call: &Call<'_>, id: &str, items: Vec<T>) -> Outcome {
    match call.version {
        Version::V2 | Version::V3 => call.ok(&items),
        Version::V4 => {
            let renamed: Result<Vec<_>, _> = items.iter().map(|item| in_v4(id, item)).collect();
            list(call, renamed?)
        }
    }
}

/// One object, whose key is named `id` on v4.
pub(crate) fn object<T: Serialize>(call: &Call<'_>, id: &str, item: &T) -> Outcome {
    match call.version {
        Version::V2 | Version::V3 => call.ok(item),
        Version::V4 => one(call, &in_v4(id, item)?),
    }
}

/// An object that was just created, without an envelope; its key is named `id` on v4.
pub(crate) fn created<T: Serialize>(
    call: &Call<'_>,
    status: StatusCode,
    id: &str,
    item: &T,
) -> Outcome {
    match call.version {
        Version::V2 | Version::V3 => Response::json(status, item),
        Version::V4 => Response::json(status, &in_v4(id, item)?),
    }
}

/// Renames the members of an object for v4: camel case, and for the key the name that the path has
/// for it. The rule is inferred from the members that are recorded, fact `names-in-v4`.
pub(crate) fn in_v4<T: Serialize>(id: &str, item: &T) -> Result<Value, Refusal> {
    let json = serde_json::to_value(item).map_err(|_| Refusal::internal())?;
    let Value::Object(members) = json else {
        return Ok(json);
    };
    let renamed = members.into_iter().map(|(name, value)| {
        let name = match name.as_str() {
            "ExternalKey" | "Id" => id.to_owned(),
            name => camel(name),
        };
        (name, value)
    });
    Ok(renamed.collect())
}

/// `{"RecordsAffected":n}`, with `Result` when the caller requested the records; v2 always has a
/// `Result`. v4's names, `recordsAffected` and `data`, are inferred from its other names: facts `bulk-update` and
/// `bulk-delete`.
pub(crate) fn affected(version: Version, member: &str, done: &WriteResult) -> Response {
    let empty = Page {
        json: b"[]".to_vec(),
        ..Page::default()
    };
    let rows = match version {
        Version::V2 => Some(done.rows.as_ref().unwrap_or(&empty)),
        Version::V3 | Version::V4 => done.rows.as_ref(),
    };
    let count = Some((member, done.affected()));
    written(version, StatusCode::OK, count, rows)
}

/// The response of a write: the number of records and the records themselves, each if present.
pub(crate) fn written(
    version: Version,
    status: StatusCode,
    affected: Option<(&str, u64)>,
    rows: Option<&Page>,
) -> Response {
    let mut body = vec![b'{'];
    if let Some((member, count)) = affected {
        match version {
            Version::V4 => json::string(&mut body, &camel(member)),
            Version::V2 | Version::V3 => json::string(&mut body, member),
        }
        body.push(b':');
        json::integer(&mut body, i64::try_from(count).unwrap_or(i64::MAX));
    }
    if let Some(page) = rows {
        if affected.is_some() {
            body.push(b',');
        }
        body.extend_from_slice(match version {
            Version::V4 => b"\"data\":",
            Version::V2 | Version::V3 => b"\"Result\":",
        });
        body.extend_from_slice(&page.json);
    }
    body.push(b'}');
    Response::raw_json(status, body).rows(rows.map_or(0, |page| page.rows))
}

/// Names such as `PK_ID` stay unchanged.
fn camel(name: &str) -> String {
    if name.chars().nth(1).is_some_and(char::is_uppercase) {
        return name.to_owned();
    }
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}
