#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact<T, const N: usize> {
    value: T,
    bytes: [u8; N],
}

fn main() {}
