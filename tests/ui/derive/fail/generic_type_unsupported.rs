use caspio::record::DecodeOwned;

struct Status;

#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Named<T> {
    value: T,
}

fn read<R: DecodeOwned>() {}

fn main() {
    read::<Named<i64>>();
    read::<Named<Status>>();
}
