//! The ids of files and folders.

use crate::text_id::text_id;

text_id! {
    /// The id of a file: its external key on v2 and v3, its id on v4. Both are GUIDs.
    ///
    /// A text that cannot be an id is refused before a call, when the id is used.
    FileId
}

text_id! {
    /// The id of a folder: its external key on v2 and v3, its id on v4. Both are GUIDs.
    ///
    /// A text that cannot be an id is refused before a call, when the id is used.
    FolderId
}

/// The words of paths that stand where an id stands.
const WORDS: [&str; 5] = ["bulk", "fileInfo", "folders", "path", "search"];

/// Whether a text can be an id. Others would be the name of an operation in a URL or, if empty, the root folder.
pub(super) fn is_possible(id: &str) -> bool {
    let is_of_id =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'{' | b'}');
    let is_word = WORDS.iter().any(|word| word.eq_ignore_ascii_case(id));
    !id.is_empty() && id.bytes().all(is_of_id) && !is_word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_an_operation_is_no_id() {
        for id in [
            "b0bd9207-06e2-4932-8c1a-97aff5c93ae5",
            "{ABCDEFAB-ABCD}",
            "7",
            "xyzabc",
        ] {
            assert!(is_possible(id), "{id}");
        }
        for id in [
            "", " ", ".", "..", "path", "folders", "search", "bulk", "FILEINFO", "a/1", "1?x",
            "1#", "1\n", "%31", "é1", "a b-1",
        ] {
            assert!(!is_possible(id), "{id:?}");
        }
    }
}
