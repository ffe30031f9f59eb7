//! The account's files: uploads under a name that may exist, lists, downloads, deletions.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::files::{IfExists, Upload};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connection = caspio_examples::emulate().await?;
    let files = connection.caspio.files();
    let photos = files.folder_at("/Photos").await?;

    let upload = |text: &'static str| {
        Upload::bytes("notes.txt", text)
            .on_progress(|sent, length| println!("{sent} of {length} bytes"))
    };
    let first = photos.upload(upload("Version 1"), IfExists::Refuse).await?;
    let refused = photos.upload(upload("Version 2"), IfExists::Refuse).await;
    println!("{}", refused.expect_err("there is one of this name"));
    let second = photos
        .upload(upload("Version 2"), IfExists::Replace)
        .await?;
    println!(
        "{:?}, and its id is the same: {}",
        second.outcome,
        first.id == second.id
    );
    let third = photos
        .upload(upload("Version 3"), IfExists::NewName)
        .await?;
    println!("stored as {}", third.name);

    for file in photos.list().await? {
        println!("{} {}: {:?} bytes", file.id, file.name, file.size);
    }
    let notes = files.file_at("/Photos/notes.txt");
    let bytes = notes.download().await?.bytes().await?;
    println!("{}", String::from_utf8_lossy(&bytes));

    // Several new files in few calls, with the result of each.
    let many = ["a.txt", "b.txt"].map(|name| Upload::bytes(name, name));
    for stored in photos.upload_many(many, IfExists::Skip).await {
        println!("{:?}", stored?.name);
    }

    notes.delete().await?;
    println!("{}", notes.info().await.expect_err("it was deleted"));
    Ok(())
}
