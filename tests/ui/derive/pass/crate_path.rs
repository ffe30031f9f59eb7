// The crate under other names: renamed, inside a module, relative.
#![allow(dead_code)]

extern crate caspio as renamed;

mod vendor {
    pub use caspio as database;
}

#[derive(renamed::CaspioTable)]
#[caspio(table = "Contacts", crate = "renamed")]
struct Renamed {
    #[caspio(pk)]
    pk_id: i64,
}

#[derive(vendor::database::CaspioView)]
#[caspio(view = "Contacts", crate = "crate::vendor::database")]
struct Vendored {
    email: Option<String>,
}

#[derive(vendor::database::CaspioRecord)]
#[caspio(of = Vendored, crate = "crate::vendor::database")]
struct Part {
    email: String,
    #[caspio(max = email, with = "number")]
    greatest: i64,
}

mod inner {
    #[derive(caspio::CaspioTable)]
    #[caspio(table = "Contacts")]
    #[caspio(crate = "super::vendor::database")]
    pub struct Relative {
        #[caspio(default, with = "super::number")]
        number: i64,
    }
}

mod number {
    pub fn deserialize<'de, D: serde::Deserializer<'de>>(value: D) -> Result<i64, D::Error> {
        serde::Deserialize::deserialize(value)
    }
}

fn main() {
    use caspio as local;

    #[derive(local::CaspioTable)]
    #[caspio(table = "Contacts", crate = "local")]
    struct Local {
        email: String,
    }

    assert_eq!(Local::COLUMNS.email.name(), "Email");
}
