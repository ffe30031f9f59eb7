//! Entry points: a query, its count, a condition, an expression, a formula.

use super::error::Outcome;
use super::error::{TsqlError, near, not_allowed};
use super::from::From;
use super::inline::compacted;
use super::scope::same_name;
use super::select::{Body, Clauses};
use super::select_clauses::{check, group_by_of};
use super::translator::{Naming, Translator};
use super::typed::Item;
use super::{
    Catalog, Compiled, Condition, Expression, OutColumn, QueryParts, Type, Unordered, parse,
    shuffle,
};
use sqlparser::ast::{Expr, OrderByExpr, Select};

/// Translates a query. `window` has the number of records to take and the number to skip before.
///
/// # Errors
///
/// Refuses text that is not T-SQL, elements that callers may not use, and types that do not fit.
pub fn compile_query(
    catalog: &dyn Catalog,
    source_name: &str,
    parts: &QueryParts<'_>,
    unordered: Unordered,
    window: Option<(u64, u64)>,
) -> Result<Compiled, TsqlError> {
    let (mut translator, body) = translate(catalog, source_name, parts)?;
    let sql = shuffle::query_sql(&mut translator, &body, unordered, window)?;
    let (sql, params) = compacted(&sql, translator.params.into_values());
    Ok(Compiled {
        sql,
        params,
        columns: out_columns(&body.items),
    })
}

/// Translates a query into one that counts its rows.
///
/// # Errors
///
/// As for [`compile_query`].
pub fn compile_count(
    catalog: &dyn Catalog,
    source_name: &str,
    parts: &QueryParts<'_>,
) -> Result<Compiled, TsqlError> {
    let (translator, body) = translate(catalog, source_name, parts)?;
    let plain = !body.distinct && !body.aggregated;
    let limit = body
        .top
        .map_or(String::new(), |top| format!(" LIMIT {top}"));
    let sql = if plain && limit.is_empty() {
        format!("SELECT count(*){}", body.rest(None))
    } else {
        let aliases = shuffle::aliases(body.items.len());
        let aliases: Vec<_> = aliases.iter().map(String::as_str).collect();
        format!(
            "SELECT count(*) FROM ({}{limit})",
            body.core(&aliases, None)
        )
    };
    let (sql, params) = compacted(&sql, translator.params.into_values());
    Ok(Compiled {
        sql,
        params,
        columns: vec![OutColumn {
            name: "Count".to_owned(),
            ty: Type::Integer,
        }],
    })
}

/// Translates a condition, for the `WHERE` of a write or a view.
///
/// # Errors
///
/// As for [`compile_query`]; also refuses an empty condition.
pub fn compile_condition(
    catalog: &dyn Catalog,
    source_name: &str,
    filter: &str,
) -> Result<Condition, TsqlError> {
    let filter = parse::expression(filter)?;
    let mut translator = opened(catalog, source_name, Naming::Bare)?.0;
    let predicate = translator.predicate(&filter)?;
    let (sql, params) = compacted(&predicate.sql, translator.params.into_values());
    Ok(Condition { sql, params })
}

/// Translates an expression over one record, such as that of a formula field.
///
/// # Errors
///
/// As for [`compile_query`]; also refuses aggregates.
pub fn compile_expression(
    catalog: &dyn Catalog,
    source_name: &str,
    expr: &str,
) -> Result<Expression, TsqlError> {
    let expr = parse::expression(expr)?;
    let mut translator = opened(catalog, source_name, Naming::Bare)?.0;
    let value = translator.operand(&expr)?;
    let (sql, params) = compacted(&value.sql, translator.params.into_values());
    Ok(Expression {
        sql,
        params,
        ty: value.ty,
    })
}

/// Translates a formula into self-contained SQL whose value has the given type.
///
/// # Errors
///
/// As for [`compile_expression`]; also refuses a result that cannot be converted.
pub fn compile_formula(
    catalog: &dyn Catalog,
    source_name: &str,
    formula: &str,
    ty: Type,
) -> Result<String, TsqlError> {
    let expr = parse::expression(formula)?;
    let mut translator = opened(catalog, source_name, Naming::Bare)?.0;
    let value = translator.operand(&expr)?;
    let kind = super::typed::Typed::new(String::new(), ty, 0).kind();
    let value = translator.cast_to_kind(value, kind)?;
    Ok(super::inline::inlined(
        &value.sql,
        &translator.params.into_values(),
    ))
}

/// The parsed parts, which the clauses borrow.
#[derive(Debug)]
struct Parsed {
    select: Option<Select>,
    filter: Option<Expr>,
    grouping: Option<Select>,
    order: Vec<OrderByExpr>,
}

fn translate<'c>(
    catalog: &'c dyn Catalog,
    source_name: &str,
    parts: &QueryParts<'_>,
) -> Outcome<(Translator<'c>, Body)> {
    let (mut translator, from) = opened(catalog, source_name, Naming::Qualified)?;
    let parsed = parsed(parts)?;
    let clauses = Clauses {
        select: parsed.select.as_ref(),
        filter: parsed.filter.as_ref(),
        group_by: parsed.grouping.as_ref().map_or(Ok(&[][..]), group_by_of)?,
        having: parsed
            .grouping
            .as_ref()
            .and_then(|grouping| grouping.having.as_ref()),
        order_by: &parsed.order,
    };
    let body = translator.body(&clauses, from)?;
    Ok((translator, body))
}

fn opened<'c>(
    catalog: &'c dyn Catalog,
    source_name: &str,
    naming: Naming,
) -> Outcome<(Translator<'c>, From)> {
    let mut translator = Translator::new(catalog, naming);
    let source = translator.source(source_name)?;
    let sql = translator.open(&source, source_name);
    Ok((translator, From { sql, height: 1 }))
}

fn parsed(parts: &QueryParts<'_>) -> Outcome<Parsed> {
    let given = |part: Option<&'_ str>| {
        part.map(str::trim)
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
    };
    let select = given(parts.select)
        .map(|text| select_list(&text))
        .transpose()?;
    let filter = given(parts.filter)
        .map(|text| parse::expression(&text))
        .transpose()?;
    let grouping = given(parts.group_by)
        .map(|text| grouping(&text, parts.allow_having))
        .transpose()?;
    let order = given(parts.order_by)
        .map(|text| parse::order(&text))
        .transpose()?;
    Ok(Parsed {
        select,
        filter,
        grouping,
        order: order.unwrap_or_default(),
    })
}

/// Parses a select list; neither `FROM` nor a later clause may follow it.
fn select_list(text: &str) -> Outcome<Select> {
    let select = parse::select_list(text)?;
    check(&select)?;
    if !select.from.is_empty() {
        return Err(near("FROM"));
    }
    if select.selection.is_some() {
        return Err(near("WHERE"));
    }
    if !group_by_of(&select)?.is_empty() || select.having.is_some() {
        return Err(near("GROUP"));
    }
    Ok(select)
}

fn grouping(text: &str, allow_having: bool) -> Outcome<Select> {
    let select = parse::grouping(text)?;
    check(&select)?;
    if select.having.is_some() && !allow_having {
        return Err(not_allowed("HAVING"));
    }
    Ok(select)
}

/// Names the columns of the result. A missing or duplicate name becomes that of .NET's data tables, `Column1` and
/// `Name1`; it is inferred that the service shows those names, fact `shown-names-in-errors`.
fn out_columns(items: &[Item]) -> Vec<OutColumn> {
    let mut columns: Vec<OutColumn> = Vec::with_capacity(items.len());
    let mut unnamed = 0;
    for item in items {
        let taken = |name: &str| columns.iter().any(|known| same_name(&known.name, name));
        let name = match &item.name {
            Some(name) if !taken(name) => name.clone(),
            Some(name) => (1..)
                .map(|number: u32| format!("{name}{number}"))
                .find(|name| !taken(name))
                .unwrap_or_default(),
            None => loop {
                unnamed += 1;
                let name = format!("Column{unnamed}");
                if !taken(&name) {
                    break name;
                }
            },
        };
        columns.push(OutColumn {
            name,
            ty: item.value.ty,
        });
    }
    columns
}
