#[derive(caspio::CaspioView)]
#[caspio(view = "Order_Details")]
struct Order {
    #[caspio(pk)]
    pk_id: i64,
    total: f64,
}

fn main() {}
