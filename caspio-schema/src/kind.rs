//! Which Rust types hold which Caspio types.

use crate::DataType;
use std::fmt;

/// A kind of Rust types that a column can be read into.
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
    /// Returns a Rust type of this kind to suggest.
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

    /// Returns the kind with this name, as `caspio::field::kind` spells it.
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
    /// Returns the kinds of Rust types that hold its values, the usual one first. An unknown type, and a formula with
    /// an unknown result type, may be any.
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

    /// Returns whether a Rust type of this kind holds its values.
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

    /// Returns whether a read can select it. Caspio never returns passwords; selecting one is an error.
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
    fn unknown_type_fits_every_kind() {
        for kind in ALL {
            assert!(DataType::from_name("GEO-POINT").fits(*kind));
            assert_eq!(Kind::from_name(&kind.to_string()), Some(*kind));
        }
    }
}
