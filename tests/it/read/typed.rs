//! Reading typed records over real HTTP.

use caspio::prelude::*;
use caspio_tests::{Contact, Order, TestEnv, on_every_version};

on_every_version! {
    async fn ten_thousand_orders_cost_eleven_calls_at_most(version) {
        let env = TestEnv::start().version(version).await;

        let orders = env
            .caspio
            .table::<Order>()
            .collect()
            .await
            .expect("all orders");

        assert_eq!(orders.len(), 10_000);
        assert!(orders.is_sorted_by_key(|order| order.pk_id));
        assert!(env.emulator.calls().records_reads() <= 11);
        assert_eq!(env.emulator.calls().token_requests(), 1);
    }

    async fn the_meter_counts_what_the_emulator_counts(version) {
        let env = TestEnv::start().version(version).await;

        env
            .caspio
            .table::<Order>()
            .collect()
            .await
            .expect("all orders");

        let spent = env.caspio.meter().snapshot();
        assert_eq!(spent.calls, env.emulator.calls().total());
    }

    async fn every_kind_of_field_is_read(version) {
        let env = TestEnv::start().version(version).await;

        let contacts = env
            .caspio
            .table::<Contact>()
            .collect()
            .await
            .expect("all contacts");

        assert!(contacts.iter().any(|c| c.email.is_none()));
        assert!(
            contacts
                .iter()
                .any(|c| c.balance.is_some_and(|b| b.scale() > 0))
        );
        assert!(contacts.iter().any(|c| c.interests.len() > 1));
        assert!(contacts.iter().any(|c| c.active) && contacts.iter().any(|c| !c.active));
        for contact in &contacts {
            let full = format!("{} {}", contact.first_name, contact.last_name);
            assert_eq!(contact.full_name.as_deref(), Some(full.as_str()));
        }
    }

    async fn a_typed_filter_is_evaluated_by_the_service(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Contact>();

        let all = contacts.collect().await.expect("all contacts");
        let rich = contacts
            .filter(|c| c.balance.gt(dec!(1000)) & c.email.is_not_null() & !c.active.is_false())
            .collect()
            .await
            .expect("the rich ones");

        let expected: Vec<Contact> = all
            .into_iter()
            .filter(|c| c.balance > Some(dec!(1000)) && c.email.is_some() && c.active)
            .collect();
        assert!(!expected.is_empty());
        assert_eq!(rich, expected);
    }

    async fn a_custom_order_keeps_every_record(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();

        let sorted = orders
            .order_by(|o| (o.status.asc(), o.total.desc()))
            .collect()
            .await
            .expect("all orders");

        let mut keys: Vec<i64> = sorted.iter().map(|order| order.pk_id).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 10_000);
        assert!(sorted.windows(2).all(|pair| {
            let (a, b) = (&pair[0], &pair[1]);
            (a.status.to_lowercase(), -a.total, a.pk_id) <= (b.status.to_lowercase(), -b.total, b.pk_id)
        }));
    }

    async fn get_and_first_cost_one_call_each(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();

        let first = orders.first().await.expect("a read").expect("an order");
        let same = orders
            .get(first.pk_id)
            .await
            .expect("a read")
            .expect("an order");
        let none = orders.get(-1).await.expect("a read");

        assert_eq!(first, same);
        assert_eq!(none, None);
        assert_eq!(env.emulator.calls().records_reads(), 3);
    }

    async fn a_read_ends_at_its_limit(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();

        for limit in [0, 1, 3, 999, 1000, 1001, 2500] {
            env.emulator.reset_calls();
            let some = orders.limit(limit).collect().await.expect("some orders");

            assert_eq!(some.len() as u64, limit);
            assert_eq!(env.emulator.calls().records_reads(), limit.div_ceil(1000));
        }
    }

    async fn pages_have_the_requested_size(version) {
        let env = TestEnv::start().version(version).await;

        let pages: Vec<usize> = env
            .caspio
            .table::<Order>()
            .query()
            .page_size(700)
            .limit(1500)
            .pages()
            .map_ok(|page| page.len())
            .try_collect()
            .await
            .expect("three pages");

        assert_eq!(pages, [700, 700, 100]);
    }

    async fn a_struct_without_a_key_is_still_read_by_key(version) {
        #[derive(Debug, CaspioTable)]
        #[caspio(table = "Orders")]
        struct Total {
            total: Decimal,
        }
        let env = TestEnv::start().version(version).await;

        let totals = env
            .caspio
            .table::<Total>()
            .collect()
            .await
            .expect("all orders");

        let sum: Decimal = totals.iter().map(|total| total.total).sum();
        let orders = env
            .caspio
            .table::<Order>()
            .collect()
            .await
            .expect("all orders");
        assert_eq!(totals.len(), 10_000);
        assert_eq!(sum, orders.iter().map(|order| order.total).sum());
    }

    async fn a_view_is_read_by_its_text_key(version) {
        #[derive(Debug, CaspioView)]
        #[caspio(view = "Order_Details")]
        struct Detail {
            #[caspio(pk)]
            pk_id: String,
            #[caspio(rename = "_PK_ID_Orders")]
            order_id: i64,
            total: Decimal,
        }
        let env = TestEnv::start().version(version).await;
        let details = env.caspio.view::<Detail>();

        let all = details.collect().await.expect("all details");

        let mut orders: Vec<i64> = all.iter().map(|detail| detail.order_id).collect();
        orders.sort_unstable();
        orders.dedup();
        assert_eq!(orders.len(), 10_000);
        assert!(env.emulator.calls().records_reads() <= 11);
        let one = details
            .get(all[17].pk_id.as_str())
            .await
            .expect("a read")
            .expect("a detail");
        assert_eq!((one.order_id, one.total), (all[17].order_id, all[17].total));
    }

    async fn a_table_named_at_run_time_returns_maps(version) {
        let env = TestEnv::start().version(version).await;

        let contacts = env
            .caspio
            .table_named("Contacts")
            .filter_raw("Last_Name LIKE ? AND Active = ?", ("%'%", true))
            .collect()
            .await
            .expect("names with quotes");

        assert!(!contacts.is_empty());
        for contact in contacts {
            let name = contact.get("last_name").and_then(|name| name.as_str());
            assert!(name.is_some_and(|name| name.contains('\'')));
            assert!(contact.get("PK_ID").is_some());
            assert!(contact.get("Secret").is_none());
        }
    }

    async fn a_struct_reads_another_table_with_the_same_fields(version) {
        let env = TestEnv::start().version(version).await;

        let orders = env
            .caspio
            .table::<Order>()
            .named("orders")
            .limit(5)
            .collect()
            .await;

        assert_eq!(orders.expect("names are not case-sensitive").len(), 5);
    }

    async fn an_aggregate_costs_one_call(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();
        let all = orders.collect().await.expect("all orders");
        env.emulator.reset_calls();

        let big = orders.filter(|o| o.quantity.ge(5));
        let count = big.clone().count().await.expect("a count");
        let sum = big.clone().sum(|o| o.total).await.expect("a sum");
        let least = orders.query().min(|o| o.placed).await.expect("a minimum");
        let most = orders.query().max(|o| o.quantity).await.expect("a maximum");
        let none = orders
            .filter(|o| o.quantity.lt(0))
            .exists()
            .await
            .expect("a response");

        let expected: Vec<&Order> = all.iter().filter(|o| o.quantity >= 5).collect();
        assert_eq!(count, expected.len() as u64);
        assert_eq!(sum, Some(expected.iter().map(|o| o.total).sum()));
        assert_eq!(least, all.iter().map(|o| o.placed).min());
        assert_eq!(most, all.iter().map(|o| o.quantity).max());
        assert!(!none);
        assert_eq!(env.emulator.calls().records_reads(), 5);
    }

    async fn a_column_that_is_twice_in_an_order_counts_once(version) {
        let env = TestEnv::start().version(version).await;
        let contacts = env.caspio.table::<Contact>();
        let expected = contacts.order_by(|c| (c.age.desc(), c.last_name.asc())).collect().await;

        let read = contacts
            .order_by(|c| (c.age.desc(), c.last_name.asc()))
            .order_by(|c| (c.age.asc(), c.last_name.desc()))
            .order_by(|c| c.pk_id.asc())
            .order_by(|c| c.pk_id.desc())
            .page_size(50)
            .collect()
            .await;

        assert_eq!(read.expect("all contacts"), expected.expect("all contacts"));
    }

    async fn dates_are_compared_exactly_between_the_steps_of_a_datetime(version) {
        let env = TestEnv::start().version(version).await;
        let orders = env.caspio.table::<Order>();
        let mut order = orders.first().await.expect("a read").expect("an order");
        order.placed = "2031-01-01T00:00:00".parse().expect("a date");
        orders.insert(&order).await.expect("an insert");
        let last_moment: DateTime = "2030-12-31T23:59:59.999".parse().expect("a date");

        let until = orders.filter(|o| o.placed.le(last_moment));
        let between = orders.filter(|o| o.placed.between(last_moment, last_moment));
        let after = orders.filter(|o| o.placed.gt(last_moment));

        assert_eq!(until.count().await.expect("a count"), 10_000);
        assert_eq!(between.count().await.expect("a count"), 0);
        assert_eq!(after.count().await.expect("a count"), 1);
    }
}
