//! Values that Caspio generates.

use super::field::Field;
use super::schema::Table;
use super::{catalog, zone};
use caspio_schema::DataType;
use rusqlite::Connection;
use rusqlite::types::Value;
use uuid::{Builder, Uuid};

const DIGITS: &[u8] = b"0123456789";
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const BOTH: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Returns the value of a generated field in a new record, or `None` for other fields.
pub(crate) fn on_insert(
    connection: &Connection,
    random: &mut fastrand::Rng,
    table: &Table,
    field: &Field,
) -> rusqlite::Result<Option<Value>> {
    Ok(match field.ty {
        DataType::Autonumber => Some(Value::Integer(catalog::next_number(
            connection, table.id, field.id,
        )?)),
        DataType::PrefixedAutonumber => {
            let number = catalog::next_number(connection, table.id, field.id)?;
            Some(Value::Text(prefixed(field, number)))
        }
        DataType::RandomId => Some(Value::Text(random_id(random, field))),
        DataType::Guid => Some(Value::Text(guid(random).to_string())),
        DataType::Timestamp if field.on_insert => {
            Some(Value::Text(zone::now_in(connection, &field.time_zone)?))
        }
        DataType::Timestamp => Some(Value::Null),
        _ => None,
    })
}

/// Returns a version 4 GUID from the emulator's generator, in lower case; it is not recorded which case Caspio uses.
pub(crate) fn guid(random: &mut fastrand::Rng) -> Uuid {
    Builder::from_random_bytes(random.u128(..).to_be_bytes()).into_uuid()
}

fn prefixed(field: &Field, number: i64) -> String {
    let width = field.format.len();
    format!("{}{number:0width$}", field.prefix)
}

fn random_id(random: &mut fastrand::Rng, field: &Field) -> String {
    let alphabet = match field.format.as_str() {
        "0" => DIGITS,
        "U" => LETTERS,
        _ => BOTH,
    };
    let mut id = field.prefix.clone();
    id.extend((0..field.length).map(|_| char::from(alphabet[random.usize(..alphabet.len())])));
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefixed_number_is_padded_to_its_format() {
        let mut field = Field::new("Number", DataType::PrefixedAutonumber);
        field.prefix = "C-".into();
        field.format = "0001".into();

        assert_eq!(prefixed(&field, 7), "C-0007");
        assert_eq!(prefixed(&field, 12_345), "C-12345");
    }

    #[test]
    fn a_random_id_has_its_prefix_alphabet_and_length() {
        let mut field = Field::new("Code", DataType::RandomId);
        field.prefix = "X".into();
        field.format = "0".into();
        field.length = 8;

        let id = random_id(&mut fastrand::Rng::with_seed(1), &field);

        assert_eq!(id.len(), 9);
        assert!(id[1..].bytes().all(|byte| byte.is_ascii_digit()));
    }
}
