//! `CAST`, `CONVERT` and their forgiving forms.

use sqlparser::ast::{
    CastKind, CharacterLength, DataType, ExactNumberInfo, Expr, TypedString, Value as Ast,
};

use crate::tsql::{
    Term, TsqlError, Type, coerce, datestyle, datetime, subquery::single_name, term::Literal,
    translator::Translator,
};

/// What a value is converted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    /// Text of so many characters at most.
    Text(Option<u64>),
    Integer,
    /// A number with so many digits behind the point.
    Decimal(i64),
    Float,
    Money,
    Bit,
    DateTime,
    /// A date without its time.
    Date,
    Guid,
}

impl Target {
    fn ty(self) -> Type {
        match self {
            Self::Text(_) => Type::Text,
            Self::Integer => Type::Integer,
            Self::Decimal(_) | Self::Float => Type::Number,
            Self::Money => Type::Currency,
            Self::Bit => Type::YesNo,
            Self::DateTime | Self::Date => Type::DateTime,
            Self::Guid => Type::Guid,
        }
    }

    fn of(data_type: &DataType) -> Result<Self, TsqlError> {
        Ok(match data_type {
            DataType::Varchar(length)
            | DataType::Nvarchar(length)
            | DataType::Char(length)
            | DataType::Character(length) => Self::Text(length_of(length.as_ref())),
            DataType::Text => Self::Text(None),
            DataType::Int(None)
            | DataType::Integer(None)
            | DataType::BigInt(None)
            | DataType::SmallInt(None)
            | DataType::TinyInt(None) => Self::Integer,
            DataType::Decimal(info) | DataType::Numeric(info) | DataType::Dec(info) => {
                Self::Decimal(scale_of(info)?)
            }
            DataType::Float(_) | DataType::Real => Self::Float,
            DataType::Bit(None) => Self::Bit,
            DataType::Datetime(_) | DataType::Timestamp(..) => Self::DateTime,
            DataType::Date => Self::Date,
            DataType::Custom(name, modifiers) => Self::named(single_name(name)?, modifiers)?,
            _ => return Err(TsqlError::NotAllowed),
        })
    }

    /// The types that the parser knows by name alone.
    fn named(name: &str, modifiers: &[String]) -> Result<Self, TsqlError> {
        let length = || match modifiers {
            [length] => length.parse().ok(),
            _ => Some(DEFAULT_LENGTH),
        };
        Ok(match name.to_ascii_lowercase().as_str() {
            "nchar" => Self::Text(length()),
            "ntext" | "sysname" => Self::Text(None),
            "money" | "smallmoney" => Self::Money,
            "datetime" | "datetime2" | "smalldatetime" => Self::DateTime,
            "uniqueidentifier" => Self::Guid,
            _ => return Err(TsqlError::NotAllowed),
        })
    }
}

/// Without a length SQL Server converts to thirty characters.
const DEFAULT_LENGTH: u64 = 30;

fn length_of(length: Option<&CharacterLength>) -> Option<u64> {
    match length {
        None => Some(DEFAULT_LENGTH),
        Some(CharacterLength::IntegerLength { length, .. }) => Some(*length),
        Some(CharacterLength::Max) => None,
    }
}

fn scale_of(info: &ExactNumberInfo) -> Result<i64, TsqlError> {
    match info {
        ExactNumberInfo::None | ExactNumberInfo::Precision(_) => Ok(0),
        ExactNumberInfo::PrecisionAndScale(_, scale) if (0..=38).contains(scale) => Ok(*scale),
        ExactNumberInfo::PrecisionAndScale(..) => Err(TsqlError::Syntax),
    }
}

/// Translates a conversion.
pub(in crate::tsql) fn translate(tr: &mut Translator<'_>, expr: &Expr) -> Result<Term, TsqlError> {
    match expr {
        Expr::Cast {
            kind: kind @ (CastKind::Cast | CastKind::TryCast),
            expr,
            data_type,
            format: None,
        } => {
            let forgiving = *kind == CastKind::TryCast;
            convert(tr, expr, Target::of(data_type)?, 0, forgiving)
        }
        Expr::Convert {
            is_try,
            expr,
            data_type: Some(data_type),
            charset: None,
            target_before_value: true,
            styles,
        } => convert(tr, expr, Target::of(data_type)?, style(styles)?, *is_try),
        Expr::TypedString(TypedString {
            value,
            uses_odbc_syntax: true,
            ..
        }) => match &value.value {
            Ast::SingleQuotedString(text) => {
                let text = Term::text(text, &mut tr.pool)?;
                coerce::to(&mut tr.pool, text, Type::DateTime)
            }
            _ => Err(TsqlError::Syntax),
        },
        _ => Err(TsqlError::NotAllowed),
    }
}

fn style(styles: &[Expr]) -> Result<u16, TsqlError> {
    match styles {
        [] => Ok(0),
        [Expr::Value(value)] => match &value.value {
            Ast::Number(digits, _) => digits.parse().map_err(|_| TsqlError::Syntax),
            _ => Err(TsqlError::NotAllowed),
        },
        _ => Err(TsqlError::NotAllowed),
    }
}

fn convert(
    tr: &mut Translator<'_>,
    expr: &Expr,
    target: Target,
    style: u16,
    forgiving: bool,
) -> Result<Term, TsqlError> {
    let term = tr.usable(expr)?;
    if term.is_null() {
        return Ok(Term::new("NULL", target.ty()));
    }
    let term = match target {
        Target::Text(length) => cut(to_text(tr, term, style)?, length),
        _ if forgiving && term.ty.is_text() => tried(&term, target)?,
        Target::Guid => coerce::to(&mut tr.pool, term, Type::Text)?,
        _ => coerced(tr, term, target, style)?,
    };
    Ok(finished(term, target))
}

fn coerced(
    tr: &mut Translator<'_>,
    mut term: Term,
    target: Target,
    style: u16,
) -> Result<Term, TsqlError> {
    if target.ty() == Type::DateTime && matches!(style, 103..=105) {
        // Day first, as in Europe.
        if let Some(Literal::Text(text)) = &term.literal {
            let text = datetime::day_first(text).unwrap_or_else(|| text.clone());
            term = Term::text(&text, &mut tr.pool)?;
        } else if term.ty.is_text() {
            return Err(TsqlError::NotAllowed);
        }
    }
    coerce::to(&mut tr.pool, term, target.ty())
}

/// A conversion of text that yields null where it fails.
fn tried(term: &Term, target: Target) -> Result<Term, TsqlError> {
    let function = match target.ty() {
        Type::Integer => "tsql_try_int",
        Type::Number => "tsql_try_float",
        Type::Currency => "tsql_try_money",
        Type::YesNo => "tsql_try_bit",
        Type::DateTime => "tsql_try_datetime",
        ty => return Ok(Term::new(term.sql.clone(), ty)),
    };
    Ok(Term::new(format!("{function}({})", term.sql), target.ty()))
}

fn finished(term: Term, target: Target) -> Term {
    let sql = match target {
        Target::Decimal(scale) => format!("tsql_round({}, {scale}, 0)", term.sql),
        Target::Date => format!("(substr({}, 1, 10) || 'T00:00:00.000')", term.sql),
        _ => term.sql,
    };
    Term::new(sql, target.ty())
}

fn to_text(tr: &mut Translator<'_>, term: Term, style: u16) -> Result<Term, TsqlError> {
    match term.ty {
        Type::DateTime if !datestyle::is_style(style) => Err(TsqlError::ty(format!(
            "{style} is not a valid style number when converting from datetime to a character \
             string."
        ))),
        Type::DateTime => Ok(Term::new(
            format!("tsql_date_text({}, {style})", term.sql),
            Type::Text,
        )),
        Type::Currency => Ok(Term::new(
            format!("tsql_money_text({}, {style})", term.sql),
            Type::Text,
        )),
        _ => coerce::to(&mut tr.pool, term, Type::Text),
    }
}

fn cut(term: Term, length: Option<u64>) -> Term {
    match length {
        None => term,
        Some(length) => Term::new(
            format!("tsql_left({}, {})", term.sql, length.min(8_000)),
            Type::Text,
        ),
    }
}
