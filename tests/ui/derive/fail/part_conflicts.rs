#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    city: String,
    age: i64,
}

#[derive(caspio::CaspioRecord)]
#[caspio(of = Contact)]
struct Part {
    #[caspio(rename = "Town")]
    city: String,
    #[caspio(read_only)]
    age: i64,
    #[caspio(sum = age, max = age)]
    years: i64,
    #[caspio(count, count)]
    people: i64,
    #[caspio(pk, expr = "1")]
    pk_id: i64,
    #[caspio(skip, count)]
    skipped: i64,
    #[caspio(column = city)]
    town: String,
    #[caspio(expr = "1", rename = "pk_id")]
    one: i64,
    #[caspio(count)]
    number: i64,
    #[caspio(count = city, rename = "Number")]
    other_number: i64,
    #[caspio(agv = age)]
    mean: i64,
    #[caspio(average = age)]
    middle: i64,
}

fn main() {}
