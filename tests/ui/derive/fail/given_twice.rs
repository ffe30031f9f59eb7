#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts", table = "People")]
#[caspio(rename_all = "none", rename_all = "none")]
struct Contact {
    #[caspio(rename = "A", rename = "B")]
    email: String,
    #[caspio(read_only, read_only)]
    #[caspio(default, default = "f")]
    total: f64,
}

fn main() {}
