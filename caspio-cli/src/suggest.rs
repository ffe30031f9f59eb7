//! "Did you mean": suggests names that are near an unknown name.

use crate::error::CliError;
use caspio::Client;
use caspio::record::ObjectKind;
use caspio_schema::is_same_name;

/// Returns a hint with the name nearest to an unknown one, or with all known names after `list`.
pub(crate) fn near_or_all<'n>(
    name: &str,
    known: impl Iterator<Item = &'n str> + Clone,
    list: &str,
) -> String {
    match caspio_schema::nearest(name, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("{list} {}", known.collect::<Vec<_>>().join(", ")),
    }
}

/// Adds the nearest names of the account to the error of a table or view that does not exist.
///
/// One call for each kind that is asked for. If the names cannot be listed, the error stays unchanged.
pub(crate) async fn near_objects(
    caspio: &Client,
    error: CliError,
    asked: &[(ObjectKind, &str)],
) -> CliError {
    let mut hints = Vec::new();
    for kind in [ObjectKind::Table, ObjectKind::View] {
        let of_kind = || asked.iter().filter(|(of, _)| *of == kind);
        if of_kind().next().is_none() {
            continue;
        }
        let Ok(known) = names_of(caspio, kind).await else {
            continue;
        };
        for (_, name) in of_kind() {
            let near = caspio_schema::nearest(name, known.iter().map(String::as_str));
            let exists = known.iter().any(|known| is_same_name(known, name));
            if let (Some(near), false) = (near, exists) {
                hints.push(format!("did you mean the {kind} `{near}`?"));
            }
        }
    }
    if hints.is_empty() {
        return error;
    }
    // The suggestion replaces the SDK's own hint to check the name.
    error.with_hint(hints.join(" "))
}

async fn names_of(caspio: &Client, kind: ObjectKind) -> caspio::Result<Vec<String>> {
    match kind {
        ObjectKind::Table => caspio.tables().await,
        ObjectKind::View => caspio.views().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_suggested_otherwise_all_are_listed() {
        let hint = |name| near_or_all(name, ["Total", "City"].into_iter(), "the columns are");
        assert_eq!(hint("Totl"), "did you mean `Total`?");
        assert_eq!(hint("Weight"), "the columns are Total, City");
    }
}
