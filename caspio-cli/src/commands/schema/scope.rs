//! The part of the account that a file is about.

use crate::error::CliError;
use caspio::Client;
use caspio::schema::Schema;

/// The account's tables and views that the schema names too; those that the account does not have are left
/// out. Two calls for the names, and those of [`Client::schema`].
pub(super) async fn in_account(caspio: &Client, schema: &Schema) -> Result<Schema, CliError> {
    let tables = named(caspio.tables().await?, |name| schema.table(name).is_some());
    let views = match schema.views.is_empty() {
        true => Vec::new(),
        false => named(caspio.views().await?, |name| schema.view(name).is_some()),
    };
    if tables.is_empty() && views.is_empty() {
        return Ok(Schema::default());
    }
    Ok(caspio.schema().tables(tables).views(views).await?)
}

fn named(names: Vec<String>, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    names.into_iter().filter(|name| wanted(name)).collect()
}
