//! URLs. Everything is percent-encoded, spaces as `%20`, which every server accepts.

use super::{ListParams, Window};
use crate::record::ObjectKind;
use caspio_core::__private::percent;
use caspio_core::Url;
use std::borrow::Cow;
use std::fmt::{self, Write};

/// The URL of one table or view, with which the URLs of its parts begin.
#[derive(Clone, Debug)]
pub(crate) struct ObjectUrl(Url);

impl ObjectUrl {
    /// `segment` is the name or id of the table or view.
    pub(crate) fn new(base: &Url, kind: ObjectKind, segment: &str) -> Self {
        let mut url = collection_url(base, kind);
        push_segment(&mut url, segment);
        Self(url)
    }

    /// The URL of the records.
    pub(crate) fn records(&self) -> Url {
        self.part(&["records"])
    }

    /// The URL of a part, by its path segments.
    pub(crate) fn part(&self, segments: &[&str]) -> Url {
        let mut url = self.0.clone();
        for segment in segments {
            push_segment(&mut url, segment);
        }
        url
    }
}

/// `{base}/tables` or `{base}/views`.
pub(crate) fn collection_url(base: &Url, kind: ObjectKind) -> Url {
    let mut url = base.clone();
    push_segment(&mut url, collection(kind));
    url
}

pub(super) fn collection(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::Table => "tables",
        ObjectKind::View => "views",
    }
}

/// The names of the parameters of a read.
#[derive(Debug)]
pub(super) struct ParamNames {
    pub(super) select: &'static str,
    pub(super) filter: &'static str,
    pub(super) group_by: &'static str,
    pub(super) order_by: &'static str,
    pub(super) limit: &'static str,
}

/// Adds the parameters of a read.
pub(super) fn list_url(mut url: Url, names: &ParamNames, params: &ListParams) -> Url {
    let mut query = String::new();
    let mut push = |name: &str, value: &str| {
        if value.is_empty() {
            return;
        }
        let joint = if query.is_empty() { "" } else { "&" };
        let value = percent::encode(value);
        let _ = write!(query, "{joint}{name}={value}");
    };
    push(names.select, &params.select);
    push(names.filter, &params.filter);
    push(names.group_by, &params.group_by);
    push(names.order_by, &params.order_by);
    if let Window::First(count) = params.window {
        push(names.limit, &count.to_string());
    }
    if !query.is_empty() {
        url.set_query(Some(&query));
    }
    url
}

/// Adds one parameter to a URL.
pub(crate) fn push_query(url: &mut Url, name: &str, value: &str) {
    let value = percent::encode(value);
    let query = match url.query() {
        Some(query) => format!("{query}&{name}={value}"),
        None => format!("{name}={value}"),
    };
    url.set_query(Some(&query));
}

/// Adds one segment to the path of a URL.
///
/// URLs have no segments that are empty or only dots: they would refer to the folder above. And their parser drops
/// tabs and line breaks, so that another name would be left. Such a name is sent percent-encoded, and the service
/// does not find it.
pub(super) fn push_segment(url: &mut Url, segment: &str) {
    let segment = match segment {
        "" | "." | ".." => percent_text(segment),
        _ if segment.contains(['\t', '\n', '\r']) => percent_text(segment),
        _ => Cow::Borrowed(segment),
    };
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().push(&segment);
    }
}

/// Returns a record's key as a segment of a path. Keys are digits and commas; anything without a digit could be
/// the name of an operation, as `bulk` is, and is sent in its percent-encoded form, which is not the key of a record.
pub(super) fn key_segment(key: &str) -> Cow<'_, str> {
    if key.bytes().any(|byte| byte.is_ascii_digit()) {
        Cow::Borrowed(key)
    } else {
        percent_text(key)
    }
}

/// Returns a text with each byte in its percent-encoded form; a percent sign for an empty text.
fn percent_text(text: &str) -> Cow<'static, str> {
    if text.is_empty() {
        return Cow::Borrowed("%");
    }
    Cow::Owned(text.bytes().map(|byte| format!("%{byte:02X}")).collect())
}

/// Returns the number of characters that one parameter adds to a URL, with `&` and `=`.
pub(super) fn query_length(name: &str, value: &str) -> usize {
    name.len() + 2 + encoded_length(value)
}

/// Returns the number of characters that a text takes in a URL.
pub(crate) fn encoded_length(text: impl fmt::Display) -> usize {
    struct Length(usize);

    impl fmt::Write for Length {
        fn write_str(&mut self, part: &str) -> fmt::Result {
            self.0 += percent::encode(part).map(str::len).sum::<usize>();
            Ok(())
        }
    }

    let mut length = Length(0);
    // Counting cannot fail.
    let _ = write!(length, "{text}");
    length.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect;
    use caspio_core::ApiVersion;

    #[test]
    fn names_and_values_are_encoded_with_percent_signs_only() {
        let base = Url::parse("http://127.0.0.1/integrations/rest/v3").expect("a url");
        let url = ObjectUrl::new(&base, ObjectKind::Table, "My Table/é").records();
        let params = ListParams {
            filter: "Name = N'A+B & C'".to_owned(),
            window: Window::First(7),
            ..ListParams::default()
        };

        let url = dialect::of(ApiVersion::V3).list_url(url, &params);

        assert_eq!(
            url.as_str(),
            "http://127.0.0.1/integrations/rest/v3/tables/My%20Table%2F%C3%A9/records\
             ?q.where=Name%20%3D%20N%27A%2BB%20%26%20C%27&q.limit=7"
        );
    }

    #[test]
    fn no_name_changes_the_shape_of_a_url() {
        let base = Url::parse("http://127.0.0.1/rest/v4").expect("a url");
        let segments = |url: &Url| url.path().split('/').count();
        for name in [
            "", ".", "..", "%2e%2e", "%2E.", "a/b", "a?b#c", "\\\\..", " ", "\t", "a\nb",
        ] {
            let object = ObjectUrl::new(&base, ObjectKind::Table, name);
            assert_eq!(
                segments(&object.records()),
                6,
                "{name:?}: {}",
                object.records()
            );
            let shorter = name.replace(['\t', '\n'], "");
            let other = ObjectUrl::new(&base, ObjectKind::Table, &shorter);
            assert_eq!(other.records() == object.records(), shorter == name);
            let part = object.part(&["records", name, "attachments", name]);
            assert_eq!(segments(&part), 9, "{name:?}: {part}");
        }
    }

    #[test]
    fn no_key_is_the_name_of_an_operation() {
        for key in ["bulk", "BULK", "fileInfo", "", "..", ",", "bu\u{131}k"] {
            let segment = key_segment(key);
            assert!(segment.starts_with('%'), "{key:?}: {segment}");
        }
        assert_eq!(key_segment("12,7"), "12,7");
        assert_eq!(key_segment("-3"), "-3");
    }
}
