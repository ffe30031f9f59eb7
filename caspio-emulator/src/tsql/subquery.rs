//! Subqueries over sources of the catalog.

use sqlparser::ast::{
    Expr, GroupByExpr, JoinConstraint, JoinOperator, ObjectName, OrderBy, OrderByKind, Query,
    Select, SetExpr, TableFactor, TableWithJoins,
};

use super::{
    Term, TsqlError, Type, coerce, parse,
    scope::{Bound, Scope},
    select::{Clauses, Selected},
    translator::{Aggregates, Translator},
};

/// What the single column of a subquery is used for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Against {
    Anything,
    /// It is compared with a value of this type, and takes the type they have in common.
    Comparison(Type),
}

impl Translator<'_> {
    /// Translates a subquery of one column, in parentheses.
    pub(super) fn scalar_subquery(
        &mut self,
        query: &Query,
        against: Against,
    ) -> Result<Term, TsqlError> {
        let selected = self.subquery(query)?;
        let [item] = selected.items.as_slice() else {
            return Err(TsqlError::rule(
                "Only one expression can be specified in the select list when the subquery is \
                 not introduced with EXISTS.",
            ));
        };
        let mut term = item.term.clone().usable()?;
        if let Against::Comparison(ty) = against {
            let ty = coerce::common(term.ty, ty)?;
            term = coerce::to(&mut self.pool, term, ty)?;
        }
        let sql = selected.write(std::slice::from_ref(&term.sql), None, None);
        Ok(Term::new(format!("({sql})"), term.ty))
    }

    /// Translates the subquery of an `EXISTS`, in parentheses.
    pub(super) fn exists_subquery(&mut self, query: &Query) -> Result<String, TsqlError> {
        let selected = self.subquery(query)?;
        // What an aggregate yields decides whether its one row exists, so it must stay.
        let shown = match selected.grouped || selected.distinct {
            true => selected.shown(),
            false => vec!["1".to_owned()],
        };
        Ok(format!("({})", selected.write(&shown, None, None)))
    }

    fn subquery(&mut self, query: &Query) -> Result<Selected, TsqlError> {
        self.deeper(|this| {
            this.scopes.push(Scope::default());
            let selected = this.with_aggregates(Aggregates::Refused, |this| this.nested(query));
            this.scopes.pop();
            selected
        })
    }

    fn nested(&mut self, query: &Query) -> Result<Selected, TsqlError> {
        if !parse::is_bare(query) {
            return Err(TsqlError::NotAllowed);
        }
        let select = match query.body.as_ref() {
            SetExpr::Select(select) if parse::is_plain(select) => select.as_ref(),
            _ => return Err(TsqlError::NotAllowed),
        };
        self.from(&select.from)?;
        let clauses = Clauses {
            filter: select.selection.as_ref(),
            by: group_by(select)?,
            having: select.having.as_ref(),
            order: order_by(query.order_by.as_ref())?,
            ..Clauses::of_list(select)?
        };
        self.select(&clauses)
    }

    /// Binds the sources of a `FROM`.
    fn from(&mut self, from: &[TableWithJoins]) -> Result<(), TsqlError> {
        for (at, table) in from.iter().enumerate() {
            let bound = self.relation(&table.relation)?;
            let joint = if at == 0 { "" } else { ", " };
            self.bind(joint, bound);
            for join in &table.joins {
                if join.global {
                    return Err(TsqlError::NotAllowed);
                }
                let (word, constraint) = joint_of(&join.join_operator)?;
                let bound = self.relation(&join.relation)?;
                self.bind(word, bound);
                if let Some(on) = constraint {
                    let on = self.predicate(on)?;
                    self.scope().from.push_str(&format!(" ON {on}"));
                }
            }
        }
        Ok(())
    }

    fn relation(&mut self, relation: &TableFactor) -> Result<Bound, TsqlError> {
        let TableFactor::Table {
            name,
            alias,
            args: None,
            with_hints,
            version: None,
            with_ordinality: false,
            partitions,
            json_path: None,
            sample: None,
            index_hints,
        } = relation
        else {
            return Err(TsqlError::NotAllowed);
        };
        if !with_hints.is_empty() || !partitions.is_empty() || !index_hints.is_empty() {
            return Err(TsqlError::NotAllowed);
        }
        let given = match alias {
            Some(alias) if alias.columns.is_empty() && alias.at.is_none() => {
                Some(alias.name.value.as_str())
            }
            Some(_) => return Err(TsqlError::NotAllowed),
            None => None,
        };
        let name = single_name(name)?;
        let source = self.source(name)?;
        let alias = self.alias();
        Ok(Bound::new(name, given, alias, source))
    }

    /// Adds a source to the innermost scope and its `FROM`.
    pub(super) fn bind(&mut self, joint: &str, bound: Bound) {
        let scope = self.scope();
        scope.from.push_str(joint);
        scope.from.push_str(&bound.relation());
        scope.bound.push(bound);
    }
}

fn joint_of(operator: &JoinOperator) -> Result<(&'static str, Option<&Expr>), TsqlError> {
    let (word, constraint) = match operator {
        JoinOperator::Join(constraint) | JoinOperator::Inner(constraint) => (" JOIN ", constraint),
        JoinOperator::Left(constraint) | JoinOperator::LeftOuter(constraint) => {
            (" LEFT JOIN ", constraint)
        }
        JoinOperator::CrossJoin(JoinConstraint::None) => return Ok((" CROSS JOIN ", None)),
        _ => return Err(TsqlError::NotAllowed),
    };
    match constraint {
        JoinConstraint::On(on) => Ok((word, Some(on))),
        _ => Err(TsqlError::NotAllowed),
    }
}

fn group_by(select: &Select) -> Result<&[Expr], TsqlError> {
    match &select.group_by {
        GroupByExpr::Expressions(by, modifiers) if modifiers.is_empty() => Ok(by),
        _ => Err(TsqlError::NotAllowed),
    }
}

fn order_by(order: Option<&OrderBy>) -> Result<&[sqlparser::ast::OrderByExpr], TsqlError> {
    match order {
        None => Ok(&[]),
        Some(OrderBy {
            kind: OrderByKind::Expressions(terms),
            interpolate: None,
        }) => Ok(terms),
        Some(_) => Err(TsqlError::NotAllowed),
    }
}

/// The name of a source; a schema or a database before it would reach beyond the catalog.
pub(super) fn single_name(name: &ObjectName) -> Result<&str, TsqlError> {
    match name.0.as_slice() {
        [part] => match part.as_ident() {
            Some(ident) => Ok(&ident.value),
            None => Err(TsqlError::NotAllowed),
        },
        _ => Err(TsqlError::NotAllowed),
    }
}
