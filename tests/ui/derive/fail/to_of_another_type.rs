use caspio::field::FieldValue;

#[derive(caspio::CaspioTable)]
#[caspio(table = "Calls")]
struct Call {
    #[caspio(to = "number")]
    length: String,
    #[caspio(to = "text")]
    note: String,
}

fn number(number: &i64) -> FieldValue<'_> {
    FieldValue::Integer(*number)
}

fn text(text: &String) -> String {
    text.clone()
}

fn main() {}
