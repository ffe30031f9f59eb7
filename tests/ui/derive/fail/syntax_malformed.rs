#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts",, rename_all = "none")]
struct Contact {
    #[caspio("E_Mail")]
    email: String,
    #[caspio(rename: "Phone")]
    phone: String,
    #[caspio(rename = "City" read_only)]
    city: String,
    #[caspio(default() read_only)]
    zip: String,
}

fn main() {}
