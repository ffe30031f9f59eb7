#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(default = "unknown")]
    visits: i64,
    #[caspio(default = "missing")]
    weight: i64,
}

fn unknown() -> String {
    String::from("unknown")
}

fn main() {}
