//! Every operation is cancelled at each of its await points: it is polled `n` times and dropped, for every `n` until it
//! completes. Afterwards the client behaves as if nothing had been left over: its slots are free, each call that was
//! not sent is given back to the limits, the meter has exactly the calls that were sent, one token serves all, and no
//! kept response is out of date.
//!
//! The emulator responds in this process, so one run makes the same calls as the next. The clock of the runtime stands
//! still: a call that had to wait for the rate limiter would move it.

mod checks;
mod service;
mod waits;

use caspio::prelude::*;
use caspio::{ApiVersion, ErrorKind};
use caspio_tests::Order;
use caspio_tests::items::{Item, NewItem};
use checks::cancelled_at_every_point;
use futures::stream;

/// More records than fit one page.
const ORDERS: u32 = 1_050;

/// More rows than fit one call.
const TWO_BATCHES: u32 = 1_010;

fn new_item(unique: &str, row: u32) -> NewItem {
    NewItem {
        code: format!("{unique} {row}"),
        status: None,
    }
}

#[tokio::test(start_paused = true)]
async fn reads() {
    for version in [ApiVersion::V3, ApiVersion::V4] {
        cancelled_at_every_point("get", version, async |caspio: Client| {
            let order = caspio.table::<Order>().get(17).await?;
            assert!(order.is_some());
            Ok(())
        })
        .await;
    }
    cancelled_at_every_point("count", ApiVersion::V3, async |caspio: Client| {
        assert_eq!(caspio.table::<Order>().count().await?, u64::from(ORDERS));
        Ok(())
    })
    .await;
    cancelled_at_every_point("get_many", ApiVersion::V3, async |caspio: Client| {
        let keys = (1..=1_000).step_by(2);
        let orders = caspio.table::<Order>().get_many(keys).await?;
        assert_eq!(orders.len(), 500);
        Ok(())
    })
    .await;
    cancelled_at_every_point("loader", ApiVersion::V3, async |caspio: Client| {
        let loader = caspio.table::<Order>().loader();
        let (one, two) = futures::try_join!(loader.get(1), loader.get(2))?;
        assert!(one.is_some() && two.is_some());
        Ok(())
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn streams() {
    for concurrency in [1, 4] {
        let name = format!("a stream with {concurrency} calls at once");
        cancelled_at_every_point(&name, ApiVersion::V3, async |caspio: Client| {
            let query = caspio.table::<Order>().query().page_size(200);
            let mut orders = query.concurrency(concurrency).stream();
            let mut count = 0;
            while orders.try_next().await?.is_some() {
                count += 1;
            }
            assert_eq!(count, ORDERS);
            Ok(())
        })
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn writes_of_one_record() {
    for version in [ApiVersion::V3, ApiVersion::V4] {
        cancelled_at_every_point("insert", version, async |caspio: Client| {
            let new = new_item("new", 0);
            match caspio.table::<Item>().insert(&new).await {
                Ok(_) => Ok(()),
                // An earlier attempt was cancelled after the service had executed it.
                Err(error) if error.kind() == ErrorKind::Conflict => Ok(()),
                Err(error) if error.kind() == ErrorKind::Invalid => Ok(()),
                Err(error) => Err(error),
            }
        })
        .await;
        cancelled_at_every_point("update", version, async |caspio: Client| {
            let status = format!("{:?}", std::time::Instant::now());
            let update = caspio.table::<Item>().update(1);
            update.set(|i| i.status.to(status)).await
        })
        .await;
    }
    cancelled_at_every_point("delete", ApiVersion::V3, async |caspio: Client| {
        caspio
            .table::<Item>()
            .delete_where(|i| i.pk_id.eq(3))
            .await?;
        Ok(())
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn writes_of_many_records() {
    cancelled_at_every_point("insert_many", ApiVersion::V3, async |caspio: Client| {
        let unique = format!("{:?}", std::time::Instant::now());
        let rows = (0..30).map(|row| new_item(&unique, row));
        let report = caspio.table::<Item>().insert_many(rows).await?;
        assert_eq!(report.inserted, 30);
        Ok(())
    })
    .await;
    cancelled_at_every_point("insert_stream", ApiVersion::V4, async |caspio: Client| {
        let unique = format!("{:?}", std::time::Instant::now());
        let rows = (0..TWO_BATCHES).map(move |row| new_item(&unique, row));
        let rows = stream::iter(rows);
        let report = caspio.table::<Item>().insert_stream(rows).await?;
        assert_eq!(report.inserted, u64::from(TWO_BATCHES));
        Ok(())
    })
    .await;
    cancelled_at_every_point("delete_many", ApiVersion::V4, async |caspio: Client| {
        let report = caspio.table::<Item>().delete_many(10..500).await?;
        assert!(report.failed().is_empty());
        Ok(())
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn lookups_of_the_schema() {
    cancelled_at_every_point("fields", ApiVersion::V4, async |caspio: Client| {
        let fields = caspio.table_named("Items").fields().await?;
        assert_eq!(fields.len(), 4);
        Ok(())
    })
    .await;
    cancelled_at_every_point("schema", ApiVersion::V3, async |caspio: Client| {
        let schema = caspio.schema().await?;
        assert!(!schema.tables.is_empty());
        Ok(())
    })
    .await;
}
