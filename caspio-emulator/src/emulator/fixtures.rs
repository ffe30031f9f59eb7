//! The tables and records that a test defines for an emulator.

use super::EmulatorBuilder;
use crate::store::define::TableDef;
use crate::store::{Fixture, FixtureSource, Format};
use serde_json::Value;
use std::path::PathBuf;

impl EmulatorBuilder {
    /// Starts with this table instead of the sample; called again, with each of the tables. Its records are those of
    /// [`csv`](Self::csv) and [`json`](Self::json). Call [`sample_data`](Self::sample_data) afterwards to have both.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
    /// use serde_json::json;
    ///
    /// let contacts = TableDef::new("Contacts")
    ///     .field(FieldDef::new("First_Name", DataType::Text255))
    ///     .field(FieldDef::new("Member_Since", DataType::DateTime));
    /// let caspio = Emulator::builder()
    ///     .table(contacts)
    ///     .csv("Contacts", "First_Name,Member_Since\nAnn,2024-05-01\nBob,\n")
    ///     .json("Contacts", json!([{ "PK_ID": 70, "First_Name": "Cid" }]))
    ///     .start()
    ///     .await?;
    ///
    /// assert_eq!(caspio.count("Contacts")?, 3);
    /// # Ok::<_, caspio_emulator::EmulatorError>(()) }).unwrap();
    /// ```
    ///
    /// [`start`](Self::start) refuses a table that the sample, a snapshot, a folder or a schema has too. A table that
    /// the file of [`data`](Self::data) has from an earlier start stays unchanged, with its records.
    pub fn table(mut self, table: TableDef) -> Self {
        self.initial.tables.push(table);
        self.sample = false;
        self
    }

    /// Adds records to a table at the start: CSV with the names of fields in the first line.
    ///
    /// The table is one of [`table`](Self::table), [`load`](Self::load), [`schema`](Self::schema),
    /// [`snapshot`](Self::snapshot) or the sample; records that it has already stay. A table that the file of
    /// [`data`](Self::data) has from an earlier start gets no records, so that it does not get them at each start.
    ///
    /// `PK_ID` and the values that Caspio generates (autonumbers, random ids, GUIDs, timestamps) are kept; empty ones
    /// are generated. Other empty values are null, an empty text or "no". Yes/No is `yes`, `true` or `1`; a date is
    /// `2022-01-24` or `2022-01-24T20:30:51`; a list is `Cat, Frog`, `[1,3]` or `{"1":"Cat"}`; a password is its text.
    /// Columns of formulas and attachments are ignored. Webhooks do not see the records.
    ///
    /// Either all records of all fixtures are inserted, or [`start`](Self::start) fails. The error names the file or
    /// table, the line, the field, the value and what is expected.
    pub fn csv(self, table: impl Into<String>, text: impl Into<String>) -> Self {
        self.fixture(table, Format::Csv, FixtureSource::Text(text.into()))
    }

    /// Like [`csv`](Self::csv), from a file, which is read when the emulator starts.
    pub fn csv_file(self, table: impl Into<String>, file: impl Into<PathBuf>) -> Self {
        self.fixture(table, Format::Csv, FixtureSource::File(file.into()))
    }

    /// Like [`csv`](Self::csv), from JSON: an array of objects, or the text of one. A response of the API, with the
    /// records as `Result`, is accepted as well.
    ///
    /// A text is read as a value of CSV is; a list may also be an array of texts. A field that a record does not name
    /// gets the value that it has in an insert without it, and `null` is null, but for fields that Caspio fills.
    pub fn json(self, table: impl Into<String>, records: impl Into<Value>) -> Self {
        // The digits of numbers in a text stay as they are.
        let text = match records.into() {
            Value::String(text) => text,
            records => records.to_string(),
        };
        self.fixture(table, Format::Json, FixtureSource::Text(text))
    }

    /// Like [`json`](Self::json), from a file, which is read when the emulator starts.
    pub fn json_file(self, table: impl Into<String>, file: impl Into<PathBuf>) -> Self {
        self.fixture(table, Format::Json, FixtureSource::File(file.into()))
    }

    fn fixture(mut self, table: impl Into<String>, format: Format, source: FixtureSource) -> Self {
        self.initial.fixtures.push(Fixture {
            table: table.into(),
            format,
            source,
        });
        self
    }
}
