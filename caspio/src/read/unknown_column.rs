//! Remedies for the service's errors about a column that an operation names.

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
const NO_SUCH_NAME: &str =
    "the account has no such column; use the names of the fields, not their labels";

/// Adds the column and the remedy to an error about a column.
pub(super) fn explain(error: Error, client: &Client, plan: &Plan) -> Error {
    if let Some(column) = ungrouped_column(message(&error)).map(str::to_owned) {
        return explain_ungrouped(error, plan, column);
    }
    if let Some(column) = unknown_column(&error).filter(|column| plan.computes(column)) {
        let hint = format!(
            "`{column}` is an expression of the struct, and records are sorted and filtered by columns only"
        );
        return error.with_field(column).with_hint(hint);
    }
    let columns: Vec<&str> = plan.columns().collect();
    let names = match plan.fields {
        [] => Names::AtRunTime(&columns),
        _ => Names::OfStruct(&columns),
    };
    explain_names(error, client, &plan.target, &names)
}

/// Does the same for an operation of a struct with these columns.
///
/// Near names are those of the table as far as the client has read its fields, otherwise those of the struct. No call
/// is made for it.
pub(crate) fn explain_unknown_column(
    error: Error,
    client: &Client,
    target: &Target,
    columns: &[&str],
) -> Error {
    let names = match columns {
        [] => Names::AtRunTime(columns),
        _ => Names::OfStruct(columns),
    };
    explain_names(error, client, target, &names)
}

/// The columns that an operation names.
enum Names<'n> {
    OfStruct(&'n [&'n str]),
    AtRunTime(&'n [&'n str]),
}

fn explain_names(error: Error, client: &Client, target: &Target, names: &Names<'_>) -> Error {
    let (of_struct, columns): (&[&str], _) = match names {
        Names::OfStruct(columns) => (columns, columns),
        Names::AtRunTime(columns) => (&[], columns),
    };
    if is_conversion(message(&error)) {
        return error.with_hint(match names {
            Names::OfStruct(_) => "a value does not fit the column's type in the account; compare the struct with `client.verify`",
            Names::AtRunTime(_) => "a value does not fit the column's type in the account; change the value, or `T` of `c.column::<T>` or `column_named::<T>`",
        });
    }
    let Some(unknown) = unknown_column(&error) else {
        return error;
    };
    let is_of_struct = of_struct.iter().any(|name| is_same_name(name, &unknown));
    let hint = match client.cached_definitions(target) {
        Some(fields) => {
            let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
            let near = near(&unknown, &names);
            near.unwrap_or_else(|| match is_of_struct {
                true => NO_SUCH_COLUMN.to_owned(),
                false => columns_of(target, &names),
            })
        }
        None if is_of_struct => NO_SUCH_COLUMN.to_owned(),
        None => near(&unknown, columns).unwrap_or_else(|| NO_SUCH_NAME.to_owned()),
    };
    error.with_field(unknown).with_hint(hint)
}

fn message(error: &Error) -> &str {
    error.service_message().unwrap_or_else(|| error.message())
}

/// The column in SQL Server's `Invalid column name 'Town'.`, which Caspio passes on, or in Caspio's own message.
fn unknown_column(error: &Error) -> Option<String> {
    if let Some((_, rest)) = message(error).split_once("Invalid column name '") {
        return rest.split_once('\'').map(|(name, _)| name.to_owned());
    }
    let is_unknown = matches!(error.code(), Some("FieldNotFound" | "ColumnNotFound"));
    let named = error.field().filter(|_| is_unknown)?;
    named.split(", ").next().map(str::to_owned)
}

/// Whether the service does not know a column that the call names.
pub(crate) fn names_unknown_column(error: &Error) -> bool {
    unknown_column(error).is_some()
}

/// Whether SQL Server could not compare a value with a column of another type.
fn is_conversion(message: &str) -> bool {
    message.contains("Conversion failed when converting")
        || message.contains("Error converting data type")
}

/// The column in SQL Server's message about one that is not a column of the groups.
fn ungrouped_column(message: &str) -> Option<&str> {
    let (before, _) = message.split_once("' is invalid in the select list because it is not")?;
    let (_, name) = before.rsplit_once('\'')?;
    name.rsplit('.').next()
}

fn explain_ungrouped(error: Error, plan: &Plan, column: String) -> Error {
    let hint = if plan.is_grouped() {
        "read a struct that has only columns of the groups and aggregates: `.select::<T>()`"
            .to_owned()
    } else {
        let member = plan.member(&column).unwrap_or("column");
        format!("group by each column that is not an aggregate: `.group_by(|c| c.{member})`")
    };
    error.with_field(column).with_hint(hint)
}

fn near(unknown: &str, known: &[&str]) -> Option<String> {
    let near = nearest(unknown, known.iter().copied().chain([PK_ID]))?;
    (!is_same_name(near, unknown)).then(|| format!("did you mean `{near}`?"))
}

/// More columns than this are not listed.
const LISTED: usize = 12;

fn columns_of(target: &Target, known: &[&str]) -> String {
    let listed = known.iter().take(LISTED);
    let listed: Vec<String> = listed.map(|name| format!("`{name}`")).collect();
    let listed = listed.join(", ");
    match known.len().saturating_sub(LISTED) {
        0 => format!("the columns of {target} are {listed}"),
        more => format!("the columns of {target} are {listed} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use caspio_core::ErrorKind;

    fn unknown(code: &str, field: &str, message: &str) -> Option<String> {
        let error = Error::new(ErrorKind::Invalid, message).with_code(code);
        unknown_column(&error.with_field(field))
    }

    #[test]
    fn the_column_is_taken_from_the_services_response() {
        let of_sql = unknown("SqlServerError", "", "Invalid column name 'Town'.");
        assert_eq!(of_sql.as_deref(), Some("Town"));
        let of_caspio = unknown("FieldNotFound", "Town, Emial", "..");
        assert_eq!(of_caspio.as_deref(), Some("Town"));
        let other = unknown("SqlServerError", "Town", "Incorrect syntax near 'Town'.");
        assert_eq!(other, None);
    }

    #[test]
    fn the_column_outside_the_groups_is_taken_from_the_services_message() {
        let message = "Column 'City' is invalid in the select list because it is not contained in either an \
                       aggregate function or the GROUP BY clause.";
        assert_eq!(ungrouped_column(message), Some("City"));
        let qualified = message.replace("City", "Contacts.City");
        assert_eq!(ungrouped_column(&qualified), Some("City"));
        assert_eq!(ungrouped_column("Invalid column name 'Town'."), None);
    }

    #[test]
    fn a_near_name_is_suggested() {
        let hint = |unknown| near(unknown, &["City", "First_Name"]);
        assert_eq!(hint("Ctiy").as_deref(), Some("did you mean `City`?"));
        assert_eq!(
            hint("FirstName").as_deref(),
            Some("did you mean `First_Name`?")
        );
        assert_eq!(hint("Total"), None);
    }
}
