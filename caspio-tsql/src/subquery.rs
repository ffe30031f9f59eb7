//! Subqueries: as a value, as a list, as a source, in `EXISTS`.

use super::Type;
use super::error::Outcome;
use super::error::{near, not_allowed, not_emulated, rule};
use super::scope::{Clause, Scope};
use super::select::{Body, Clauses};
use super::select_clauses::{check, group_by_of};
use super::translator::Translator;
use super::typed::{Literal, Typed};
use super::window::literal_count;
use sqlparser::ast::{LimitClause, OrderByExpr, OrderByKind, Query, Select, SetExpr};

/// A subquery with its columns.
#[derive(Debug)]
pub(super) struct Subquery {
    pub(super) sql: String,
    pub(super) columns: Vec<SubqueryColumn>,
    pub(super) height: usize,
    /// Whether it always has at most one row.
    pub(super) single_row: bool,
}

#[derive(Debug)]
pub(super) struct SubqueryColumn {
    pub(super) name: Option<String>,
    pub(super) alias: String,
    pub(super) ty: Type,
}

/// A subquery of one column, for `IN`.
#[derive(Debug)]
pub(super) struct SingleColumn {
    pub(super) query: String,
    /// The column by its name in the query.
    pub(super) value: Typed,
    pub(super) height: usize,
}

impl Translator<'_> {
    /// Translates a subquery in its own scope.
    pub(super) fn subquery(&mut self, query: &Query) -> Outcome<Subquery> {
        let outer = refuse_clauses(query)?;
        if let SetExpr::SetOperation { .. } = outer.body.as_ref() {
            if outer.order_by.is_some() || outer.limit_clause.is_some() || outer.fetch.is_some() {
                return Err(not_emulated("An order of combined queries"));
            }
            return self.combined(&outer.body);
        }
        let select = match outer.body.as_ref() {
            SetExpr::Select(select) => select,
            _ => return Err(not_emulated("This kind of subquery")),
        };
        let limit = offset_of(outer)?;
        self.one_select(select, order_of(outer)?, limit)
    }

    /// Translates a subquery of one `SELECT`.
    pub(super) fn one_select(
        &mut self,
        select: &Select,
        order_by: &[OrderByExpr],
        limit: Option<String>,
    ) -> Outcome<Subquery> {
        self.enter_subquery()?;
        check(select)?;
        let clause = self.scopes.current().clause;
        if clause == Clause::Aggregate {
            return Err(rule(
                "Cannot perform an aggregate function on an expression containing an aggregate \
                 or a subquery.",
            ));
        }
        if limit.is_some() && (order_by.is_empty() || select.top.is_some()) {
            return Err(near("OFFSET"));
        }
        if !order_by.is_empty() && select.top.is_none() && limit.is_none() {
            return Err(rule(
                "The ORDER BY clause is invalid in views, inline functions, derived tables, \
                 subqueries, and common table expressions, unless TOP, OFFSET or FOR XML is also \
                 specified.",
            ));
        }
        let lenient = std::mem::replace(&mut self.lenient, false);
        self.scopes.0.push(Scope::default());
        let body = self.subquery_body(select, order_by);
        self.scopes.0.pop();
        self.lenient = lenient;
        let body = body?;

        let mut columns = Vec::with_capacity(body.items.len());
        for item in &body.items {
            columns.push(SubqueryColumn {
                name: item.name.clone(),
                alias: self.alias(),
                ty: item.value.ty,
            });
        }
        let aliases: Vec<_> = columns.iter().map(|column| column.alias.as_str()).collect();
        let mut sql = body.core(&aliases, None);
        sql.push_str(&body.order_sql());
        if let Some(top) = body.top {
            sql.push_str(&format!(" LIMIT {top}"));
        }
        sql.push_str(limit.as_deref().unwrap_or_default());
        let one = body.aggregated && body.groups.is_empty();
        Ok(Subquery {
            sql,
            columns,
            height: body.height + 1,
            single_row: one || body.from.is_empty() || body.top.is_some_and(|top| top <= 1),
        })
    }

    fn subquery_body(&mut self, select: &Select, order_by: &[OrderByExpr]) -> Outcome<Body> {
        let from = self.from(&select.from)?;
        let group_by = group_by_of(select)?;
        self.body(
            &Clauses {
                select: Some(select),
                filter: select.selection.as_ref(),
                group_by,
                having: select.having.as_ref(),
                order_by,
            },
            from,
        )
    }

    pub(super) fn single_column(&mut self, query: &Query) -> Outcome<SingleColumn> {
        let query = self.subquery(query)?;
        let [column] = query.columns.as_slice() else {
            return Err(rule(
                "Only one expression can be specified in the select list when the subquery is \
                 not introduced with EXISTS.",
            ));
        };
        if column.ty == Type::List {
            return Err(not_allowed("A list field in an expression"));
        }
        Ok(SingleColumn {
            value: Typed::new(column.alias.clone(), column.ty, query.height),
            query: query.sql,
            height: query.height,
        })
    }

    /// Translates a subquery as a value. Several rows are an error at run time, as in SQL Server.
    pub(super) fn scalar_subquery(&mut self, query: &Query) -> Outcome<Typed> {
        let query = self.subquery(query)?;
        let [column] = query.columns.as_slice() else {
            return Err(rule(
                "Only one expression can be specified in the select list when the subquery is \
                 not introduced with EXISTS.",
            ));
        };
        let sql = if query.single_row {
            format!("({})", query.sql)
        } else {
            let message = self.of_literal(Literal::Text(
                "Subquery returned more than 1 value. This is not permitted when the subquery \
                 follows =, !=, <, <= , >, >= or when the subquery is used as an expression."
                    .to_owned(),
            ))?;
            format!(
                "(SELECT CASE WHEN count(*) > 1 THEN ts_fail({}) ELSE max({alias}) END FROM \
                 (SELECT {alias} FROM ({}) LIMIT 2))",
                message.sql,
                query.sql,
                alias = column.alias
            )
        };
        Ok(Typed::new(sql, column.ty, query.height + 3))
    }
}

/// Returns a query without the parentheses around it; refuses clauses that callers may not use.
fn refuse_clauses(query: &Query) -> Outcome<&Query> {
    if query.for_clause.is_some() {
        return Err(not_emulated("This clause of a subquery"));
    }
    let bare = query.with.is_none()
        && query.locks.is_empty()
        && query.settings.is_none()
        && query.format_clause.is_none()
        && query.pipe_operators.is_empty();
    if !bare {
        return Err(not_allowed("This clause of a subquery"));
    }
    match query.body.as_ref() {
        SetExpr::Query(inner)
            if query.order_by.is_none()
                && query.limit_clause.is_none()
                && query.fetch.is_none() =>
        {
            refuse_clauses(inner)
        }
        _ => Ok(query),
    }
}

fn order_of(query: &Query) -> Outcome<&[OrderByExpr]> {
    match &query.order_by {
        None => Ok(&[]),
        Some(order) => match &order.kind {
            OrderByKind::Expressions(terms) if order.interpolate.is_none() => Ok(terms),
            _ => Err(not_allowed("This order")),
        },
    }
}

/// Returns `OFFSET ... FETCH ...` as SQLite's `LIMIT`.
fn offset_of(query: &Query) -> Outcome<Option<String>> {
    let offset = match &query.limit_clause {
        None if query.fetch.is_none() => return Ok(None),
        Some(LimitClause::LimitOffset {
            limit: None,
            offset: Some(offset),
            limit_by,
        }) if limit_by.is_empty() => literal_count(&offset.value)?,
        _ => return Err(not_allowed("This clause of a subquery")),
    };
    let count = match &query.fetch {
        None => -1,
        Some(fetch) if !fetch.with_ties && !fetch.percent => match &fetch.quantity {
            Some(count) => literal_count(count)?,
            None => 1,
        },
        Some(_) => return Err(near("FETCH")),
    };
    Ok(Some(format!(" LIMIT {count} OFFSET {offset}")))
}
