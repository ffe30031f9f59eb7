//! The part of the account that a schema file describes.

use crate::error::CliError;
use caspio::Client;
use caspio::schema::Schema;

/// Reads the tables and views of the account that the schema names, omitting those that do not exist. Two
/// calls for the names, and those of [`Client::schema`].
pub(super) async fn in_account(caspio: &Client, schema: &Schema) -> Result<Schema, CliError> {
    let tables = named(caspio.tables().await?, |name| schema.table(name).is_some());
    let views = if schema.views.is_empty() {
        Vec::new()
    } else {
        named(caspio.views().await?, |name| schema.view(name).is_some())
    };
    if tables.is_empty() && views.is_empty() {
        return Ok(Schema::default());
    }
    Ok(caspio.schema().tables(tables).views(views).await?)
}

/// Returns what is not compared, because the API does not report it in the version of one side; `None` for nothing.
pub(super) fn not_compared(file: &Schema, account: &Schema) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    for property in file.unreported.iter().chain(&account.unreported) {
        if !names.contains(&property.as_str()) {
            names.push(property.as_str());
        }
    }
    (!names.is_empty()).then(|| {
        format!(
            "Not compared, because the API does not report it in the version that was used: {}.",
            names.join("; ")
        )
    })
}

fn named(names: Vec<String>, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    names.into_iter().filter(|name| wanted(name)).collect()
}
