//! The shape of JSON: which members there are, and the kinds of their values.

use super::exchange::{Elements, Shape};
use super::names::{Kind, Names};
use super::value;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// What the members of an object are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Members {
    /// The fields of a record.
    Fields,
    /// Those of a response with records, which are in some of them.
    Records,
    /// Those of a bulk write of which some records may have been refused.
    Outcomes,
    /// Those that the API names.
    Api,
}

/// The members around records.
const AROUND_RECORDS: &str = "\
    Code Errors Hint Message Pagination RecordsAffected RequestId Resource Result UsersAffected data \
    recordValues where";

/// The members of all other bodies.
const OF_API: &str = "\
    ActivationUrl AppKey AppName AttachmentAltText AttachmentMaxFileSize AttachmentMinFileSize \
    AttachmentPermittedFileTypes AttachmentSmartResizer AttachmentSmartResizerForRetina AttachmentTitle \
    CallThrottling Calls Code Columns ContentType CreatedBy CustomPayloadFields CustomPayloadTemplate \
    DataPagesCount DateCreated DateModified DateUpdated DefaultIcon Deployed Description DisplayOrder \
    DocumentationUrl Editable Enabled Errors EventSources EventType Events ExternalKey Fields FileName \
    FileType Files Folders Format Frequency Hint IconFileName Id IsFormula Label LastModified LastRunTime \
    LastRunTimeUTC Length ListField Message Messages ModifiedBy Name NewName NewType NewUnique Note \
    NumberOfUsers ObjectFields ObjectId ObjectName OnInsert OnUpdate OutgoingUrls PK_ID PageNumber PageSize \
    Pagination Path Prefix RecordsAffected Remediation RequestId Resource Result Secret SendEmail Size \
    Status Success TableFieldName TaskTimeZone TimeZone TotalCount Type Unique UniqueAllowNulls UpdatedBy \
    UserGUID UsersAffected Value access_token accountSubdomain client_id client_secret data dataType \
    directoryId error error_description expires_in fileId folderId formula fullFilePath grant_type limit \
    rateLimit refresh_token relationship relationships scope stampOnInsert stampOnUpdate stampTimeZone \
    tableId tokenExpiresAt token_type triggeredActions viewId windowSeconds wsProfileName";

/// How deep the shape is described.
const DEEPEST: usize = 8;

/// How many members of one object are described. Others are counted as one.
const MOST_MEMBERS: usize = 1_000;

/// The members of an object, as their JSON.
pub(super) type RawMembers<'a> = BTreeMap<Cow<'a, str>, &'a RawValue>;

/// Returns the shape of JSON; `None` if it is not JSON.
pub(super) fn shape(json: &[u8], members: Members, names: &mut Names) -> Option<Shape> {
    let raw: &RawValue = serde_json::from_slice(json).ok()?;
    let mut shape = Shape::default();
    add(&mut shape, raw.get(), members, names, 0);
    Some(shape)
}

/// Returns the shape of the fields of a form.
pub(super) fn of_form(body: &[u8]) -> Shape {
    let mut shape = BTreeMap::new();
    for (name, text) in url::form_urlencoded::parse(body) {
        let name = api_name(OF_API, &name).unwrap_or(OTHER);
        shape.insert(name.to_owned(), scalar(value::of_text(&text)));
    }
    Shape {
        object: Some(shape),
        ..Shape::default()
    }
}

/// A member whose name is not that of the API, where there are no fields.
const OTHER: &str = "{member}";

const ABSENT: &str = "absent";

fn scalar(kind: &str) -> Shape {
    Shape {
        is: BTreeSet::from([kind.to_owned()]),
        ..Shape::default()
    }
}

/// Adds a value to a shape.
fn add(shape: &mut Shape, json: &str, members: Members, names: &mut Names, depth: usize) {
    let kind = match json.as_bytes().first() {
        Some(b'{' | b'[') if depth >= DEEPEST => "deeper",
        Some(b'{') => return add_object(shape, json, members, names, depth),
        Some(b'[') => return add_array(shape, json, members, names, depth),
        Some(b'"') => match serde_json::from_str::<Cow<'_, str>>(json) {
            Ok(text) => value::of_text(&text),
            Err(_) => "text with half a surrogate pair",
        },
        Some(b't' | b'f') => "boolean",
        Some(b'n') => "null",
        _ => value::of_number(json),
    };
    shape.is.insert(kind.to_owned());
}

fn add_array(shape: &mut Shape, json: &str, members: Members, names: &mut Names, depth: usize) {
    let items: Vec<&RawValue> = serde_json::from_str(json).unwrap_or_default();
    let count = items.len();
    let elements = shape.array.get_or_insert_with(|| Elements {
        least: count,
        most: count,
        of: Box::default(),
    });
    elements.least = elements.least.min(count);
    elements.most = elements.most.max(count);
    for item in items {
        add(&mut elements.of, item.get(), members, names, depth + 1);
    }
}

fn add_object(shape: &mut Shape, json: &str, members: Members, names: &mut Names, depth: usize) {
    let Ok(found) = serde_json::from_str::<RawMembers<'_>>(json) else {
        shape.is.insert("object that cannot be read".to_owned());
        return;
    };
    let is_first = shape.object.is_none();
    let known = shape.object.get_or_insert_default();
    let mut seen = BTreeSet::new();
    for (name, value) in found {
        let mut shown = shown_name(&name, members, names);
        if known.len() >= MOST_MEMBERS && !known.contains_key(&shown) {
            shown = OTHER.to_owned();
        }
        let member = known
            .entry(shown.clone())
            .or_insert_with(|| match is_first {
                true => Shape::default(),
                false => scalar(ABSENT),
            });
        add(member, value.get(), inner(members, &name), names, depth + 1);
        seen.insert(shown);
    }
    for (_, shape) in known.iter_mut().filter(|(name, _)| !seen.contains(*name)) {
        shape.is.insert(ABSENT.to_owned());
    }
}

fn shown_name(name: &str, members: Members, names: &mut Names) -> String {
    let is_number = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    let api = match members {
        _ if is_number => Some("{number}"),
        Members::Fields => None,
        Members::Records => api_name(AROUND_RECORDS, name),
        Members::Outcomes | Members::Api => Some(api_name(OF_API, name).unwrap_or(OTHER)),
    };
    match api {
        Some(api) => api.to_owned(),
        None => names.stand_in(Kind::Field, name),
    }
}

/// Returns the API's name of a member. v4 writes the first letter small, which is kept.
fn api_name(known: &'static str, name: &str) -> Option<&'static str> {
    let exact = |list: &'static str| list.split(' ').find(|known| *known == name);
    let is_known = || {
        known
            .split(' ')
            .any(|known| known.eq_ignore_ascii_case(name))
    };
    exact(known).or_else(|| exact(SMALL).filter(|_| is_known()))
}

/// v4's spelling of members that v3 has, as far as it is needed to tell them apart.
const SMALL: &str = "\
    code contentType description displayOrder documentationUrl editable enabled errors eventSources \
    eventType events fields fileName format hint id isFormula label length listField message name note \
    objectFields objectId outgoingUrls pageNumber pageSize pagination path prefix recordsAffected \
    remediation requestId resource result secret size status totalCount type unique uniqueAllowNulls \
    userGUID usersAffected value";

/// Returns what the members of a member are.
fn inner(members: Members, name: &str) -> Members {
    let has_records = ["Result", "data"].contains(&name);
    match members {
        Members::Records if has_records || name == "recordValues" => Members::Fields,
        Members::Records => Members::Api,
        Members::Outcomes if name == "Result" => Members::Fields,
        members => members,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(json: &str, members: Members) -> serde_json::Value {
        let shape = shape(json.as_bytes(), members, &mut Names::default());
        serde_json::to_value(shape.expect("JSON")).expect("JSON")
    }

    #[test]
    fn records_are_one_shape() {
        let json = r#"{"Result":[{"PK_ID":1,"Name":"Ann","Pay":1.5000},{"PK_ID":2,"Name":null}]}"#;
        let record = json!({
            "PK_ID": { "is": ["integer"] },
            "Field1": { "is": ["null", "text"] },
            "Field2": { "is": ["absent", "decimal to 4 places"] },
        });

        let shown = shown(json, Members::Records);

        let records = json!({ "array": { "least": 2, "most": 2, "of": { "object": record } } });
        assert_eq!(shown, json!({ "object": { "Result": records } }));
    }

    #[test]
    fn a_member_that_comes_later_is_absent_before() {
        let shown = shown(r#"[{},{"A":1}]"#, Members::Fields);

        let member = &shown["array"]["of"]["object"]["Field1"];
        assert_eq!(*member, json!({ "is": ["absent", "integer"] }));
    }

    #[test]
    fn a_field_with_a_name_of_the_api_has_a_stand_in() {
        let shown = shown(
            r#"{"Result":[{"Status":"x","Result":{"7":"Cat"}}],"Salary":1}"#,
            Members::Records,
        );

        let text = shown.to_string();
        assert!(
            !text.contains("Status") && !text.contains("Salary"),
            "{text}"
        );
        assert!(text.contains("{number}"), "{text}");
    }

    #[test]
    fn other_members_have_no_name() {
        let shown = shown(
            r#"{"Code":"x","ann@example.com":1,"sALARY":2}"#,
            Members::Api,
        );

        let members = shown["object"].as_object().expect("an object");
        assert_eq!(members.keys().collect::<Vec<_>>(), ["Code", "{member}"]);
    }

    #[test]
    fn deep_json_is_not_followed() {
        let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));

        let text = shown(&deep, Members::Api).to_string();

        assert!(text.contains("deeper"), "{text}");
        let broken = shape(b"{\"a\":", Members::Api, &mut Names::default());
        assert_eq!(broken, None);
    }
}
