//! The projections and groups that the SDK reads.

use crate::case::Having;
use crate::cell::Cell;
use crate::condition::Comparison;
use crate::into_cell::IntoCell;
use crate::records::TestRecord;
use crate::records::table::Record;
use caspio::filter::{Filter, Grouped, count_all};
use caspio::prelude::*;

#[derive(Debug, CaspioRecord)]
#[caspio(of = Record)]
pub(crate) struct Alias {
    #[caspio(expr = "ISNULL(Qty, 7)", rename = "Qty")]
    qty: i64,
    #[caspio(expr = "Code", rename = "Name")]
    name: String,
    count: Option<i32>,
}

impl TestRecord for Alias {
    fn cells(self) -> Vec<Cell> {
        vec![
            self.qty.into_cell(),
            self.name.into_cell(),
            self.count.into_cell(),
        ]
    }
}

/// Another struct for the table, in which a float is a decimal number.
#[derive(Debug, CaspioTable)]
#[caspio(table = "Rows")]
pub(crate) struct Exact {
    #[caspio(pk)]
    pub(crate) pk_id: i64,
    code: String,
    pub(crate) value: Option<Decimal>,
}

impl TestRecord for Exact {
    fn cells(self) -> Vec<Cell> {
        let float = |value: Decimal| value.to_string().parse().expect("a float");
        let value = self
            .value
            .map_or(Cell::Null, |value| Cell::Float(float(value)));
        vec![self.code.into_cell(), value]
    }
}

#[derive(Debug, CaspioRecord)]
#[caspio(of = Record)]
pub(crate) struct ByNameAlias {
    #[caspio(count, rename = "Name")]
    records: i64,
}

impl TestRecord for ByNameAlias {
    fn cells(self) -> Vec<Cell> {
        vec![self.records.into_cell()]
    }
}

#[derive(Debug, CaspioRecord)]
#[caspio(of = Record)]
pub(crate) struct ByTwo {
    #[caspio(count)]
    records: i64,
    #[caspio(max = at)]
    latest: Option<DateTime>,
}

impl TestRecord for ByTwo {
    fn cells(self) -> Vec<Cell> {
        vec![self.records.into_cell(), self.latest.into_cell()]
    }
}

#[derive(Debug, CaspioRecord)]
#[caspio(of = Record)]
pub(crate) struct ByQtyAlias {
    qty: Option<i32>,
    #[caspio(count, rename = "Count")]
    records: i64,
    #[caspio(max = code, rename = "Name")]
    name: Option<String>,
    #[caspio(sum = count, rename = "Amount")]
    amount: Option<i64>,
}

impl TestRecord for ByQtyAlias {
    fn cells(self) -> Vec<Cell> {
        vec![
            self.qty.into_cell(),
            self.records.into_cell(),
            self.name.into_cell(),
            self.amount.into_cell(),
        ]
    }
}

#[derive(Debug, CaspioRecord)]
#[caspio(of = Record)]
pub(crate) struct ByFlag {
    flag: bool,
    amount: Option<Decimal>,
    #[caspio(count)]
    records: i64,
    #[caspio(sum = qty)]
    pieces: Option<Decimal>,
}

impl TestRecord for ByFlag {
    fn cells(self) -> Vec<Cell> {
        vec![
            self.flag.into_cell(),
            self.amount.into_cell(),
            self.records.into_cell(),
            self.pieces.into_cell(),
        ]
    }
}

#[derive(Debug, CaspioRecord)]
#[caspio(of = Record)]
pub(crate) struct ByValue {
    value: Option<f64>,
    #[caspio(count)]
    records: i64,
}

impl TestRecord for ByValue {
    fn cells(self) -> Vec<Cell> {
        vec![self.value.into_cell(), self.records.into_cell()]
    }
}

pub(crate) fn having(having: &Having) -> Filter<Grouped<Record>> {
    let c = Record::COLUMNS;
    let (value, comparison, number) = match having {
        Having::Records(comparison, number) => (count_all(), comparison, *number),
        Having::SumOfCount(comparison, number) => (c.count.sum(), comparison, *number),
        Having::MaxOfCount(comparison, number) => (c.count.max(), comparison, *number),
        Having::AverageOfQty(comparison, number) => (c.qty.avg(), comparison, *number),
    };
    match comparison {
        Comparison::Eq => value.eq(number),
        Comparison::Ne => value.ne(number),
        Comparison::Lt => value.lt(number),
        Comparison::Le => value.le(number),
        Comparison::Gt => value.gt(number),
        Comparison::Ge => value.ge(number),
    }
}
