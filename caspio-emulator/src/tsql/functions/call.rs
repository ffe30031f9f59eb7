//! A function call reduced to what T-SQL has.

use sqlparser::ast::{
    DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments,
    WindowSpec, WindowType,
};

use crate::tsql::{Term, TsqlError, Type, translator::Translator};

/// A call by the function's name in capitals.
pub(super) struct Call<'q> {
    pub(super) name: String,
    pub(super) args: Vec<&'q Expr>,
    /// `COUNT(*)`
    pub(super) star: bool,
    pub(super) distinct: bool,
    pub(super) over: Option<&'q WindowSpec>,
}

impl<'q> Call<'q> {
    /// A call that the parser keeps as a node of its own.
    pub(super) fn simple(name: &str, args: impl IntoIterator<Item = &'q Expr>) -> Self {
        Self {
            name: name.to_owned(),
            args: args.into_iter().collect(),
            star: false,
            distinct: false,
            over: None,
        }
    }

    /// Takes a call apart and refuses what T-SQL does not have.
    pub(super) fn new(function: &'q Function) -> Result<Self, TsqlError> {
        let plain = !function.uses_odbc_syntax
            && matches!(function.parameters, FunctionArguments::None)
            && function.within_group.is_empty()
            && function.filter.is_none()
            && function.null_treatment.is_none();
        let [part] = function.name.0.as_slice() else {
            return Err(TsqlError::NotAllowed);
        };
        let (Some(name), true) = (part.as_ident(), plain) else {
            return Err(TsqlError::NotAllowed);
        };
        let mut call = Self::simple(&name.value.to_ascii_uppercase(), []);
        call.over = match &function.over {
            None => None,
            Some(WindowType::WindowSpec(window)) => Some(window),
            Some(WindowType::NamedWindow(_)) => return Err(TsqlError::NotAllowed),
        };
        call.take_arguments(&function.args)?;
        Ok(call)
    }

    fn take_arguments(&mut self, arguments: &'q FunctionArguments) -> Result<(), TsqlError> {
        let list = match arguments {
            FunctionArguments::None => return Ok(()),
            FunctionArguments::Subquery(_) => return Err(TsqlError::NotAllowed),
            FunctionArguments::List(list) => list,
        };
        if !list.clauses.is_empty() {
            return Err(TsqlError::NotAllowed);
        }
        self.distinct = list.duplicate_treatment == Some(DuplicateTreatment::Distinct);
        for argument in &list.args {
            match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => self.args.push(expr),
                FunctionArg::Unnamed(FunctionArgExpr::Wildcard) => self.star = true,
                _ => return Err(TsqlError::NotAllowed),
            }
        }
        match self.star && (self.distinct || !self.args.is_empty()) {
            true => Err(TsqlError::Syntax),
            false => Ok(()),
        }
    }

    /// Refuses a wrong number of arguments.
    pub(super) fn takes(&self, least: usize, most: usize) -> Result<(), TsqlError> {
        match (least..=most).contains(&self.args.len()) && !self.star {
            true => Ok(()),
            false => Err(TsqlError::arguments(&self.name)),
        }
    }

    /// The argument at a position.
    pub(super) fn arg(&self, at: usize) -> Result<&'q Expr, TsqlError> {
        self.args
            .get(at)
            .copied()
            .ok_or_else(|| TsqlError::arguments(&self.name))
    }

    /// Writes a call of an SQLite function with each argument converted to its type. Arguments
    /// from `least` on may be missing.
    pub(super) fn mapped(
        &self,
        tr: &mut Translator<'_>,
        function: &str,
        types: &[Type],
        least: usize,
        result: Type,
    ) -> Result<Term, TsqlError> {
        self.takes(least, types.len())?;
        let mut args = Vec::with_capacity(types.len());
        for (arg, ty) in self.args.iter().zip(types) {
            args.push(tr.value_as(arg, *ty)?.sql);
        }
        Ok(Term::new(
            format!("{function}({})", args.join(", ")),
            result,
        ))
    }
}
