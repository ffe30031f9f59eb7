//! Conditions and formulas by themselves, over the unaliased columns of one table.

use super::{
    Catalog, Condition, Expression, TsqlError, Type, coerce, parse,
    scope::{Bound, Scope},
    translator::{Moment, Translator},
};

/// Translates a condition for `WHERE` on the unaliased table.
pub fn compile_condition(
    catalog: &dyn Catalog,
    source: &str,
    filter: &str,
) -> Result<Condition, TsqlError> {
    let expr = parse::expression(filter)?;
    let mut translator = within(catalog, source)?;
    let sql = translator.predicate(&expr)?;
    let inlined = translator.pool.inline(&sql);
    let (sql, params) = translator.pool.bind(&sql);
    Ok(Condition {
        sql,
        params,
        inlined,
    })
}

/// Translates an expression over the unaliased table; it keeps its own type.
pub fn compile_expression(
    catalog: &dyn Catalog,
    source: &str,
    expr: &str,
) -> Result<Expression, TsqlError> {
    expression(catalog, source, expr, None)
}

/// Translates the expression of a formula field whose values have the given type. Its literals
/// are part of the SQL, which may be stored and put into other statements.
pub fn compile_formula(
    catalog: &dyn Catalog,
    source: &str,
    expr: &str,
    ty: Type,
) -> Result<String, TsqlError> {
    expression(catalog, source, expr, Some(ty)).map(|formula| formula.inlined)
}

fn expression(
    catalog: &dyn Catalog,
    source: &str,
    expr: &str,
    ty: Option<Type>,
) -> Result<Expression, TsqlError> {
    let expr = parse::expression(expr)?;
    let mut translator = within(catalog, source)?;
    let mut term = translator.usable(&expr)?;
    if let Some(ty) = ty {
        term = coerce::to(&mut translator.pool, term, ty)?;
    }
    let inlined = translator.pool.inline(&term.sql);
    let (sql, params) = translator.pool.bind(&term.sql);
    Ok(Expression {
        sql,
        params,
        ty: term.ty,
        inlined,
    })
}

fn within<'c>(catalog: &'c dyn Catalog, name: &str) -> Result<Translator<'c>, TsqlError> {
    let mut translator = Translator::new(catalog, Moment::Running);
    let source = translator.source(name)?;
    translator.scopes.push(Scope::default());
    translator.bind("", Bound::unaliased(name, source));
    Ok(translator)
}
