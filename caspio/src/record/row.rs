//! Records to be written.

use super::{FieldInfo, RecordMap, Source};
use crate::field::FieldValue;
use caspio_schema::is_same_name;
use std::borrow::Cow;

/// A struct whose fields can be written to a table or view.
///
/// `#[derive(CaspioTable)]` and `#[derive(CaspioView)]` implement it with every column that is not read
/// only; `#[derive(CaspioInsert)]` with those that the struct has.
///
/// ```
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// use caspio::advanced::ToRow;
///
/// let columns: Vec<&str> = Order::WRITES.iter().map(|column| column.name).collect();
/// assert_eq!(columns, ["Contact_Id", "Quantity", "Total", "Status", "Placed"]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written to a table",
    label = "not a record that can be written",
    note = "add `#[derive(CaspioInsert)]` with `#[caspio(table = ...)]`, the struct of the table",
    note = "a record of `table_named` is a map, `RecordMap::from([(\"City\", \"Rome\")])`; JSON is converted by `RecordMap::try_from(json!({{..}}))`",
    note = "a struct with `#[derive(CaspioTable)]` can be written when each of its fields can, or is `read_only`; a field `with` functions of its own needs `to = \"function\"`"
)]
pub trait ToRow {
    /// The table or view it is written to.
    type Source: Source;
    /// The columns it can write.
    const WRITES: &'static [FieldInfo];

    /// Returns the columns with their values.
    ///
    /// ```
    /// # mod setup { include!("../doc_setup.rs"); } use setup::*;
    /// use caspio::field::FieldValue;
    /// use caspio::advanced::ToRow;
    ///
    /// let contact = NewContact { first_name: "Ada".to_owned(), ..NewContact::default() };
    /// let row = contact.to_row();
    /// assert_eq!(row.get("First_Name"), Some(&FieldValue::Text("Ada".into())));
    /// assert_eq!(row.get("City"), None); // a `Patch` that is absent
    /// ```
    fn to_row(&self) -> Row<'_>;
}

/// The columns of a record to be written, with their values, in order.
///
/// ```
/// use caspio::field::FieldValue;
/// use caspio::advanced::Row;
///
/// let mut row = Row::default();
/// row.push("Name", FieldValue::Text("Rex".into()));
/// row.push("Age", FieldValue::Integer(4));
/// assert_eq!(row.len(), 2);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Row<'a> {
    columns: Vec<(Cow<'a, str>, FieldValue<'a>)>,
    /// A column that an assignment sets to null, although the struct's field for it does not hold null.
    refused_null: Option<Cow<'a, str>>,
    /// Whether the values are those of a map, which does not know the types of its columns.
    is_untyped: bool,
}

impl<'a> Row<'a> {
    /// Creates an empty row with capacity for some columns.
    #[must_use]
    pub fn with_capacity(columns: usize) -> Self {
        Self {
            columns: Vec::with_capacity(columns),
            ..Self::default()
        }
    }

    /// Returns whether the values are those of a map, which does not know the types of its columns.
    pub(crate) fn is_untyped(&self) -> bool {
        self.is_untyped
    }

    /// Notes that values are those of a map.
    pub(crate) fn set_untyped(&mut self) {
        self.is_untyped = true;
    }

    /// Adds a column. A column whose value is absent is ignored.
    ///
    /// ```
    /// # use caspio::field::FieldValue;
    /// # use caspio::advanced::Row;
    /// let mut row = Row::default();
    /// row.push("Age", FieldValue::Integer(4));
    /// row.push("Name", FieldValue::Absent);
    /// assert_eq!(row.len(), 1);
    /// ```
    pub fn push(&mut self, column: impl Into<Cow<'a, str>>, value: FieldValue<'a>) {
        if !matches!(value, FieldValue::Absent) {
            self.columns.push((column.into(), value));
        }
    }

    /// Sets a column; an earlier value of it is removed. An absent value changes nothing. Names are compared without
    /// case, as Caspio does.
    pub(crate) fn set(&mut self, column: impl Into<Cow<'a, str>>, value: FieldValue<'a>) {
        if matches!(value, FieldValue::Absent) {
            return;
        }
        let column = column.into();
        self.columns
            .retain(|(name, _)| !is_same_name(name, &column));
        self.refused_null
            .take_if(|name| is_same_name(name, &column));
        self.push(column, value);
    }

    /// Notes that a column is set to null, although the struct's field for it does not hold null: the record could not
    /// be read again.
    pub(crate) fn refuse_null(&mut self, column: impl Into<Cow<'a, str>>) {
        self.refused_null = Some(column.into());
    }

    /// Returns a column that is set to null, although the struct's field for it does not hold null.
    pub(crate) fn refused_null(&self) -> Option<&str> {
        self.refused_null.as_deref()
    }

    /// Returns the value of a column. Names are compared without case, as Caspio does.
    #[must_use]
    pub fn get(&self, column: &str) -> Option<&FieldValue<'a>> {
        self.iter()
            .find(|(name, _)| is_same_name(name, column))
            .map(|(_, value)| value)
    }

    /// Returns two names of the row that are one column for Caspio, such as `City` and `CITY`, if there are any.
    pub(crate) fn repeated(&self) -> Option<(&str, &str)> {
        let columns = self.columns.iter().enumerate();
        let mut pairs = columns.flat_map(|(at, (name, _))| {
            let earlier = self.columns[..at].iter();
            earlier.map(move |(other, _)| (&**other, &**name))
        });
        pairs.find(|(one, other)| is_same_name(one, other))
    }

    /// Returns the columns with their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &FieldValue<'a>)> {
        self.columns.iter().map(|(name, value)| (&**name, value))
    }

    /// Returns the number of columns.
    #[must_use]
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Returns whether there are no columns.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// Removes some columns.
    pub(crate) fn without(mut self, leave_out: impl Fn(&str, &FieldValue<'a>) -> bool) -> Self {
        self.columns.retain(|(name, value)| !leave_out(name, value));
        self
    }

    /// Returns the columns with their values.
    pub(crate) fn into_columns(self) -> impl Iterator<Item = (Cow<'a, str>, FieldValue<'a>)> {
        self.columns.into_iter()
    }

    /// Changes the values.
    pub(crate) fn map(
        mut self,
        mut change: impl FnMut(&str, FieldValue<'a>) -> FieldValue<'a>,
    ) -> Self {
        for (name, value) in &mut self.columns {
            *value = change(name, std::mem::replace(value, FieldValue::Absent));
        }
        self
    }

    /// Converts the row into one that borrows nothing.
    #[must_use]
    pub fn into_owned(self) -> Row<'static> {
        let columns = self.columns.into_iter();
        Row {
            columns: columns
                .map(|(name, value)| (name.into_owned().into(), value.into_owned()))
                .collect(),
            refused_null: self.refused_null.map(|name| name.into_owned().into()),
            is_untyped: self.is_untyped,
        }
    }
}

/// Rows are equal if they have the same columns and values, in the same order.
impl PartialEq for Row<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.columns == other.columns && self.refused_null == other.refused_null
    }
}

/// Writes all columns but the key. The program must leave out read-only columns: a map does not know them.
impl ToRow for RecordMap {
    type Source = Self;
    const WRITES: &'static [FieldInfo] = &[];

    fn to_row(&self) -> Row<'_> {
        let mut row = Row::with_capacity(self.len());
        row.set_untyped();
        for (index, (name, value)) in self.iter().enumerate() {
            if !is_same_name(name, super::PK_ID) {
                let exact = self.exact(index).cloned();
                row.push(name, exact.unwrap_or_else(|| value.into()));
            }
        }
        row
    }
}

impl<T: ToRow + ?Sized> ToRow for &T {
    type Source = T::Source;
    const WRITES: &'static [FieldInfo] = T::WRITES;

    fn to_row(&self) -> Row<'_> {
        (**self).to_row()
    }
}
