#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    city: String,
}

#[derive(caspio::CaspioRecord)]
#[caspio(of = "Contact")]
struct Quoted {
    city: String,
}

#[derive(caspio::CaspioRecord)]
#[caspio(of, of = 3, of(Contact))]
struct NoStruct {
    city: String,
}

#[derive(caspio::CaspioRecord)]
#[caspio(of = Contact)]
struct Values {
    #[caspio(sum)]
    a: i64,
    #[caspio(sum = "city")]
    b: i64,
    #[caspio(count(city))]
    c: i64,
    #[caspio(max = 3)]
    d: i64,
    #[caspio(expr)]
    e: i64,
    #[caspio(expr = "")]
    f: i64,
    #[caspio(column)]
    g: i64,
}

fn main() {}
