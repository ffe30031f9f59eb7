//! The columns that a record declares.

use crate::field::kind::AnyKind;
use std::fmt;

/// One column as a record declares it.
///
/// A record's columns are a constant, so reading them costs nothing:
/// [`Record::FIELDS`](crate::record::Record::FIELDS).
///
/// ```
/// # mod setup { include!("../doc_setup.rs"); } use setup::*;
/// use caspio::advanced::Record;
///
/// let names: Vec<&str> = Order::FIELDS.iter().map(|field| field.name).collect();
/// assert_eq!(names, ["PK_ID", "Contact_Id", "Quantity", "Total", "Status", "Placed"]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldInfo {
    /// The column's name in Caspio.
    pub name: &'static str,
    /// The struct's field that holds it.
    pub member: &'static str,
    /// The values that the field can hold, for messages: `a whole number`.
    pub expected: &'static str,
    /// The Rust type of the field, as written.
    pub rust_type: &'static str,
    /// The kind of column it holds; `None` for a type that functions of the program convert.
    pub kind: Option<caspio_schema::Kind>,
    /// Whether the field can hold null.
    pub nullable: bool,
    /// Whether writes omit it.
    pub read_only: bool,
    /// Where its value comes from.
    pub origin: Origin,
}

/// Where a column's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// A column of the table or view.
    Column,
    /// A T-SQL expression.
    Expression(&'static str),
    /// An aggregate function of a column; an empty name stands for `*`.
    Aggregate {
        /// The function: `COUNT`, `SUM`, `AVG`, `MIN` or `MAX`.
        function: &'static str,
        /// The column's name.
        column: &'static str,
    },
}

impl FieldInfo {
    /// Creates a column that is read into `member` and can be written.
    #[must_use]
    pub const fn new(name: &'static str, member: &'static str) -> Self {
        Self {
            name,
            member,
            expected: "a value",
            rust_type: "",
            kind: None,
            nullable: false,
            read_only: false,
            origin: Origin::Column,
        }
    }

    /// Sets what the field can hold, and whether that includes null, from its type.
    ///
    /// ```
    /// use caspio::advanced::FieldInfo;
    ///
    /// let email = FieldInfo::new("Email", "email").of::<Option<String>>("Option<String>");
    /// assert!(email.nullable);
    /// assert_eq!(email.rust_type, "Option<String>");
    /// ```
    #[must_use]
    pub const fn of<T: crate::field::FieldType>(mut self, rust_type: &'static str) -> Self {
        self.expected = T::EXPECTED;
        self.nullable = T::NULLABLE;
        self.kind = <T::Kind as AnyKind>::KIND;
        self.rust_type = rust_type;
        self
    }

    /// Sets a Rust type that functions of the program convert to.
    #[must_use]
    pub const fn converted(mut self, rust_type: &'static str) -> Self {
        self.rust_type = rust_type;
        self
    }

    /// Accepts null, for a field with a default.
    #[must_use]
    pub const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// Reads a T-SQL expression under this name. The text is not checked.
    ///
    /// ```
    /// use caspio::advanced::{FieldInfo, Origin};
    ///
    /// let year = FieldInfo::new("Year", "year").expression("YEAR(Placed)");
    /// assert_eq!(year.origin, Origin::Expression("YEAR(Placed)"));
    /// ```
    #[must_use]
    pub const fn expression(mut self, sql: &'static str) -> Self {
        self.origin = Origin::Expression(sql);
        self
    }

    /// Reads an aggregate of a column under this name; an empty column stands for `*`.
    ///
    /// ```
    /// use caspio::advanced::{FieldInfo, Origin};
    ///
    /// let owed = FieldInfo::new("Owed", "owed").aggregate("SUM", "Total");
    /// assert_eq!(owed.origin, Origin::Aggregate { function: "SUM", column: "Total" });
    /// ```
    #[must_use]
    pub const fn aggregate(mut self, function: &'static str, column: &'static str) -> Self {
        self.origin = Origin::Aggregate { function, column };
        self
    }

    /// Omits the column from every write.
    #[must_use]
    pub const fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }
}

/// Formats a struct of columns as the names of its columns.
#[doc(hidden)]
pub fn debug_columns(name: &str, columns: &[&str], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{name} ")?;
    f.debug_set().entries(columns).finish()
}
