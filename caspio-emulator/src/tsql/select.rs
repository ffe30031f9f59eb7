//! One `SELECT`: its list, its conditions and its grouping.

use sqlparser::ast::{
    Distinct, Expr, OrderByExpr, Select, SelectItem, SelectItemQualifiedWildcardKind, Top,
    TopQuantity, Value as Ast, WildcardAdditionalOptions,
};

use super::{
    Term, TsqlError, Type,
    order::Sorting,
    translator::{Aggregates, Translator},
};

/// The clauses of one `SELECT`, its source being bound already.
#[derive(Debug, Default)]
pub(super) struct Clauses<'q> {
    pub(super) distinct: bool,
    pub(super) top: Option<u64>,
    /// Without items it is `*`.
    pub(super) items: &'q [SelectItem],
    pub(super) filter: Option<&'q Expr>,
    pub(super) by: &'q [Expr],
    pub(super) having: Option<&'q Expr>,
    pub(super) order: &'q [OrderByExpr],
}

impl<'q> Clauses<'q> {
    /// Takes what a select list carries: its items, `DISTINCT` and `TOP`.
    pub(super) fn of_list(select: &'q Select) -> Result<Self, TsqlError> {
        let distinct = match &select.distinct {
            None | Some(Distinct::All) => false,
            Some(Distinct::Distinct) => true,
            Some(Distinct::On(_)) => return Err(TsqlError::NotAllowed),
        };
        Ok(Self {
            distinct,
            top: select.top.as_ref().map(top).transpose()?,
            items: &select.projection,
            ..Self::default()
        })
    }
}

fn top(top: &Top) -> Result<u64, TsqlError> {
    if top.with_ties || top.percent {
        return Err(TsqlError::NotAllowed);
    }
    match &top.quantity {
        Some(TopQuantity::Constant(count)) => Ok(*count),
        Some(TopQuantity::Expr(expr)) => constant(expr).ok_or(TsqlError::NotAllowed),
        None => Err(TsqlError::Syntax),
    }
}

fn constant(expr: &Expr) -> Option<u64> {
    match expr {
        Expr::Nested(inner) => constant(inner),
        Expr::Value(value) => match &value.value {
            Ast::Number(digits, _) => digits.parse().ok(),
            _ => None,
        },
        _ => None,
    }
}

/// One column of a result.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) name: Option<String>,
    pub(super) term: Term,
}

/// A translated `SELECT`, its literals not yet bound.
#[derive(Debug)]
pub(super) struct Selected {
    pub(super) from: String,
    pub(super) items: Vec<Item>,
    pub(super) distinct: bool,
    pub(super) top: Option<u64>,
    pub(super) filter: Option<String>,
    pub(super) by: Vec<String>,
    pub(super) having: Option<String>,
    pub(super) sorting: Sorting,
    /// Whether rows stand for groups.
    pub(super) grouped: bool,
}

impl Translator<'_> {
    /// Translates the clauses over the innermost scope.
    pub(super) fn select(&mut self, clauses: &Clauses<'_>) -> Result<Selected, TsqlError> {
        let (filter, by) = self.with_aggregates(Aggregates::Refused, |this| {
            let filter = clauses.filter.map(|filter| this.predicate(filter));
            let filter = filter.transpose()?;
            Ok((filter, this.grouping(clauses.by)?))
        })?;
        self.scope().loose.clear();
        let (items, having, sorting) = self.with_aggregates(Aggregates::Allowed, |this| {
            let items = this.items(clauses.items)?;
            let having = this.having(clauses.having)?;
            let sorting = this.sorting(clauses.order, &items, clauses.distinct)?;
            Ok((items, having, sorting))
        })?;
        if clauses.distinct && items.iter().any(|item| item.term.ty == Type::List) {
            return Err(TsqlError::NotAllowed);
        }
        let scope = self.scope();
        scope.check_grouping()?;
        Ok(Selected {
            from: scope.from.clone(),
            items,
            distinct: clauses.distinct,
            top: clauses.top,
            filter,
            grouped: !by.is_empty() || scope.aggregated || having.is_some(),
            by,
            having,
            sorting,
        })
    }

    fn having(&mut self, having: Option<&Expr>) -> Result<Option<String>, TsqlError> {
        self.with_aggregates(Aggregates::NoWindows, |this| {
            having.map(|having| this.predicate(having)).transpose()
        })
    }

    fn grouping(&mut self, by: &[Expr]) -> Result<Vec<String>, TsqlError> {
        let mut keys = Vec::with_capacity(by.len());
        let mut collated = Vec::with_capacity(by.len());
        for expr in by {
            let before = self.scope().loose.len();
            let term = self.usable(expr)?;
            if self.scope().loose.len() == before {
                return Err(TsqlError::rule(
                    "Each GROUP BY expression must contain at least one column that is not an \
                     outer reference.",
                ));
            }
            collated.push(term.collated());
            keys.push(term.sql);
        }
        self.scope().keys = keys;
        Ok(collated)
    }

    fn items(&mut self, items: &[SelectItem]) -> Result<Vec<Item>, TsqlError> {
        let mut selected = Vec::new();
        if items.is_empty() {
            self.star(None, &mut selected)?;
        }
        for item in items {
            match item {
                SelectItem::UnnamedExpr(expr) => selected.push(Item {
                    term: self.value(expr)?,
                    name: self.column_name(expr),
                }),
                SelectItem::ExprWithAlias { expr, alias } => selected.push(Item {
                    term: self.value(expr)?,
                    name: Some(alias.value.clone()),
                }),
                SelectItem::Wildcard(options) if is_plain(options) => {
                    self.star(None, &mut selected)?;
                }
                SelectItem::QualifiedWildcard(
                    SelectItemQualifiedWildcardKind::ObjectName(name),
                    options,
                ) if is_plain(options) => {
                    let name = super::subquery::single_name(name)?;
                    self.star(Some(name), &mut selected)?;
                }
                _ => return Err(TsqlError::NotAllowed),
            }
        }
        Ok(selected)
    }

    /// A column shows under its defined name, however the query spells its case (inferred).
    fn column_name(&self, expr: &Expr) -> Option<String> {
        match expr {
            Expr::Nested(inner) => self.column_name(inner),
            Expr::Identifier(name) => self.defined_name(None, &name.value),
            Expr::CompoundIdentifier(parts) => match parts.as_slice() {
                [table, name] => self.defined_name(Some(&table.value), &name.value),
                _ => None,
            },
            _ => None,
        }
    }

    fn star(&mut self, qualifier: Option<&str>, items: &mut Vec<Item>) -> Result<(), TsqlError> {
        let before = items.len();
        let scope = self.scope();
        let mut loose = Vec::new();
        for bound in &scope.bound {
            if qualifier.is_some_and(|name| !bound.is_called(name)) {
                continue;
            }
            for column in &bound.source.columns {
                if !column.in_star || !column.selectable || column.ty == Type::Password {
                    continue;
                }
                let term = bound.term(column);
                if !scope.keys.contains(&term.sql) {
                    loose.push(column.name.clone());
                }
                items.push(Item {
                    name: Some(column.name.clone()),
                    term,
                });
            }
        }
        scope.loose.extend(loose);
        match items.len() == before {
            true => Err(TsqlError::unknown_field(qualifier.unwrap_or("*"))),
            false => Ok(()),
        }
    }
}

fn is_plain(options: &WildcardAdditionalOptions) -> bool {
    options.opt_ilike.is_none()
        && options.opt_exclude.is_none()
        && options.opt_except.is_none()
        && options.opt_replace.is_none()
        && options.opt_rename.is_none()
        && options.opt_alias.is_none()
}

impl Selected {
    /// Writes the statement; `shown` says which items it yields.
    pub(super) fn write(
        &self,
        shown: &[String],
        tie_break: Option<&str>,
        window: Option<(u64, u64)>,
    ) -> String {
        let distinct = if self.distinct { "DISTINCT " } else { "" };
        let mut sql = format!("SELECT {distinct}{} FROM {}", shown.join(", "), self.from);
        if let Some(filter) = &self.filter {
            sql.push_str(" WHERE ");
            sql.push_str(filter);
        }
        if !self.by.is_empty() {
            sql.push_str(" GROUP BY ");
            sql.push_str(&self.by.join(", "));
        }
        if let Some(having) = &self.having {
            sql.push_str(" HAVING ");
            sql.push_str(having);
        }
        let mut order: Vec<&str> = self.sorting.terms.iter().map(String::as_str).collect();
        order.extend(tie_break);
        if !order.is_empty() {
            sql.push_str(" ORDER BY ");
            sql.push_str(&order.join(", "));
        }
        if let Some((limit, offset)) = self.limited(window) {
            sql.push_str(&format!(" LIMIT {limit} OFFSET {offset}"));
        }
        sql
    }

    /// The window within `TOP`.
    fn limited(&self, window: Option<(u64, u64)>) -> Option<(i64, i64)> {
        let signed = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        match (self.top, window) {
            (None, None) => None,
            (Some(top), None) => Some((signed(top), 0)),
            (None, Some((limit, offset))) => Some((signed(limit), signed(offset))),
            (Some(top), Some((limit, offset))) => Some((
                signed(limit.min(top.saturating_sub(offset))),
                signed(offset),
            )),
        }
    }

    /// The SQL of the items, with the collation where it decides what is distinct.
    pub(super) fn shown(&self) -> Vec<String> {
        self.items
            .iter()
            .map(|item| match self.distinct {
                true => item.term.collated(),
                false => item.term.sql.clone(),
            })
            .collect()
    }
}
