#[derive(caspio::CaspioTable)]
#[caspio(table = "")]
struct Contact {
    #[caspio(rename = " ")]
    email: String,
}

fn main() {}
