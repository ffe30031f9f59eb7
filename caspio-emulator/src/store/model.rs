//! Definitions of fields in requests, and their validation.

use super::StoreError;
use super::date;
use super::field::{Field, data_type};
use caspio_schema::DataType;
use serde::Deserialize;
use serde_json::Value;

/// A field's definition in a request. A creation requires `Name` and `Type`; a change keeps
/// the members that it omits.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Model {
    pub(crate) name: Option<String>,
    pub(crate) r#type: Option<String>,
    pub(crate) unique: Option<bool>,
    pub(crate) unique_allow_nulls: Option<bool>,
    pub(crate) label: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) display_order: Option<i32>,
    pub(crate) on_insert: Option<bool>,
    pub(crate) on_update: Option<bool>,
    pub(crate) time_zone: Option<String>,
    pub(crate) format: Option<String>,
    pub(crate) prefix: Option<String>,
    pub(crate) length: Option<i32>,
    pub(crate) list_field: Option<Vec<Value>>,
    pub(crate) attachment_permitted_file_types: Option<Vec<String>>,
    pub(crate) attachment_min_file_size: Option<i32>,
    pub(crate) attachment_max_file_size: Option<i32>,
    pub(crate) attachment_smart_resizer: Option<bool>,
    pub(crate) attachment_smart_resizer_for_retina: Option<bool>,
    pub(crate) attachment_alt_text: Option<String>,
    pub(crate) attachment_title: Option<String>,
}

impl Model {
    /// Creates the field that the definition describes.
    pub(crate) fn to_field(&self) -> Result<Field, StoreError> {
        let name = self.name.as_deref().unwrap_or_default().trim();
        let ty = self.r#type.as_deref().and_then(data_type);
        let (false, Some(ty)) = (name.is_empty(), ty) else {
            return Err(StoreError::InvalidDefinition);
        };
        let mut field = Field::new(name, ty);
        field.unique = false;
        self.apply(&mut field)?;
        Ok(field)
    }

    /// Applies the definition to a field, except for the type.
    pub(crate) fn apply(&self, field: &mut Field) -> Result<(), StoreError> {
        set(&mut field.name, self.name.as_ref());
        set(&mut field.unique, self.unique.as_ref());
        set(
            &mut field.unique_allow_nulls,
            self.unique_allow_nulls.as_ref(),
        );
        set(&mut field.label, self.label.as_ref());
        set(&mut field.description, self.description.as_ref());
        match field.ty {
            DataType::Timestamp => {
                set(&mut field.on_insert, self.on_insert.as_ref());
                set(&mut field.on_update, self.on_update.as_ref());
                set(&mut field.time_zone, self.time_zone.as_ref());
            }
            DataType::RandomId | DataType::PrefixedAutonumber => {
                let format = self.format.as_ref().filter(|format| !format.is_empty());
                set(&mut field.format, format);
                set(&mut field.prefix, self.prefix.as_ref());
                let length = self.length.filter(|length| *length != 0);
                if let Some(length) = length.filter(|_| field.ty == DataType::RandomId) {
                    field.length =
                        u32::try_from(length).map_err(|_| StoreError::InvalidDefinition)?;
                }
            }
            DataType::Attachment => self.apply_attachment(field),
            _ => {}
        }
        if let Some(values) = self.list_field.as_ref().filter(|_| field.ty.is_list()) {
            let values = list_values(&field.ty, values)?;
            field.list.redefine(values);
        }
        check(field)
    }

    fn apply_attachment(&self, field: &mut Field) {
        let rules = &mut field.attachment;
        set(
            &mut rules.permitted,
            self.attachment_permitted_file_types.as_ref(),
        );
        rules.min_size = self.attachment_min_file_size.or(rules.min_size);
        rules.max_size = self.attachment_max_file_size.or(rules.max_size);
        set(
            &mut rules.smart_resizer,
            self.attachment_smart_resizer.as_ref(),
        );
        set(
            &mut rules.smart_resizer_for_retina,
            self.attachment_smart_resizer_for_retina.as_ref(),
        );
        set(&mut rules.alt_text, self.attachment_alt_text.as_ref());
        set(&mut rules.title, self.attachment_title.as_ref());
    }
}

fn set<T: Clone>(slot: &mut T, value: Option<&T>) {
    if let Some(value) = value {
        slot.clone_from(value);
    }
}

/// Values are held in the type of the list; dates in the long form that reads show.
fn list_values(ty: &DataType, values: &[Value]) -> Result<Vec<Value>, StoreError> {
    values.iter().map(|value| list_value(ty, value)).collect()
}

fn list_value(ty: &DataType, value: &Value) -> Result<Value, StoreError> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return Err(StoreError::InvalidDefinition),
    };
    let held = match ty {
        DataType::ListNumber => text.parse::<serde_json::Number>().ok().map(Value::Number),
        DataType::ListDateTime => {
            date::to_stored(&text).map(|stored| Value::from(date::to_json(&stored)))
        }
        _ => (text.chars().count() <= 255).then(|| Value::from(text)),
    };
    held.ok_or(StoreError::InvalidDefinition)
}

fn check(field: &Field) -> Result<(), StoreError> {
    let fits = !field.name.trim().is_empty()
        && field.label.chars().count() <= 255
        && field.description.chars().count() <= 4_000
        && field.prefix.chars().count() < 50
        && (!field.is_generated() || field.unique)
        && match field.ty {
            DataType::RandomId => match field.format.as_str() {
                "0" => (8..=12).contains(&field.length),
                "U" | "0U" => (6..=12).contains(&field.length),
                _ => false,
            },
            DataType::PrefixedAutonumber => {
                field.format.len() <= 7
                    && field.format.ends_with('1')
                    && field.format.trim_start_matches('0') == "1"
            }
            _ => true,
        };
    if fits {
        Ok(())
    } else {
        Err(StoreError::InvalidDefinition)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn field(definition: Value) -> Result<Field, StoreError> {
        serde_json::from_value::<Model>(definition)
            .expect("the shape fits")
            .to_field()
    }

    #[test]
    fn a_generated_type_must_be_unique() {
        for ty in ["AUTONUMBER", "PREFIXED AUTONUMBER", "GUID", "random id"] {
            assert!(field(json!({ "Name": "F", "Type": ty })).is_err());
            assert!(field(json!({ "Name": "F", "Type": ty, "Unique": true })).is_ok());
        }
    }

    #[test]
    fn a_random_id_of_digits_is_longer() {
        let id = |format: &str, length: u32| {
            field(json!({
                "Name": "F", "Type": "RANDOM ID", "Unique": true,
                "Format": format, "Length": length,
            }))
        };

        assert!(id("0", 7).is_err());
        assert!(id("0U", 7).is_ok());
        assert!(id("x", 7).is_err());
    }

    #[test]
    fn list_dates_are_stored_in_the_long_form() {
        let field = field(json!({
            "Name": "F", "Type": "LIST-DATE/TIME", "ListField": ["2019-01-20"],
        }))
        .expect("a field");

        let values: Vec<_> = field.list.iter().map(|(_, value)| value).collect();
        assert_eq!(values, [&json!("2019-01-20T00:00:00")]);
    }
}
