use caspio::field::{Field, FieldType, kind};
use caspio::record::ToRow;

struct Status;

impl FieldType for Status {
    type Kind = kind::Text;
    type Value = Self;
    const EXPECTED: &'static str = "a status";
}

impl<'de> Field<'de> for Status {
    fn read<D: serde::Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        String::read(value).map(|_| Self)
    }
}

#[derive(caspio::CaspioTable)]
#[caspio(table = "Orders")]
struct Order {
    status: Option<Status>,
}

fn insert(_: impl ToRow) {}

fn main() {
    insert(Order { status: None });
}
