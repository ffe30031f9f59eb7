//! The operations of a client, each as a function of its number.

use crate::random::Random;
use caspio::{Client, List, RecordMap, Result};
use caspio_tests::{Contact, Order};
use futures::TryStreamExt as _;

/// How many operations there are.
pub(crate) const COUNT: u64 = 30;

fn rows(count: i64, random: &mut Random) -> Vec<RecordMap> {
    let first = random.below(1_000_000) as i64;
    let row = |number: i64| {
        let mut row = RecordMap::new();
        row.insert("First_Name", format!("Ada {number}"));
        row.insert("Last_Name", "Lovelace");
        row.insert("Email", format!("{}@example.com", first + number));
        row
    };
    (0..count).map(row).collect()
}

/// Runs an operation. Its result does not matter.
pub(crate) async fn run(operation: u64, caspio: &Client, random: &mut Random) -> Result<()> {
    let contacts = caspio.table::<Contact>();
    let orders = caspio.table::<Order>();
    let named = caspio.table_named("Contacts");
    let key = random.between(1, 9) as i64;
    match operation {
        0 => drop(contacts.collect().await?),
        1 => drop(orders.query().page_size(7).concurrency(4).collect().await?),
        2 => {
            let query = orders
                .query()
                .order_by(|o| (o.status.asc(), o.total.desc()));
            drop(query.page_size(3).collect().await?);
        }
        3 => drop(named.query().page_size(5).collect().await?),
        4 => {
            let first = orders.query().page(4, None).await?;
            drop(orders.query().page(4, first.next.as_ref()).await?);
        }
        5 => drop(contacts.count().await?),
        6 => drop(contacts.get(key).await?),
        7 => drop(contacts.get_many([1, 2, 3, 999]).await?),
        8 => drop(orders.sum(|o| o.total).await?),
        9 => drop(orders.max(|o| o.placed).await?),
        10 => drop(orders.query().page_size(3).collect_partial().await?),
        11 => drop(contacts.query().exists().await?),
        12 => drop(named.insert(&rows(1, random)[0]).returning().await?),
        13 => drop(
            named
                .insert(&rows(1, random)[0])
                .unique_by(|_| "Email")
                .await?,
        ),
        14 => drop(
            named
                .insert_many(rows(9, random))
                .unique_by(|_| "Email")
                .await?,
        ),
        15 => drop(
            contacts
                .update(key)
                .set(|c| c.age.to(7))
                .returning()
                .await?,
        ),
        16 => drop(
            contacts
                .update_where(|c| c.age.gt(30))
                .set(|c| c.score.to(1.5))
                .await?,
        ),
        17 => contacts.delete(key).await?,
        18 => drop(contacts.delete_where(|c| c.pk_id.eq(key)).await?),
        19 => drop(named.sync_many(|_| "Email", rows(5, random)).await?),
        20 => drop(contacts.delete_many([key, 5000]).await?),
        21 => drop(caspio.schema().await?),
        22 => drop(caspio.schema().tables(["Contacts"]).await?),
        23 => drop(named.replace_all(|_| "Email", rows(5, random)).await?),
        24 => {
            let changes = [1, 2, 5000].map(|key| (key, Contact::COLUMNS.age.to(8)));
            drop(contacts.update_many(changes).await?);
        }
        25 => {
            let before = contacts.get(key).await?;
            let Some(before) = before else { return Ok(()) };
            let mut after = before.clone();
            after.interests = List::from_iter(["Music".to_owned()]);
            after.age = None;
            contacts.save(&before, &after).await?;
        }
        26 => drop(orders.query().order_by(|o| o.placed.desc()).first().await?),
        27 => drop(contacts.query().avg(|c| c.score).await?),
        28 => {
            let mut pages = orders.query().page_size(4).pages();
            while pages.try_next().await?.is_some() {}
        }
        _ => drop(caspio.raw(http::Method::GET, "tables").await?),
    }
    Ok(())
}
