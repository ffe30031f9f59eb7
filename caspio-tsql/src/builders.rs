//! Functions that choose or build a value from several: `CHOOSE`, `GREATEST`, `CONCAT_WS`, `FORMAT`, `NEWID`, dates of
//! their parts.

use super::Type;
use super::arguments::expect;
use super::error::Outcome;
use super::error::{not_emulated, type_error};
use super::runtime::format;
use super::translator::Translator;
use super::typed::{Kind, Literal, Typed, above};
use sqlparser::ast::Expr;

impl Translator<'_> {
    /// `CHOOSE`: the value at a position, from 1.
    pub(super) fn choose(&mut self, arguments: &[&Expr]) -> Outcome<Typed> {
        expect("CHOOSE", arguments.len(), 2..=100)?;
        let index = self.argument(arguments[0], Kind::Integer)?;
        let (values, ty) = self.operands(&arguments[1..])?;
        let mut sql = format!("(CASE {}", index.sql);
        for (at, value) in values.iter().enumerate() {
            sql.push_str(&format!(" WHEN {} THEN {}", at + 1, value.sql));
        }
        sql.push_str(" END)");
        let height = above(&values.iter().chain([&index]).collect::<Vec<_>>());
        Ok(Typed::new(sql, ty, height + 1))
    }

    /// `GREATEST` and `LEAST`, which ignore NULL.
    pub(super) fn extreme(&mut self, name: &str, arguments: &[&Expr]) -> Outcome<Typed> {
        expect(name, arguments.len(), 1..=254)?;
        let (values, ty) = self.operands(arguments)?;
        let function = if name == "GREATEST" { "max" } else { "min" };
        let alias = self.alias();
        let rows: Vec<_> = values
            .iter()
            .map(|value| format!("SELECT {} AS {alias}", value.sql))
            .collect();
        let height = above(&values.iter().collect::<Vec<_>>()) + arguments.len();
        let column = Typed::new(alias, ty, 1).collated();
        let sql = format!(
            "(SELECT {function}({column}) FROM ({}))",
            rows.join(" UNION ALL ")
        );
        Ok(Typed::new(sql, ty, height + 2))
    }

    fn operands(&mut self, arguments: &[&Expr]) -> Outcome<(Vec<Typed>, Type)> {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(self.operand(argument)?);
        }
        self.unified(values)
    }

    /// `CONCAT_WS` leaves NULL out, with its separator.
    pub(super) fn concat_with_separator(&mut self, arguments: &[&Expr]) -> Outcome<Typed> {
        expect("CONCAT_WS", arguments.len(), 3..=254)?;
        let separator = self.argument(arguments[0], Kind::Text)?;
        let mut sql = String::new();
        let mut height = separator.height;
        for argument in &arguments[1..] {
            let part = self.argument(argument, Kind::Text)?;
            height = height.max(part.height);
            if !sql.is_empty() {
                sql.push_str(" || ");
            }
            sql.push_str(&format!(
                "ifnull(ifnull({}, '') || {}, '')",
                separator.sql, part.sql
            ));
        }
        let sql = format!("substr({sql}, 1 + length(ifnull({}, '')))", separator.sql);
        Ok(Typed::new(sql, Type::Text, height + 4 + arguments.len()))
    }

    /// `DATALENGTH`: bytes, two for each UTF-16 unit of `nvarchar`; columns are `nvarchar`.
    pub(super) fn data_length(&mut self, arguments: &[&Expr]) -> Outcome<Typed> {
        expect("DATALENGTH", arguments.len(), 1..=1)?;
        let value = self.operand(arguments[0])?;
        let bytes = match value.ty {
            Type::Text | Type::Attachment if is_varchar(arguments[0]) => 0,
            Type::Text | Type::Attachment => {
                let units = Typed::call("ts_units", &[&value], Type::Integer);
                return Ok(Typed::new(
                    format!("({} * 2)", units.sql),
                    Type::Integer,
                    units.height + 1,
                ));
            }
            Type::Integer | Type::SmallDateTime => 4,
            Type::BigInt | Type::Number | Type::Currency | Type::DateTime => 8,
            Type::YesNo => 1,
            Type::Decimal {
                precision: 0..=9, ..
            } => 5,
            Type::Decimal {
                precision: 10..=19, ..
            } => 9,
            Type::Decimal {
                precision: 20..=28, ..
            } => 13,
            Type::Decimal { .. } => 17,
            Type::Date => 3,
            Type::Time(0..=2) => 3,
            Type::Time(3..=4) => 4,
            Type::Time(_) => 5,
            Type::Guid => 16,
            _ => return Err(not_emulated("DATALENGTH of this type")),
        };
        if bytes == 0 {
            return Ok(Typed::call("ts_units", &[&value], Type::Integer));
        }
        let sql = format!("(CASE WHEN {} IS NOT NULL THEN {bytes} END)", value.sql);
        Ok(Typed::new(sql, Type::Integer, value.height + 2))
    }

    /// `FORMAT`, for US English and the formats that `runtime` knows.
    pub(super) fn format(&mut self, arguments: &[&Expr]) -> Outcome<Typed> {
        expect("FORMAT", arguments.len(), 2..=3)?;
        let value = self.operand(arguments[0])?;
        let style = self.operand(arguments[1])?;
        let culture = match arguments.get(2) {
            Some(culture) => self.operand(culture)?.literal,
            None => Some(Literal::Text("en-US".to_owned())),
        };
        let of_us = |name: &str| name.eq_ignore_ascii_case("en-us");
        if !matches!(&culture, Some(Literal::Text(name)) if of_us(name)) {
            return Err(not_emulated("FORMAT for this culture"));
        }
        let Some(Literal::Text(pattern)) = &style.literal else {
            return Err(not_emulated("FORMAT with a format that is not a literal"));
        };
        let (known, function, kind) = match value.kind() {
            Kind::Integer | Kind::Currency | Kind::Decimal | Kind::Number => (
                format::knows_number(pattern),
                "ts_format_number",
                Kind::Number,
            ),
            Kind::Date | Kind::DateTime => (
                format::knows_date(pattern),
                "ts_format_date",
                Kind::DateTime,
            ),
            Kind::Time => return Err(not_emulated("FORMAT of a time")),
            kind => {
                return Err(type_error(format!(
                    "Argument data type {} is invalid for argument 1 of format function.",
                    kind.name()
                )));
            }
        };
        if !known {
            return Err(not_emulated(format!("The format '{pattern}'")));
        }
        let value = self.convert(value, kind)?;
        Ok(Typed::call(function, &[&value, &style], Type::Text))
    }

    /// A new GUID for each record.
    pub(super) fn new_id(&mut self, arguments: &[&Expr]) -> Outcome<Typed> {
        expect("NEWID", arguments.len(), 0..=0)?;
        Ok(Typed::new(
            "ts_newid(hex(randomblob(16)))".to_owned(),
            Type::Guid,
            4,
        ))
    }

    /// `DATEFROMPARTS`, `DATETIMEFROMPARTS`, `SMALLDATETIMEFROMPARTS` and `TIMEFROMPARTS`.
    pub(super) fn of_parts(&mut self, name: &str, arguments: &[&Expr]) -> Outcome<Typed> {
        // Where the arguments are among year, month, day, hour, minute, second and millisecond.
        let (count, at, ty) = match name {
            "DATEFROMPARTS" => (3, 0, Type::Date),
            "DATETIMEFROMPARTS" => (7, 0, Type::DateTime),
            "SMALLDATETIMEFROMPARTS" => (5, 0, Type::SmallDateTime),
            _ => (5, 3, Type::Time(7)),
        };
        expect(name, arguments.len(), count..=count)?;
        let mut values = Vec::with_capacity(7);
        for default in [1900, 1, 1, 0, 0, 0, 0] {
            values.push(self.of_literal(Literal::Integer(default))?);
        }
        for (place, argument) in arguments.iter().enumerate() {
            let value = self.argument(argument, Kind::Integer)?;
            match (ty, place) {
                // The last two are a fraction and its digits, of which only none are known here.
                (Type::Time(_), 3 | 4) if value.literal != Some(Literal::Integer(0)) => {
                    return Err(not_emulated("TIMEFROMPARTS with a fraction"));
                }
                (Type::Time(_), 4) => {}
                _ => values[at + place] = value,
            }
        }
        let ty = if matches!(ty, Type::Time(_)) {
            Type::Time(0)
        } else {
            ty
        };
        Ok(Typed::call(
            "ts_of_parts",
            &values.iter().collect::<Vec<_>>(),
            ty,
        ))
    }
}

/// Whether an expression is `varchar` by what it is made of; columns are `nvarchar`.
fn is_varchar(expr: &Expr) -> bool {
    use sqlparser::ast::{DataType, Value};
    match expr {
        Expr::Nested(inner) => is_varchar(inner),
        Expr::Value(value) => matches!(value.value, Value::SingleQuotedString(_)),
        Expr::Cast { data_type, .. } => {
            matches!(data_type, DataType::Varchar(_) | DataType::Char(_))
        }
        Expr::Convert { data_type, .. } => {
            matches!(data_type, Some(DataType::Varchar(_) | DataType::Char(_)))
        }
        Expr::BinaryOp { left, right, .. } => is_varchar(left) && is_varchar(right),
        _ => false,
    }
}
