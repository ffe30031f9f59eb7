//! The structs that the SDK reads, their columns by name, and their values as cells.

use crate::cell::Cell;
use crate::condition::{Comparison, Condition, Part};
use crate::content::{Column, money};
use crate::into_cell::IntoCell;
use caspio::field::{FieldType, kind};
use caspio::filter::{Filter, Order, column_named};
use caspio::prelude::*;
use caspio::record::DecodeOwned;
use uuid::Uuid;

/// A record that can be compared with the expected one.
pub(crate) trait TestRecord: DecodeOwned {
    fn cells(self) -> Vec<Cell>;
}

macro_rules! source {
    (
        $module:ident, $derive:ident, $attribute:ident, $name:literal, $key:ty, $to_key:expr, $flag:ty,
        $($wide:ident)*
    ) => {
        #[allow(dead_code, reason = "no condition is on the further fields of the wide view")]
        pub(crate) mod $module {
            use super::*;

            #[derive(Clone, Debug, caspio::$derive)]
            #[caspio($attribute = $name)]
            pub(crate) struct Record {
                #[caspio(pk)]
                pub(crate) pk_id: $key,
                name: Option<String>,
                code: String,
                note: Option<String>,
                qty: Option<i32>,
                count: Option<i32>,
                amount: Option<Decimal>,
                value: Option<f64>,
                at: Option<DateTime>,
                flag: $flag,
                #[caspio(read_only)]
                guid: Uuid,
                #[caspio(read_only)]
                auto: i64,
                #[caspio(read_only)]
                known: i32,
                $(
                    #[caspio(read_only)]
                    $wide: Option<i32>,
                )*
            }

            impl TestRecord for Record {
                fn cells(self) -> Vec<Cell> {
                    let more: &[Option<i32>] = &[$(self.$wide),*];
                    let is_wrong = more.iter().any(|more| *more != self.qty);
                    let mut cells = vec![
                        self.pk_id.into_cell(),
                        self.name.into_cell(),
                        self.code.into_cell(),
                        self.note.into_cell(),
                        self.qty.into_cell(),
                        self.count.into_cell(),
                        self.amount.into_cell(),
                        self.value.into_cell(),
                        self.at.into_cell(),
                        self.flag.into_cell(),
                        self.guid.into_cell(),
                        self.auto.into_cell(),
                        self.known.into_cell(),
                    ];
                    cells.extend(is_wrong.then(|| Cell::Text(format!("{more:?}"))));
                    cells
                }
            }

            #[derive(Debug, CaspioRecord)]
            #[caspio(of = Record)]
            pub(crate) struct Narrow {
                name: Option<String>,
                qty: Option<i64>,
                code: String,
            }

            impl TestRecord for Narrow {
                fn cells(self) -> Vec<Cell> {
                    vec![
                        self.name.into_cell(),
                        self.qty.into_cell(),
                        self.code.into_cell(),
                    ]
                }
            }

            /// Groups by name.
            #[derive(Debug, CaspioRecord)]
            #[caspio(of = Record)]
            pub(crate) struct ByName {
                name: Option<String>,
                #[caspio(count)]
                records: i64,
                #[caspio(count = amount)]
                amounts: i64,
                #[caspio(sum = qty)]
                pieces: Option<i64>,
                #[caspio(avg = qty)]
                mean: Option<i64>,
                #[caspio(min = amount)]
                least: Option<Decimal>,
                #[caspio(max = at)]
                latest: Option<DateTime>,
            }

            impl TestRecord for ByName {
                fn cells(self) -> Vec<Cell> {
                    vec![
                        self.name.into_cell(),
                        self.records.into_cell(),
                        self.amounts.into_cell(),
                        self.pieces.into_cell(),
                        self.mean.into_cell(),
                        self.least.into_cell(),
                        self.latest.into_cell(),
                    ]
                }
            }

            /// Returns a condition as the SDK builds it.
            pub(crate) fn filter(condition: &Condition) -> Filter<Record> {
                let c = Record::COLUMNS;
                match condition {
                    Condition::And(parts) => Filter::all(parts.iter().map(filter)),
                    Condition::Or(parts) => Filter::any(parts.iter().map(filter)),
                    Condition::Not(other) => !filter(other),
                    Condition::Yes(true) => c.flag.is_true(),
                    Condition::Yes(false) => c.flag.is_false(),
                    Condition::Days(days) => {
                        column_named::<Date>("At").in_(days.iter().map(date))
                    }
                    Condition::Is(Column::Guid, comparison, value) => match comparison {
                        Comparison::Eq => c.guid.eq(text(value)),
                        _ => c.guid.ne(text(value)),
                    },
                    Condition::Is(column, comparison, value) => {
                        with_sorted!(
                            c,
                            column,
                            |column, from| {
                                let value = from(value);
                                match comparison {
                                    Comparison::Eq => column.eq(value),
                                    Comparison::Ne => column.ne(value),
                                    Comparison::Lt => column.lt(value),
                                    Comparison::Le => column.le(value),
                                    Comparison::Gt => column.gt(value),
                                    Comparison::Ge => column.ge(value),
                                }
                            },
                            $to_key
                        )
                    }
                    Condition::Between(column, low, high) => {
                        with_sorted!(
                            c,
                            column,
                            |column, from| { column.between(from(low), from(high)) },
                            $to_key
                        )
                    }
                    Condition::In(Column::Guid, values) => c.guid.in_(values.iter().map(text)),
                    Condition::NotIn(Column::Guid, values) => {
                        c.guid.not_in(values.iter().map(text))
                    }
                    Condition::In(column, values) => {
                        with_sorted!(
                            c,
                            column,
                            |column, from| { column.in_(values.iter().map(from)) },
                            $to_key
                        )
                    }
                    Condition::NotIn(column, values) => {
                        with_sorted!(
                            c,
                            column,
                            |column, from| { column.not_in(values.iter().map(from)) },
                            $to_key
                        )
                    }
                    Condition::Null(Column::Guid, true) => c.guid.is_null(),
                    Condition::Null(Column::Guid, false) => c.guid.is_not_null(),
                    Condition::Null(column, is_null) => {
                        with_sorted!(
                            c,
                            column,
                            |column, _from| {
                                if *is_null {
                                    column.is_null()
                                } else {
                                    column.is_not_null()
                                }
                            },
                            $to_key
                        )
                    }
                    Condition::Like(column, part, text) => {
                        let column = match column {
                            Column::Name => return like(c.name, *part, text),
                            Column::Note => return like(c.note, *part, text),
                            _ => c.code,
                        };
                        like(column, *part, text)
                    }
                }
            }

            /// Returns an order as the SDK builds it.
            pub(crate) fn order(terms: &[(Column, bool)]) -> Vec<Order<Record>> {
                let c = Record::COLUMNS;
                let term = |(column, descends): &(Column, bool)| match (column, descends) {
                    (Column::Flag, true) => c.flag.desc(),
                    (Column::Flag, false) => c.flag.asc(),
                    (Column::Guid, true) => Order::desc::<String>("Guid"),
                    (Column::Guid, false) => Order::asc::<String>("Guid"),
                    _ => with_sorted!(
                        c,
                        column,
                        |column, _from| {
                            if *descends {
                                column.desc()
                            } else {
                                column.asc()
                            }
                        },
                        $to_key
                    ),
                };
                terms.iter().map(term).collect()
            }
        }
    };
}

/// Runs code for the column with a name, and for the conversion of its values.
macro_rules! with_sorted {
    ($c:ident, $column:expr, |$name:ident, $from:ident| $body:expr, $to_key:expr) => {
        match $column {
            Column::Key => with_sorted!(@ $c.pk_id, $to_key, $name, $from, $body),
            Column::Name => with_sorted!(@ $c.name, text, $name, $from, $body),
            Column::Code => with_sorted!(@ $c.code, text, $name, $from, $body),
            Column::Note => with_sorted!(@ $c.note, text, $name, $from, $body),
            Column::Qty => with_sorted!(@ $c.qty, number, $name, $from, $body),
            Column::Count => with_sorted!(@ $c.count, number, $name, $from, $body),
            Column::Amount => with_sorted!(@ $c.amount, decimal, $name, $from, $body),
            Column::Value => with_sorted!(@ $c.value, float, $name, $from, $body),
            Column::At => with_sorted!(@ $c.at, date_time, $name, $from, $body),
            Column::Auto => with_sorted!(@ $c.auto, number, $name, $from, $body),
            Column::Known => with_sorted!(@ $c.known, number, $name, $from, $body),
            Column::Flag | Column::Guid => panic!("{:?} is not sorted", $column),
        }
    };
    (@ $column:expr, $convert:expr, $name:ident, $from:ident, $body:expr) => {{
        let $name = $column;
        let $from = $convert;
        $body
    }};
}

source!(table, CaspioTable, table, "Rows", i64, number, bool,);
source!(view, CaspioView, view, "Live", String, key_text, bool,);
source!(
    joined,
    CaspioView,
    view,
    "Joined",
    String,
    key_text,
    Option<bool>,
);
source!(wide, CaspioView, view, "Wide", String, key_text, bool,
    quantity_of_the_record_under_another_name_01 quantity_of_the_record_under_another_name_02
    quantity_of_the_record_under_another_name_03 quantity_of_the_record_under_another_name_04
    quantity_of_the_record_under_another_name_05 quantity_of_the_record_under_another_name_06
    quantity_of_the_record_under_another_name_07 quantity_of_the_record_under_another_name_08
    quantity_of_the_record_under_another_name_09 quantity_of_the_record_under_another_name_10
    quantity_of_the_record_under_another_name_11 quantity_of_the_record_under_another_name_12
    quantity_of_the_record_under_another_name_13 quantity_of_the_record_under_another_name_14
    quantity_of_the_record_under_another_name_15 quantity_of_the_record_under_another_name_16
    quantity_of_the_record_under_another_name_17 quantity_of_the_record_under_another_name_18
    quantity_of_the_record_under_another_name_19 quantity_of_the_record_under_another_name_20
    quantity_of_the_record_under_another_name_21 quantity_of_the_record_under_another_name_22
    quantity_of_the_record_under_another_name_23 quantity_of_the_record_under_another_name_24
    quantity_of_the_record_under_another_name_25 quantity_of_the_record_under_another_name_26
    quantity_of_the_record_under_another_name_27 quantity_of_the_record_under_another_name_28
    quantity_of_the_record_under_another_name_29 quantity_of_the_record_under_another_name_30
    quantity_of_the_record_under_another_name_31 quantity_of_the_record_under_another_name_32
    quantity_of_the_record_under_another_name_33 quantity_of_the_record_under_another_name_34
    quantity_of_the_record_under_another_name_35 quantity_of_the_record_under_another_name_36
    quantity_of_the_record_under_another_name_37 quantity_of_the_record_under_another_name_38
    quantity_of_the_record_under_another_name_39 quantity_of_the_record_under_another_name_40
    quantity_of_the_record_under_another_name_41 quantity_of_the_record_under_another_name_42
    quantity_of_the_record_under_another_name_43 quantity_of_the_record_under_another_name_44
    quantity_of_the_record_under_another_name_45 quantity_of_the_record_under_another_name_46
    quantity_of_the_record_under_another_name_47 quantity_of_the_record_under_another_name_48
    quantity_of_the_record_under_another_name_49 quantity_of_the_record_under_another_name_50
);

fn like<S, A>(
    column: caspio::Column<S, impl FieldType<Kind: kind::Textual>, A>,
    part: Part,
    text: &str,
) -> Filter<S> {
    match part {
        Part::Start => column.starts_with(text),
        Part::End => column.ends_with(text),
        Part::Any => column.contains(text),
    }
}

pub(crate) fn text(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) | Cell::Guid(text) | Cell::Date(text) => text.clone(),
        other => panic!("{other:?} is not a text"),
    }
}

pub(crate) fn number(cell: &Cell) -> i64 {
    match cell {
        Cell::Int(number) => *number,
        other => panic!("{other:?} is not a whole number"),
    }
}

fn key_text(cell: &Cell) -> String {
    match cell {
        Cell::Int(number) => number.to_string(),
        other => text(other),
    }
}

pub(crate) fn decimal(cell: &Cell) -> Decimal {
    match cell {
        Cell::Money(amount) => money(*amount).parse().expect("a decimal number"),
        other => panic!("{other:?} is not money"),
    }
}

pub(crate) fn float(cell: &Cell) -> f64 {
    match cell {
        Cell::Float(number) => *number,
        other => panic!("{other:?} is not a float"),
    }
}

fn date(cell: &Cell) -> Date {
    text(cell).parse().expect("a day")
}

pub(crate) fn date_time(cell: &Cell) -> DateTime {
    text(cell).parse().expect("a date")
}
