//! Which column was meant, when the service does not know one that a read names.

use super::plan::Plan;
use crate::client::Client;
use crate::record::PK_ID;
use crate::target::Target;
use caspio_core::Error;
use caspio_core::error::ErrorContext as _;
use caspio_schema::is_same_name;
use caspio_schema::nearest;

const NO_SUCH_COLUMN: &str =
    "the account has no such column; compare the struct with `client.verify`";

/// Adds the column and a near name to an error for an unknown column.
///
/// Near names are those of the table as far as the client has read its fields, otherwise those of the
/// record's struct. No call is made for it.
pub(super) fn explain(error: Error, client: &Client, plan: &Plan) -> Error {
    let columns: Vec<&str> = plan.columns().collect();
    explain_unknown_column(error, client, &plan.target, &columns)
}

/// Does the same for an operation of a struct with these columns.
pub(crate) fn explain_unknown_column(
    error: Error,
    client: &Client,
    target: &Target,
    columns: &[&str],
) -> Error {
    let message = error.service_message().unwrap_or_else(|| error.message());
    let Some(unknown) = column_in(message).map(str::to_owned) else {
        return error;
    };
    let error = error.with_field(unknown.clone());
    match client.cached_definitions(target) {
        Some(fields) => {
            let names = fields.iter().map(|field| field.name.as_str());
            let error = suggest(error, &unknown, names);
            match error.hint() {
                Some(_) => error,
                None => error.with_hint(NO_SUCH_COLUMN),
            }
        }
        None if columns.iter().any(|name| is_same_name(name, &unknown)) => {
            error.with_hint(NO_SUCH_COLUMN)
        }
        None => suggest(error, &unknown, columns.iter().copied()),
    }
}

/// The column in SQL Server's `Invalid column name 'Town'.`, which Caspio passes on.
fn column_in(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("Invalid column name '")?;
    let (name, _) = rest.split_once('\'')?;
    Some(name)
}

fn suggest<'n>(error: Error, unknown: &str, known: impl Iterator<Item = &'n str>) -> Error {
    match nearest(unknown, known.chain([PK_ID])) {
        Some(near) if !is_same_name(near, unknown) => {
            error.with_hint(format!("did you mean `{near}`?"))
        }
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use caspio_core::ErrorKind;

    fn hint(unknown: &str) -> Option<String> {
        let error = Error::new(ErrorKind::Invalid, "unknown");
        let error = suggest(error, unknown, ["City", "First_Name"].into_iter());
        error.hint().map(str::to_owned)
    }

    #[test]
    fn the_column_is_taken_from_the_services_message() {
        assert_eq!(column_in("Invalid column name 'Town'."), Some("Town"));
        assert_eq!(column_in("Incorrect syntax near 'Town'."), None);
    }

    #[test]
    fn a_near_name_is_suggested() {
        assert_eq!(hint("Ctiy").as_deref(), Some("did you mean `City`?"));
        assert_eq!(
            hint("FirstName").as_deref(),
            Some("did you mean `First_Name`?")
        );
        assert_eq!(hint("Total"), None);
    }
}
