// Structs that only a function sees, two of one name among them.
use caspio::prelude::*;

fn email() -> &'static str {
    #[derive(CaspioTable)]
    #[caspio(table = "Contacts")]
    #[allow(dead_code)]
    struct Contact {
        email: String,
    }

    Contact::COLUMNS.email.name()
}

fn main() {
    #[derive(CaspioTable)]
    #[caspio(table = "Contacts")]
    #[allow(dead_code)]
    struct Contact {
        first_name: String,
    }

    assert_eq!(email(), "Email");
    assert_eq!(Contact::COLUMNS.first_name.name(), "First_Name");
}
