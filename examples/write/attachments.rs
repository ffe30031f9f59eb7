//! Files in records: upload, facts about the file, download, rename and delete, also of many records.
#![allow(clippy::print_stdout, reason = "a program for a person to read")]

use caspio::attachment::Upload;
use caspio::prelude::*;

#[derive(Debug, CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    #[caspio(read_only)]
    resume: Option<String>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connection = caspio_examples::emulate().await?;
    let contacts = connection.caspio.table::<Contact>();
    let resume = contacts.attachment(1, |c| c.resume);

    resume
        .upload(Upload::bytes("ada.txt", "Wrote the first program."))
        .await?;
    println!("{:?}", resume.info().await?);
    let contact = contacts.get(1).await?;
    println!("the field holds {:?}", contact.and_then(|c| c.resume));

    let bytes = resume.download().await?.bytes().await?;
    println!("{} bytes: {}", bytes.len(), String::from_utf8_lossy(&bytes));

    resume.rename("ada-lovelace").await?;
    resume.delete().await?;
    println!("{:?}", resume.info().await?);

    // Of many records, in one call.
    for contact in [1, 2] {
        let resume = contacts.attachment(contact, |c| c.resume);
        resume.upload(Upload::bytes("draft.txt", "Draft")).await?;
    }
    let drafts = contacts.attachments(|c| c.resume).filter(|c| c.pk_id.le(2));
    println!("{:?} files deleted", drafts.delete().await?);
    Ok(())
}
