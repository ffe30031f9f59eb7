#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    email: String,
    #[caspio(rename = "EMAIL")]
    second_email: String,
    #[caspio(rename = "Phone")]
    mobile: String,
    phone: String,
}

fn main() {}
