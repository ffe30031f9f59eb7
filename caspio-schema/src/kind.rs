//! Which Caspio types which kinds of Rust types can hold.

use crate::DataType;
use std::fmt;

/// A family of Rust types that a column can be read into.
///
/// ```
/// use caspio_schema::{DataType, Kind};
///
/// assert!(DataType::Integer.fits(Kind::Currency));
/// assert_eq!(Kind::Currency.rust_type(), "Decimal");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Text: `String`, `&str`.
    Text,
    /// Whole numbers: `i32`, `u64`.
    Integer,
    /// Inexact numbers: `f64`.
    Number,
    /// Exact decimals: `Decimal`.
    Currency,
    /// Dates: `DateTime`, `Date`.
    DateTime,
    /// Yes/No: `bool`.
    YesNo,
    /// GUID: `Uuid`.
    Guid,
    /// Lists: `List<T>`.
    List,
    /// Passwords, written and never read: `Password`.
    Password,
}

use Kind::{Currency, DateTime, Guid, Integer, List, Number, Text, YesNo};

const ALL: &[Kind] = &[Text, Integer, Number, Currency, DateTime, YesNo, Guid, List];

impl Kind {
    /// A Rust type of this kind, to propose.
    ///
    /// ```
    /// use caspio_schema::Kind;
    ///
    /// assert_eq!(Kind::Integer.rust_type(), "i64");
    /// ```
    #[must_use]
    pub fn rust_type(self) -> &'static str {
        match self {
            Self::Text => "String",
            Self::Integer => "i64",
            Self::Number => "f64",
            Self::Currency => "Decimal",
            Self::DateTime => "DateTime",
            Self::YesNo => "bool",
            Self::Guid => "Uuid",
            Self::List => "List",
            Self::Password => "Password",
        }
    }

    /// The kind of that name, as `caspio::field::kind` spells it.
    ///
    /// ```
    /// use caspio_schema::Kind;
    ///
    /// assert_eq!(Kind::from_name("YesNo"), Some(Kind::YesNo));
    /// ```
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let mut all = ALL.iter().copied().chain([Self::Password]);
        all.find(|kind| kind.to_string() == name)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl DataType {
    /// The kinds of Rust types that hold its values, the usual one first. A type that is not known, and
    /// a formula whose result's type is not, may be any.
    ///
    /// Currency is exact and passes through no inexact number, so [`Kind::Number`] does not hold it.
    ///
    /// ```
    /// use caspio_schema::{DataType, Kind};
    ///
    /// assert_eq!(DataType::Guid.kinds(), [Kind::Guid, Kind::Text]);
    /// ```
    #[must_use]
    pub fn kinds(&self) -> &'static [Kind] {
        match self {
            Self::Text255
            | Self::Text64000
            | Self::File
            | Self::Attachment
            | Self::PrefixedAutonumber
            | Self::RandomId => &[Text],
            Self::Number => &[Number, Integer, Currency],
            Self::Integer | Self::Autonumber => &[Integer, Number, Currency],
            Self::Currency => &[Currency],
            Self::DateTime | Self::Timestamp => &[DateTime],
            Self::YesNo => &[YesNo],
            Self::Guid => &[Guid, Text],
            Self::ListText | Self::ListNumber | Self::ListDateTime => &[List],
            Self::Password => &[Kind::Password],
            Self::Formula | Self::Unknown(_) => ALL,
        }
    }

    /// Whether a Rust type of that kind holds its values.
    ///
    /// ```
    /// use caspio_schema::{DataType, Kind};
    ///
    /// assert!(DataType::Currency.fits(Kind::Currency));
    /// assert!(!DataType::Currency.fits(Kind::Number));
    /// ```
    #[must_use]
    pub fn fits(&self, kind: Kind) -> bool {
        self.kinds().contains(&kind)
    }

    /// Whether a read may name it: a password is never told, and asking for it is an error.
    ///
    /// ```
    /// use caspio_schema::DataType;
    ///
    /// assert!(!DataType::Password.is_readable());
    /// ```
    #[must_use]
    pub fn is_readable(&self) -> bool {
        *self != Self::Password
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_held_by_exact_decimals_only() {
        assert!(DataType::Currency.fits(Currency));
        assert!(!DataType::Currency.fits(Number));
    }

    #[test]
    fn a_type_that_nobody_knows_may_be_anything() {
        for kind in ALL {
            assert!(DataType::from_name("GEO-POINT").fits(*kind));
            assert_eq!(Kind::from_name(&kind.to_string()), Some(*kind));
        }
    }
}
