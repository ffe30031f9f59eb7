//! Finds the records of rows that may have been inserted already.

use super::encoded_row::EncodedRow;
use super::found_record::{FoundRecord, FoundRecords};
use super::key_column::left_empty;
use super::key_lookup::{KeyLookup, literal};
use super::lists;
use crate::client::Client;
use crate::decode::RawRow;
use crate::filter::literal::Literal;
use crate::handle::{Access, Handle};
use crate::record::{Key, Record, ToRow};
use crate::schema::FieldDefinition;
use crate::target::Target;
use crate::value::{CanonicalKey, as_stored};
use caspio_core::Result;
use caspio_schema::{folded_name, is_same_name};
use std::collections::{BTreeMap, HashMap, HashSet};

/// How many reads are in progress at once.
const CONCURRENCY: usize = 4;

/// Finds the records of rows that may have been inserted already, such as those of a program that was killed: by a
/// column whose values identify the rows.
///
/// ```no_run
/// use caspio::advanced::RowLookup;
/// # async fn example(client: &caspio::Client) -> caspio::Result<()> {
/// let table = client.table_named("Contacts");
/// let row = caspio::RecordMap::from_iter([("Email", "ada@example.com"), ("City", "London")]);
///
/// let found = RowLookup::new(&table, "Email").find(&[row]).await;
///
/// for record in found.into_iter().next().expect("one for each row")? {
///     match record.difference {
///         None => println!("record {} has all values of the row", record.key),
///         Some(column) => println!("record {} has another {column}", record.key),
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct RowLookup {
    client: Client,
    target: Target,
    column: String,
    compares: bool,
}

/// A record with a row's value in the column of a [`RowLookup`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FoundRow {
    /// The record's key.
    pub key: Key,
    /// A column in which the record has another value than the row; `None` if it has all values of the row, or if they
    /// are not compared. A table's column that the row does not have is compared with what a record that is inserted
    /// without it holds: nothing, or No; a view's is compared if another row has it. Also the column of the lookup,
    /// where its value is spelled in another way.
    pub difference: Option<String>,
}

impl RowLookup {
    /// Looks up by a column of a table or view.
    pub fn new<R: Record, A: Access>(handle: &Handle<R, A>, column: impl Into<String>) -> Self {
        Self {
            client: handle.client().clone(),
            target: handle.target().clone(),
            column: column.into(),
            compares: true,
        }
    }

    /// Reads the column of the lookup only, and compares no values.
    #[must_use]
    pub fn without_comparison(mut self) -> Self {
        self.compares = false;
        self
    }

    /// Returns the records with each row's value in the column, compared as the service compares it. Passwords are not
    /// compared.
    ///
    /// It takes one call for as many values as fit a URL of 2,047 characters, and one for the fields if the client does
    /// not know them. If a single value is too long for a URL, the whole table is read, with one call for every 1,000
    /// records.
    ///
    /// # Errors
    ///
    /// For each row: the read fails. A row without a value that identifies it has no records.
    pub async fn find<T: ToRow>(&self, rows: &[T]) -> Vec<Result<Vec<FoundRow>>> {
        let definitions = self.client.definitions(&self.target).await;
        let definitions = definitions.unwrap_or_default();
        let rows = rows.iter().map(|row| self.sought(row, &definitions));
        let rows: Vec<Result<SoughtRow>> = rows.collect();
        let names = self.names(&rows, &definitions);
        let lookup = names.iter().map(String::as_str);
        let lookup = KeyLookup::new(&self.client, &self.target, lookup);
        let found = self.read(&lookup, &names, &rows, &definitions).await;
        let records = |row: &SoughtRow| -> Result<Vec<FoundRow>> {
            let found = found.as_ref().map_err(Clone::clone)?;
            let records = row.key.as_ref().and_then(|key| found.get(key));
            let records = records.into_iter().flatten();
            Ok(records
                .map(|record| FoundRow {
                    key: record.key.clone(),
                    difference: match self.compares {
                        true => record.difference(&row.encoded, &definitions),
                        false => None,
                    },
                })
                .collect())
        };
        let rows = rows.into_iter();
        rows.map(|row| row.and_then(|row| records(&row))).collect()
    }

    fn sought(&self, row: &impl ToRow, definitions: &[FieldDefinition]) -> Result<SoughtRow> {
        let row = row.to_row();
        let mut fields = definitions.iter();
        let field = fields.find(|field| is_same_name(&field.name, &self.column));
        let data_type = field.map(|field| &field.data_type);
        let value = row.get(&self.column);
        let key = value.and_then(|value| CanonicalKey::of(value, data_type));
        let sought = value.and_then(|value| literal(&as_stored(value, data_type)));
        let encoded = EncodedRow::of(&lists::by_keys(row, definitions))?;
        Ok(SoughtRow {
            key: key.filter(|_| sought.is_some()),
            literal: sought,
            encoded,
        })
    }

    /// Returns the columns to read.
    fn names(&self, rows: &[Result<SoughtRow>], definitions: &[FieldDefinition]) -> Vec<String> {
        let mut columns = BTreeMap::new();
        if self.compares {
            let names = rows.iter().flatten();
            let names = names.flat_map(|row| row.encoded.readable_columns().into_keys());
            let names = names.chain(left_empty(self.target.kind, definitions).map(str::to_owned));
            columns.extend(names.map(|name| (folded_name(&name), name)));
        }
        columns.insert(folded_name(&self.column), self.column.clone());
        columns.into_values().collect()
    }

    /// Reads the records with the values of the rows, by the value as the service compares it.
    async fn read(
        &self,
        lookup: &KeyLookup,
        names: &[String],
        rows: &[Result<SoughtRow>],
        definitions: &[FieldDefinition],
    ) -> Result<HashMap<CanonicalKey, Vec<FoundRecord>>> {
        let rows = || rows.iter().flatten();
        let sought: HashSet<&CanonicalKey> = rows().filter_map(|row| row.key.as_ref()).collect();
        let literals: Vec<Literal> = rows().filter_map(|row| row.literal.clone()).collect();
        let mut fields = definitions.iter();
        let field = fields.find(|field| is_same_name(&field.name, &self.column));
        let data_type = field.map(|field| &field.data_type);
        let is_sought =
            |value: Option<&CanonicalKey>| value.is_some_and(|value| sought.contains(value));
        let mut found = FoundRecords::new(&self.column, data_type, names);
        let each = |key: Key, row: &RawRow<'_>| found.add_if(key, row, is_sought);
        match lookup.lists(&self.column, literals.clone()) {
            Ok(_) => {
                let column = &self.column;
                lookup
                    .listed(column, literals, CONCURRENCY.into(), each)
                    .await?;
            }
            // A value that does not fit a URL is found only by reading the table.
            Err(_) => lookup.all(each).await?,
        }
        let mut by_value: HashMap<CanonicalKey, Vec<FoundRecord>> = HashMap::new();
        for record in found.records {
            if let Some(value) = record.value.clone() {
                by_value.entry(value).or_default().push(record);
            }
        }
        Ok(by_value)
    }
}

/// A row whose records are sought.
struct SoughtRow {
    /// Its value in the column, as Caspio compares it; `None` if it does not identify the row.
    key: Option<CanonicalKey>,
    literal: Option<Literal>,
    encoded: EncodedRow,
}
