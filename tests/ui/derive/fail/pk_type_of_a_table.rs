#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Text {
    #[caspio(pk)]
    pk_id: std::string::String,
}

#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Nullable {
    #[caspio(pk)]
    pk_id: Option<i64>,
}

#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Float {
    #[caspio(pk)]
    pk_id: f64,
}

fn main() {}
