//! One difference between two schemas, and its text.

use crate::{DataType, ObjectKind, Property};
use serde_json::Value;
use std::fmt;

/// One difference between two schemas, from the first to the second.
///
/// `Display` is one line for people:
/// `table "Contacts": field "Age" changed its type from INTEGER to NUMBER`.
///
/// ```
/// use caspio_schema::{Change, Schema, ObjectDefinition};
///
/// let after = Schema::new(vec![ObjectDefinition::new("Pets", vec![])], vec![]);
/// let changes = Schema::default().diff(&after);
/// assert!(matches!(&changes[..], [Change::Added { fields: 0, .. }]));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// A table or view was added.
    Added {
        /// The table or view.
        object: ObjectName,
        /// How many fields it has.
        fields: usize,
    },
    /// A table or view was removed.
    Removed {
        /// The table or view.
        object: ObjectName,
    },
    /// The case of a name of a table or view changed.
    Renamed {
        /// Its current name.
        object: ObjectName,
        /// Its earlier name.
        from: String,
    },
    /// The relationships of a table changed.
    RelationshipsChanged {
        /// The table.
        object: ObjectName,
    },
    /// A field was added.
    FieldAdded {
        /// The table or view.
        object: ObjectName,
        /// Its name.
        field: String,
        /// Its type.
        data_type: DataType,
    },
    /// A field was removed.
    FieldRemoved {
        /// The table or view.
        object: ObjectName,
        /// Its name.
        field: String,
        /// Its type.
        data_type: DataType,
    },
    /// A property of a field changed.
    FieldChanged {
        /// The table or view.
        object: ObjectName,
        /// Its current name.
        field: String,
        /// The property that changed.
        property: Property,
        /// The old value; empty for none.
        from: String,
        /// The new value; empty for none.
        to: String,
    },
    /// A field moved relative to the others.
    FieldMoved {
        /// The table or view.
        object: ObjectName,
        /// Its name.
        field: String,
        /// The field it now follows; the first follows none.
        after: Option<String>,
    },
    /// A list field offers more values.
    ListValuesAdded {
        /// The table or view.
        object: ObjectName,
        /// Its name.
        field: String,
        /// The new values.
        values: Vec<Value>,
    },
    /// A list field no longer offers some values.
    ListValuesRemoved {
        /// The table or view.
        object: ObjectName,
        /// Its name.
        field: String,
        /// The removed values.
        values: Vec<Value>,
    },
}

/// A table or a view by its name.
///
/// ```
/// use caspio_schema::ObjectName;
///
/// let pets = ObjectName::Table("Pets".to_owned());
/// assert_eq!(pets.to_string(), r#"table "Pets""#);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ObjectName {
    /// A table.
    Table(String),
    /// A view.
    View(String),
}

impl ObjectName {
    /// Names a table or view.
    #[must_use]
    pub fn new(kind: ObjectKind, name: impl Into<String>) -> Self {
        match kind {
            ObjectKind::Table => Self::Table(name.into()),
            ObjectKind::View => Self::View(name.into()),
        }
    }

    /// Returns whether it is a table or a view.
    #[must_use]
    pub fn kind(&self) -> ObjectKind {
        match self {
            Self::Table(_) => ObjectKind::Table,
            Self::View(_) => ObjectKind::View,
        }
    }

    /// Returns whether it is a view.
    ///
    /// ```
    /// use caspio_schema::ObjectName;
    ///
    /// assert!(ObjectName::View("Pet_Names".to_owned()).is_view());
    /// ```
    #[must_use]
    pub fn is_view(&self) -> bool {
        matches!(self, Self::View(_))
    }

    /// Returns the name.
    ///
    /// ```
    /// use caspio_schema::ObjectName;
    ///
    /// assert_eq!(ObjectName::Table("Pets".to_owned()).name(), "Pets");
    /// ```
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Table(name) | Self::View(name) => name,
        }
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.kind(), self.name())
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added { object, fields } => {
                let s = if *fields == 1 { "" } else { "s" };
                write!(f, "{object} was added, with {fields} field{s}")
            }
            Self::Removed { object } => write!(f, "{object} was removed"),
            Self::Renamed { object, from } => write!(f, "{object} was called {from:?}"),
            Self::RelationshipsChanged { object } => {
                write!(f, "{object}: its relationships changed")
            }
            Self::FieldAdded {
                object,
                field,
                data_type,
            } => write!(f, "{object}: field {field:?} was added ({data_type})"),
            Self::FieldRemoved {
                object,
                field,
                data_type,
            } => write!(f, "{object}: field {field:?} was removed ({data_type})"),
            Self::FieldChanged {
                object,
                field,
                property,
                from,
                to,
            } => {
                if let Some(phrase) = property.phrase(to == "yes") {
                    return write!(f, "{object}: field {field:?} {phrase}");
                }
                let (from, to) = (Quoted(*property, from), Quoted(*property, to));
                write!(
                    f,
                    "{object}: field {field:?} changed its {property} from {from} to {to}"
                )
            }
            Self::FieldMoved {
                object,
                field,
                after,
            } => match after {
                Some(after) => write!(f, "{object}: field {field:?} moved after {after:?}"),
                None => write!(f, "{object}: field {field:?} moved to the front"),
            },
            Self::ListValuesAdded {
                object,
                field,
                values,
            } => write!(f, "{object}: field {field:?} now offers {}", Values(values)),
            Self::ListValuesRemoved {
                object,
                field,
                values,
            } => write!(
                f,
                "{object}: field {field:?} no longer offers {}",
                Values(values)
            ),
        }
    }
}

/// One side of a changed property.
struct Quoted<'a>(Property, &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            "" => f.write_str("nothing"),
            text if self.0.is_text() => write!(f, "{text:?}"),
            text => f.write_str(text),
        }
    }
}

/// Values separated by commas.
pub(crate) struct Values<'a>(pub(crate) &'a [Value]);

impl fmt::Display for Values<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, value) in self.0.iter().enumerate() {
            let joint = if at == 0 { "" } else { ", " };
            write!(f, "{joint}{value}")?;
        }
        Ok(())
    }
}
