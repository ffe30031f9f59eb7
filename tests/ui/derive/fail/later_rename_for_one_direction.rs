#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(rename(deserialize = "E_Mail"))]
    email: String,
}

fn main() {}
