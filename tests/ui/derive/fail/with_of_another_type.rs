mod score {
    pub fn deserialize<'de, D: serde::Deserializer<'de>>(value: D) -> Result<String, D::Error> {
        serde::Deserialize::deserialize(value)
    }
}

mod empty {}

#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(with = "score")]
    score: i64,
    #[caspio(with = "empty")]
    level: i64,
}

fn main() {}
