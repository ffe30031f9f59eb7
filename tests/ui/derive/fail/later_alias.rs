#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(alias = "E_Mail")]
    email: String,
    #[caspio(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
}

fn main() {}
