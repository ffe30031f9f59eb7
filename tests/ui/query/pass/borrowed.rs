// Records that borrow from their page, and records of several types.
use caspio::prelude::*;
use std::borrow::Cow;

#[derive(Debug, CaspioTable)]
#[caspio(table = "Contacts")]
#[allow(dead_code)]
struct Row<'a> {
    name: &'a str,
    note: Cow<'a, str>,
}

#[derive(Debug, CaspioRecord)]
#[caspio(of = Contact)]
#[allow(dead_code)]
struct Name<'a> {
    name: &'a str,
}

#[derive(Debug, CaspioTable)]
#[caspio(table = "Contacts")]
#[allow(dead_code)]
struct Contact {
    name: String,
}

#[derive(Debug, CaspioView)]
#[caspio(view = "Values")]
struct Named<T> {
    value: T,
}

async fn read(caspio: &Client) -> caspio::Result<usize> {
    let table = caspio.table::<Row<'_>>();
    let mut pages = table.filter(|c| c.name.starts_with("A")).order_by(|c| c.note.asc()).pages();
    let mut longest = 0;
    while let Some(page) = pages.try_next().await? {
        let rows: Vec<Row<'_>> = page.records()?;
        longest = rows.iter().map(|row| row.name.len()).max().unwrap_or(0).max(longest);
    }
    let mut names = caspio.table::<Contact>().query().select::<Name<'_>>().pages();
    while let Some(page) = names.try_next().await? {
        longest = page.records()?.iter().map(|row| row.name.len()).fold(longest, usize::max);
    }
    let values = caspio.view::<Named<i64>>().filter(|c| c.value.gt(3)).collect().await?;
    Ok(values.iter().map(|named| named.value).sum::<i64>() as usize + longest)
}

fn main() {
    let _ = read;
}
