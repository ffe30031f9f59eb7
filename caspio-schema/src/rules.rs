//! Changes that Caspio is documented to refuse, found before anything is sent.

use crate::names::is_same_name;
use crate::{DataType, FieldDefinition, FieldUpdate};

/// The key that every table has by default.
const KEY: &str = "PK_ID";

impl FieldDefinition {
    /// Why Caspio refuses to create this field, where its documents describe that.
    ///
    /// A formula cannot be set over the API. The types that Caspio fills in once (Autonumber, Prefixed
    /// Autonumber, Random ID, GUID) must be unique; formats, prefixes and lengths have their ranges.
    ///
    /// ```
    /// use caspio_schema::{DataType, FieldDefinition};
    ///
    /// let mut id = FieldDefinition::new("Id", DataType::Guid);
    /// assert_eq!(id.refusal(), Some("a field of this type must be unique: set `unique`"));
    /// id.unique = true;
    /// assert_eq!(id.refusal(), None);
    /// ```
    #[must_use]
    pub fn refusal(&self) -> Option<&'static str> {
        if self.formula || self.data_type == DataType::Formula {
            return Some(
                "the API cannot set a formula; create the field in Caspio's table designer",
            );
        }
        name(&self.name)
            .or_else(|| known(&self.data_type))
            .or_else(|| self.uniqueness())
            .or_else(|| made(&self.data_type, self.format.as_deref(), self.length))
            .or_else(|| prefix(self.prefix.as_deref()))
    }

    fn uniqueness(&self) -> Option<&'static str> {
        if is_filled_once(&self.data_type) && !self.unique {
            return Some("a field of this type must be unique: set `unique`");
        }
        nulls(self.unique_allow_nulls, self.unique)
    }
}

impl FieldUpdate {
    /// Why Caspio refuses this change, where its documents describe that.
    ///
    /// ```
    /// use caspio_schema::FieldUpdate;
    ///
    /// assert_eq!(FieldUpdate::new().refusal(), Some("it changes nothing"));
    /// ```
    #[must_use]
    pub fn refusal(&self) -> Option<&'static str> {
        if self.is_empty() {
            return Some("it changes nothing");
        }
        if self.data_type == Some(DataType::Formula) {
            return Some(
                "the API cannot set a formula; change the field in Caspio's table designer",
            );
        }
        let unique = self.unique != Some(false);
        self.name
            .as_deref()
            .and_then(name)
            .or_else(|| self.data_type.as_ref().and_then(known))
            .or_else(|| nulls(self.unique_allow_nulls == Some(true), unique))
            .or_else(|| match &self.data_type {
                Some(data_type) => made(data_type, self.format.as_deref(), self.length),
                None => None,
            })
            .or_else(|| prefix(self.prefix.as_deref()))
    }
}

fn name(name: &str) -> Option<&'static str> {
    if name.trim().is_empty() {
        return Some("a field needs a name");
    }
    let is_key = is_same_name(name, KEY);
    is_key.then_some("`PK_ID` is the key that every table has by default")
}

fn known(data_type: &DataType) -> Option<&'static str> {
    let unknown = matches!(data_type, DataType::Unknown(_));
    unknown.then_some("this version of the SDK does not know the type")
}

fn nulls(allowed: bool, unique: bool) -> Option<&'static str> {
    let alone = allowed && !unique;
    alone.then_some("`unique_allow_nulls` is for unique fields only")
}

/// The types whose value Caspio generates once, when a record is inserted.
fn is_filled_once(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Autonumber | DataType::PrefixedAutonumber | DataType::RandomId | DataType::Guid
    )
}

/// Checks the format of a Random ID or Prefixed Autonumber; a missing part is Caspio's default.
fn made(data_type: &DataType, format: Option<&str>, length: Option<u32>) -> Option<&'static str> {
    match data_type {
        DataType::RandomId => {
            let format = format.filter(|format| !format.is_empty());
            if !matches!(format, None | Some("0" | "U" | "0U")) {
                return Some("the format of a Random ID is `0`, `U` or `0U`");
            }
            let length = length?;
            let least = if format == Some("0") { 8 } else { 6 };
            let outside = !(least..=12).contains(&length);
            outside.then_some("a Random ID has 6 to 12 characters, of digits alone 8 to 12")
        }
        DataType::PrefixedAutonumber => {
            let format = format.filter(|format| !format.is_empty())?;
            let fits =
                format.len() <= 7 && format.ends_with('1') && format.trim_start_matches('0') == "1";
            (!fits).then_some("the format of a Prefixed Autonumber is `1`, `01` up to `0000001`")
        }
        _ => None,
    }
}

fn prefix(prefix: Option<&str>) -> Option<&'static str> {
    let long = prefix.is_some_and(|prefix| prefix.chars().count() >= 50);
    long.then_some("a prefix has less than 50 characters")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(data_type: DataType) -> FieldDefinition {
        FieldDefinition::new("F", data_type)
    }

    #[test]
    fn a_type_that_caspio_fills_once_must_be_unique() {
        for data_type in [
            DataType::Autonumber,
            DataType::PrefixedAutonumber,
            DataType::RandomId,
            DataType::Guid,
        ] {
            let mut field = field(data_type);
            assert!(field.refusal().expect("refused").contains("unique"));
            field.unique = true;
            assert_eq!(field.refusal(), None);
        }
        assert_eq!(field(DataType::Timestamp).refusal(), None);
    }

    #[test]
    fn a_formula_cannot_be_created() {
        let mut sum = field(DataType::Number);
        sum.formula = true;

        assert!(sum.refusal().expect("refused").contains("formula"));
        assert!(field(DataType::Formula).refusal().is_some());
    }

    #[test]
    fn formats_and_lengths_have_their_ranges() {
        let made = |data_type, format: &str, length| {
            let mut field = field(data_type);
            field.unique = true;
            field.format = Some(format.to_owned());
            field.length = length;
            field.refusal().is_none()
        };

        assert!(made(DataType::RandomId, "0U", Some(6)) && !made(DataType::RandomId, "0", Some(6)));
        assert!(!made(DataType::RandomId, "X", None) && !made(DataType::RandomId, "U", Some(13)));
        assert!(made(DataType::PrefixedAutonumber, "0001", None));
        assert!(!made(DataType::PrefixedAutonumber, "0000", None));
        assert!(!made(DataType::PrefixedAutonumber, "00000001", None));
    }

    #[test]
    fn an_empty_change_is_refused() {
        assert!(FieldUpdate::new().refusal().is_some());
        assert!(FieldUpdate::new().label("").refusal().is_none());
        assert!(FieldUpdate::new().rename("pk_id").refusal().is_some());
        assert!(
            FieldUpdate::new()
                .unique(false)
                .unique_allow_nulls(true)
                .refusal()
                .is_some()
        );
    }
}
