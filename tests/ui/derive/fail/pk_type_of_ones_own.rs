use caspio::field::{Field, FieldType};

struct ContactId(i64);

impl FieldType for ContactId {
    type Kind = <i64 as FieldType>::Kind;
    type Value = Self;
    const EXPECTED: &'static str = "a contact's id";
}

impl<'de> Field<'de> for ContactId {
    fn read<D: serde::Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        i64::read(value).map(Self)
    }
}

#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    pk_id: ContactId,
}

fn main() {}
