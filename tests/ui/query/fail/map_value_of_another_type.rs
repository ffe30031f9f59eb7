use caspio::prelude::*;

fn read(order: &RecordMap) -> caspio::Result<()> {
    let placed: std::time::SystemTime = order.get_as("Placed")?;
    Ok(())
}

fn main() {}
