//! Whether a field permits files of a type.

use crate::transfer::media::of_extension;
use crate::transfer::name::extension;

/// Whether a field with these permitted types is certain to refuse a file of this name.
///
/// A permitted type is an extension, with a dot or without. If it is anything else, the service decides. Extensions of
/// the same content type count as the same: `jpg` and `jpeg`.
pub(super) fn is_refused(file_name: &str, permitted: &[String]) -> bool {
    let own = extension(file_name).unwrap_or_default();
    let own_type = of_extension(own);
    !permitted.is_empty()
        && permitted.iter().all(|text| match as_extension(text) {
            None => false,
            Some(one) if one.eq_ignore_ascii_case(own) => false,
            Some(one) => own_type.is_none() || of_extension(one) != own_type,
        })
}

/// The extension that a permitted type names, if it clearly is one.
fn as_extension(text: &str) -> Option<&str> {
    let text = text.trim();
    let bare = text.strip_prefix('*').unwrap_or(text);
    match bare.strip_prefix('.') {
        Some(bare) => Some(bare),
        None => of_extension(bare).map(|_| bare),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_certain_to_be_refused_is_refused() {
        let refused = |name, permitted: &[&str]| {
            let permitted: Vec<String> = permitted.iter().map(|&text| text.to_owned()).collect();
            is_refused(name, &permitted)
        };

        assert!(refused("a.exe", &["pdf", "png"]));
        assert!(refused("a.png", &[".pdf", "*.dwg"]));
        assert!(refused("pdf", &["pdf"]));
        for (name, permitted) in [
            ("a.exe", &[][..]),
            ("a.PDF", &["png", "pdf"]),
            ("a.jpeg", &["jpg"]),
            ("a.exe", &["pdf", "Images"]),
            ("a.exe", &["application/pdf"]),
        ] {
            assert!(!refused(name, permitted), "{name} {permitted:?}");
        }
    }
}
