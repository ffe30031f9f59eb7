use caspio::advanced::{Insertable, Settable};

enum Mark {}

impl Settable for Mark {}
impl Insertable for Mark {}

fn main() {}
