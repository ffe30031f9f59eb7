//! End-to-end tests of the SDK over real HTTP against the emulator.

mod applications;
mod auto_concurrency;
mod auto_traits;
mod blocking;
mod caches;
mod connection;
mod discovery;
mod files;
mod on_call;
mod raw;
mod recording;
mod similar_names;
mod slow_programs;
mod table_ids;
mod usage;

mod read {
    mod aggregates;
    mod aliases;
    mod any_precision;
    mod bad_input;
    mod bad_values;
    mod blanks;
    mod blanks_and_floats;
    mod budgets;
    mod changed_records;
    mod changed_view_records;
    mod completeness;
    mod concurrency;
    mod cut_floats;
    mod days;
    mod deleted_records;
    mod endless_groups;
    mod exact_maps;
    mod explain;
    mod first_page_again;
    mod guid_orders;
    mod hostile_text;
    mod keys_of_responses;
    mod long_lists;
    mod long_orders;
    mod mutated_pages;
    mod names_at_run_time;
    mod panics;
    mod positions;
    mod random_views;
    mod repeated_keys;
    mod restricting;
    mod rewritten;
    mod rewritten_groups;
    mod shown_otherwise;
    mod totals;
    mod typed;
    mod uneven_keys;
    mod untyped;
    mod wide;
    mod yes_no_orders;
}

mod write {
    mod always_true;
    mod amounts;
    mod answers;
    mod assignments;
    mod attachments;
    mod bulk;
    mod bulk_keys;
    mod bulk_lost;
    mod changed_values;
    mod checked_rows;
    mod conditions;
    mod dates_of_other_crates;
    mod duplicates;
    mod kept_numbers;
    mod lost;
    mod lost_parts;
    mod maps;
    mod messages;
    mod moments;
    mod null_lists;
    mod passwords;
    mod rate_limited;
    mod read_lag;
    mod reports;
    mod round_trips;
    mod row_lookup;
    mod save;
    mod single;
    mod suggestions;
    mod sync;
    mod sync_keys;
    mod sync_stopped;
    mod sync_unchanged;
    mod sync_values;
    mod uncertain;
    mod unique_by;
    mod unique_inserts;
    mod views;
    mod whole_numbers;
}

pub mod derive {
    //! Code that the derives generate.

    pub mod forbidden_lints;
    mod generics;
    pub mod lints;
    mod names;
    mod names_without_case;
    mod projections;
    mod reads;
    mod records;
    mod serde;
    mod shadowed_names;
    mod values;
    mod wide;
    mod writes;
}

mod tasks {
    mod calls;
    mod responses;
    mod service;
    mod waiting;
}

mod schema {
    mod changes;
    mod fetch;
    mod shape;
    mod verify;
}

mod webhooks {
    mod answers;
    mod deliveries;
    mod ensure;
    mod manage;
    mod messages;
    mod receiver;
    mod repeated;
    mod server;
    mod sweep;
}
