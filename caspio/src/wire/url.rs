//! Addresses. Everything is percent-encoded, spaces as `%20`, which every kind of server reads.

use super::{Dialect, ListParams, Window};
use crate::record::SourceKind;
use caspio_core::Url;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt::Write;

/// All but RFC 3986's unreserved characters.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// `{base}/tables` or `{base}/views`, with further path segments.
pub(crate) fn collection_url(base: &Url, kind: SourceKind, segments: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().push(collection(kind)).extend(segments);
    }
    url
}

/// v4's `{base}/schemas/tables` or `{base}/schemas/views`.
pub(crate) fn schemas_url(base: &Url, kind: SourceKind) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(["schemas", collection(kind)]);
    }
    url
}

fn collection(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Table => "tables",
        SourceKind::View => "views",
    }
}

/// Adds the parameters of a read.
pub(crate) fn list_url(mut url: Url, dialect: &Dialect, params: &ListParams) -> Url {
    let mut query = String::new();
    let mut push = |name: &str, value: &str| {
        if value.is_empty() {
            return;
        }
        let joint = if query.is_empty() { "" } else { "&" };
        let value = utf8_percent_encode(value, ENCODED);
        let _ = write!(query, "{joint}{name}={value}");
    };
    push(dialect.select, &params.select);
    push(dialect.filter, &params.filter);
    push(dialect.group_by, &params.group_by);
    push(dialect.order_by, &params.order_by);
    if let Window::First(count) = params.window {
        push(dialect.limit, &count.to_string());
    }
    if !query.is_empty() {
        url.set_query(Some(&query));
    }
    url
}

/// A text as it stands in an address.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

/// How many characters one parameter takes, its sign included.
pub(super) fn query_length(name: &str, value: &str) -> usize {
    name.len() + 2 + encoded_length(value)
}

/// How many characters a text takes in an address.
pub(crate) fn encoded_length(text: &str) -> usize {
    utf8_percent_encode(text, ENCODED).map(str::len).sum()
}

/// Adds v4's parameters for one page of a list that is not records.
pub(crate) fn page_url(mut url: Url, number: usize, size: usize) -> Url {
    url.set_query(Some(&format!("pageNumber={number}&pageSize={size}")));
    url
}

#[cfg(test)]
mod tests {
    use super::*;
    use caspio_core::ApiVersion;

    #[test]
    fn names_and_values_are_encoded_with_percent_signs_only() {
        let base = Url::parse("http://127.0.0.1/integrations/rest/v3").expect("a url");
        let url = collection_url(&base, SourceKind::Table, &["My Table/é", "records"]);
        let params = ListParams {
            filter: "Name = N'A+B & C'".to_owned(),
            window: Window::First(7),
            ..ListParams::default()
        };

        let url = list_url(url, Dialect::of(ApiVersion::V3), &params);

        assert_eq!(
            url.as_str(),
            "http://127.0.0.1/integrations/rest/v3/tables/My%20Table%2F%C3%A9/records\
             ?q.where=Name%20%3D%20N%27A%2BB%20%26%20C%27&q.limit=7"
        );
    }
}
