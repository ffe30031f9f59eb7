//! v4: the same parameters without a prefix, answers in `data`.

use super::Dialect;

pub(super) const DIALECT: Dialect = Dialect {
    select: "select",
    filter: "where",
    group_by: "groupBy",
    order_by: "orderBy",
    limit: "limit",
    rows: "data",
};
