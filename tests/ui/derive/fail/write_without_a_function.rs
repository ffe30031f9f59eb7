use caspio::record::ToRow;
use std::time::Duration;

#[derive(caspio::CaspioTable)]
#[caspio(table = "Calls")]
struct Call {
    #[caspio(with = "seconds")]
    length: Duration,
}

mod seconds {
    use std::time::Duration;

    pub fn deserialize<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Duration, D::Error> {
        serde::Deserialize::deserialize(value).map(Duration::from_secs)
    }
}

fn insert(_: impl ToRow) {}

fn main() {
    insert(Call { length: Duration::ZERO });
}
