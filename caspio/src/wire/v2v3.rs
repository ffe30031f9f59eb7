//! v2 and v3: parameters with a `q.` prefix, answers in `Result`.

use super::Dialect;

pub(super) const DIALECT: Dialect = Dialect {
    select: "q.select",
    filter: "q.where",
    group_by: "q.groupBy",
    order_by: "q.orderBy",
    limit: "q.limit",
    rows: "Result",
};
