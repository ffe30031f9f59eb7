//! Whole queries: the clauses of a request over one source.

use std::collections::HashSet;

use sqlparser::ast::{Expr, OrderByExpr, Select};

use super::{
    Catalog, Compiled, OutColumn, QueryParts, TsqlError, Unordered, order,
    parse::{self, Grouping},
    scope::{Bound, Scope},
    select::{Clauses, Item, Selected},
    translator::{Moment, Translator},
};

/// Translates a query into a statement that yields its records.
///
/// `window` takes so many records (first) after skipping so many (second).
pub fn compile_query(
    catalog: &dyn Catalog,
    source: &str,
    parts: &QueryParts<'_>,
    unordered: Unordered,
    window: Option<(u64, u64)>,
) -> Result<Compiled, TsqlError> {
    let parsed = Parsed::new(parts)?;
    let mut translator = over(catalog, source)?;
    let mut selected = translator.select(&parsed.clauses()?)?;
    let columns = name_columns(&mut selected.items);
    let scatter = match selected.grouped || selected.distinct || selected.sorting.total {
        true => None,
        false => {
            let bound = translator.scope().bound.first();
            bound.and_then(|bound| order::scatter(bound, unordered))
        }
    };
    let sql = selected.write(&selected.shown(), scatter.as_deref(), window);
    let (sql, params) = translator.pool.bind(&sql);
    Ok(Compiled {
        sql,
        params,
        columns,
    })
}

/// Translates a query into a statement that yields how many records it has.
pub fn compile_count(
    catalog: &dyn Catalog,
    source: &str,
    parts: &QueryParts<'_>,
) -> Result<Compiled, TsqlError> {
    let parsed = Parsed::new(parts)?;
    let mut translator = over(catalog, source)?;
    let mut selected = translator.select(&parsed.clauses()?)?;
    selected.sorting.terms.clear();
    let sql = count(&selected);
    let (sql, params) = translator.pool.bind(&sql);
    Ok(Compiled {
        sql,
        params,
        columns: Vec::new(),
    })
}

fn count(selected: &Selected) -> String {
    if !selected.grouped && !selected.distinct && selected.top.is_none() {
        return selected.write(&["count(*)".to_owned()], None, None);
    }
    let shown = match selected.grouped || selected.distinct {
        true => selected.shown(),
        false => vec!["1".to_owned()],
    };
    format!(
        "SELECT count(*) FROM ({})",
        selected.write(&shown, None, None)
    )
}

/// Starts a translation over one source.
fn over<'c>(catalog: &'c dyn Catalog, name: &str) -> Result<Translator<'c>, TsqlError> {
    let mut translator = Translator::new(catalog, Moment::Fixed);
    let source = translator.source(name)?;
    let alias = translator.alias();
    translator.scopes.push(Scope::default());
    translator.bind("", Bound::new(name, None, alias, source));
    Ok(translator)
}

/// Names the columns and drops those whose name is taken: a record has each key once.
fn name_columns(items: &mut Vec<Item>) -> Vec<OutColumn> {
    let mut taken = HashSet::new();
    let mut unnamed = 0;
    let mut columns = Vec::with_capacity(items.len());
    items.retain(|item| {
        let name = item.name.clone().unwrap_or_else(|| {
            unnamed += 1;
            // How the service names what has no name is inferred.
            format!("Column{unnamed}")
        });
        let ty = item.term.ty;
        let fresh = taken.insert(name.clone());
        if fresh {
            columns.push(OutColumn { name, ty });
        }
        fresh
    });
    columns
}

/// The syntax trees of the clauses.
struct Parsed {
    list: Option<Select>,
    filter: Option<Expr>,
    grouping: Option<Grouping>,
    order: Vec<OrderByExpr>,
}

impl Parsed {
    fn new(parts: &QueryParts<'_>) -> Result<Self, TsqlError> {
        let parsed = Self {
            list: given(parts.select).map(parse::select_list).transpose()?,
            filter: given(parts.filter).map(parse::expression).transpose()?,
            grouping: given(parts.group_by).map(parse::grouping).transpose()?,
            order: given(parts.order_by)
                .map(parse::order)
                .transpose()?
                .unwrap_or_default(),
        };
        match parsed.having().is_some() && !parts.allow_having {
            true => Err(TsqlError::NotAllowed),
            false => Ok(parsed),
        }
    }

    fn having(&self) -> Option<&Expr> {
        self.grouping.as_ref()?.having.as_ref()
    }

    fn clauses(&self) -> Result<Clauses<'_>, TsqlError> {
        let list = match &self.list {
            Some(list) => Clauses::of_list(list)?,
            None => Clauses::default(),
        };
        Ok(Clauses {
            filter: self.filter.as_ref(),
            by: self
                .grouping
                .as_ref()
                .map_or(&[], |grouping| grouping.by.as_slice()),
            having: self.having(),
            order: &self.order,
            ..list
        })
    }
}

fn given(clause: Option<&str>) -> Option<&str> {
    clause.filter(|clause| !clause.trim().is_empty())
}
