//! `CAST`, `CONVERT`, and `TRY_CAST` and `TRY_CONVERT`, which return NULL on failure.

use super::Type;
use super::decimal::Shape;
use super::error::Outcome;
use super::error::{not_allowed, not_emulated, type_error};
use super::translator::Translator;
use super::typed::{Kind, Literal, Typed, no_conversion};
use sqlparser::ast::{
    CastKind, CharacterLength, DataType, ExactNumberInfo, Expr, TimezoneInfo, TypeModifier,
};

/// The target type of a cast.
#[derive(Clone, Debug, PartialEq)]
enum Target {
    Text(Option<i64>),
    /// `char(n)`, which has blanks at its end.
    Fixed(i64),
    Whole {
        name: &'static str,
        low: i64,
        high: i64,
    },
    Float,
    Decimal(Shape),
    Money,
    DateTime,
    SmallDateTime,
    Date,
    Time(u8),
    Bit,
    Guid,
}

impl Translator<'_> {
    pub(super) fn cast_node(&mut self, expr: &Expr) -> Outcome<Typed> {
        match expr {
            Expr::Cast {
                kind,
                expr,
                data_type,
                format: None,
            } => {
                let lenient = match kind {
                    CastKind::Cast => false,
                    CastKind::TryCast => true,
                    CastKind::SafeCast | CastKind::DoubleColon => {
                        return Err(not_allowed("This form of CAST"));
                    }
                };
                self.cast(expr, data_type, None, lenient)
            }
            Expr::Convert {
                is_try,
                expr,
                data_type: Some(data_type),
                charset: None,
                target_before_value: true,
                styles,
            } if styles.len() <= 1 => self.cast(expr, data_type, styles.first(), *is_try),
            _ => Err(not_allowed("This form of CONVERT")),
        }
    }

    fn cast(
        &mut self,
        expr: &Expr,
        data_type: &DataType,
        style: Option<&Expr>,
        lenient: bool,
    ) -> Outcome<Typed> {
        let target = target(data_type)?;
        let value = self.operand(expr)?;
        let style = match style {
            Some(style) => Some(self.argument(style, Kind::Integer)?),
            None => None,
        };
        let before = std::mem::replace(&mut self.lenient, lenient);
        let result = self.cast_to(value, &target, style);
        self.lenient = before;
        result
    }

    fn cast_to(&mut self, value: Typed, target: &Target, style: Option<Typed>) -> Outcome<Typed> {
        let mut value = match style {
            Some(style) => self.styled(value, target, &style)?,
            None => value,
        };
        if matches!(value.literal, Some(Literal::Null)) {
            value.ty = target.ty();
            value.literal = None;
            return Ok(value);
        }
        match target {
            Target::Text(length) => {
                let text = self.convert(value, Kind::Text)?;
                self.cut(text, *length)
            }
            Target::Fixed(length) => {
                let text = self.convert(value, Kind::Text)?;
                let length = self.of_literal(Literal::Integer(*length))?;
                Ok(Typed::call("ts_pad", &[&text, &length], Type::Text))
            }
            Target::Whole { name, low, high } => self.whole(value, name, *low, *high),
            Target::Float => self.cast_to_kind(value, Kind::Number),
            Target::Decimal(shape) => self.as_decimal(value, *shape),
            Target::Money => self.cast_to_kind(value, Kind::Currency),
            Target::DateTime => self.cast_to_kind(value, Kind::DateTime),
            Target::SmallDateTime => {
                let time = self.cast_to_kind(value, Kind::DateTime)?;
                Ok(Typed::call(
                    &self.named("minute_only"),
                    &[&time],
                    Type::SmallDateTime,
                ))
            }
            Target::Date => self.cast_to_kind(value, Kind::Date),
            Target::Time(digits) => {
                let time = self.cast_to_kind(value, Kind::Time)?;
                let count = self.of_literal(Literal::Integer((*digits).into()))?;
                Ok(Typed::call(
                    &self.named("clock_digits"),
                    &[&time, &count],
                    Type::Time(*digits),
                ))
            }
            Target::Bit => self.cast_to_kind(value, Kind::YesNo),
            Target::Guid => match value.kind() {
                Kind::Text => {
                    value.literal = None;
                    value.ty = Type::Guid;
                    Ok(value)
                }
                kind => Err(no_conversion(kind, "uniqueidentifier")),
            },
        }
    }

    /// Translates an explicit conversion, which may also go to a type of lower precedence.
    pub(super) fn cast_to_kind(&mut self, mut value: Typed, kind: Kind) -> Outcome<Typed> {
        if matches!(value.literal, Some(Literal::Decimal(_) | Literal::Float(_)))
            && kind == Kind::Currency
        {
            // Rounds, where a comparison would keep decimals that money cannot hold.
            value.literal = None;
        }
        if matches!(value.kind(), Kind::Date | Kind::Time)
            && kind != value.kind()
            && !matches!(kind, Kind::Text | Kind::DateTime)
        {
            return Err(no_conversion(value.kind(), kind.name()));
        }
        if matches!(kind, Kind::Date | Kind::Time)
            && !matches!(
                value.kind(),
                Kind::Null | Kind::Text | Kind::Date | Kind::Time | Kind::DateTime
            )
        {
            return Err(no_conversion(value.kind(), kind.name()));
        }
        if value.kind() == Kind::DateTime
            && !matches!(kind, Kind::Text | Kind::Date | Kind::Time | Kind::DateTime)
        {
            if kind == Kind::Integer || kind == Kind::Number {
                return self.convert(value, kind);
            }
            return Err(no_conversion(Kind::DateTime, kind.name()));
        }
        let mut converted = self.convert(value, kind)?;
        converted.literal = None;
        Ok(converted)
    }

    fn styled(&mut self, value: Typed, target: &Target, style: &Typed) -> Outcome<Typed> {
        let (function, ty) = match (value.kind(), target) {
            (Kind::DateTime, Target::Text(_) | Target::Fixed(_)) => ("date_text_style", Type::Text),
            (Kind::Date, Target::Text(_) | Target::Fixed(_)) => ("day_text_style", Type::Text),
            (Kind::Time, Target::Text(_) | Target::Fixed(_)) => ("clock_text_style", Type::Text),
            (Kind::Currency, Target::Text(_) | Target::Fixed(_)) => {
                ("money_text_style", Type::Text)
            }
            (
                Kind::Text,
                Target::DateTime | Target::SmallDateTime | Target::Date | Target::Time(_),
            ) => ("text_date_style", Type::DateTime),
            _ => return Ok(value),
        };
        Ok(Typed::call(&self.named(function), &[&value, style], ty))
    }

    fn named(&self, function: &str) -> String {
        if self.lenient {
            format!("ts_try_{function}")
        } else {
            format!("ts_{function}")
        }
    }

    fn cut(&mut self, mut text: Typed, length: Option<i64>) -> Outcome<Typed> {
        text.ty = Type::Text;
        let Some(length) = length else {
            text.literal = None;
            return Ok(text);
        };
        let length = self.of_literal(Literal::Integer(length))?;
        Ok(Typed::call("ts_truncate", &[&text, &length], Type::Text))
    }

    fn whole(&mut self, value: Typed, name: &str, low: i64, high: i64) -> Outcome<Typed> {
        let ty = if name == "bigint" {
            Type::BigInt
        } else {
            Type::Integer
        };
        let whole = self.cast_to_kind(value, Kind::Integer)?;
        let low = self.of_literal(Literal::Integer(low))?;
        let high = self.of_literal(Literal::Integer(high))?;
        let name = self.of_literal(Literal::Text(name.to_owned()))?;
        Ok(Typed::call(
            &self.named("range"),
            &[&whole, &low, &high, &name],
            ty,
        ))
    }
}

impl Target {
    fn ty(&self) -> Type {
        match self {
            Self::Text(_) | Self::Fixed(_) => Type::Text,
            Self::Whole { name: "bigint", .. } => Type::BigInt,
            Self::Whole { .. } => Type::Integer,
            Self::Float => Type::Number,
            Self::Decimal(shape) => shape.ty(),
            Self::Money => Type::Currency,
            Self::DateTime => Type::DateTime,
            Self::SmallDateTime => Type::SmallDateTime,
            Self::Date => Type::Date,
            Self::Time(digits) => Type::Time(*digits),
            Self::Bit => Type::YesNo,
            Self::Guid => Type::Guid,
        }
    }
}

fn target(data_type: &DataType) -> Outcome<Target> {
    let whole = |name, low, high| Ok(Target::Whole { name, low, high });
    match data_type {
        DataType::Varchar(length) | DataType::Nvarchar(length) => text(length.as_ref()),
        DataType::Char(length) | DataType::Character(length) => match text(length.as_ref())? {
            Target::Text(Some(length)) => Ok(Target::Fixed(length)),
            _ => Err(unknown_type("char(max)")),
        },
        DataType::Text => Ok(Target::Text(None)),
        DataType::Int(None) | DataType::Integer(None) => {
            whole("int", i32::MIN.into(), i32::MAX.into())
        }
        DataType::BigInt(None) => whole("bigint", i64::MIN + 1, i64::MAX),
        DataType::SmallInt(None) => whole("smallint", i16::MIN.into(), i16::MAX.into()),
        DataType::TinyInt(None) => whole("tinyint", 0, 255),
        DataType::Float(_) | DataType::Real | DataType::DoublePrecision => Ok(Target::Float),
        DataType::Decimal(info) | DataType::Numeric(info) | DataType::Dec(info) => decimal(info),
        DataType::Datetime(_) => Ok(Target::DateTime),
        DataType::Date => Ok(Target::Date),
        DataType::Time(digits, TimezoneInfo::None) => match digits.unwrap_or(7) {
            digits @ 0..=7 => Ok(Target::Time(u8::try_from(digits).unwrap_or(7))),
            digits => Err(type_error(format!("Specified scale {digits} is invalid."))),
        },
        DataType::Binary(_) | DataType::Varbinary(_) => Err(not_emulated(data_type.to_string())),
        DataType::Bit(None) => Ok(Target::Bit),
        DataType::Custom(name, arguments) => custom(&name.to_string(), arguments),
        _ => Err(unknown_type(&data_type.to_string())),
    }
}

/// The types that the parser knows by name only.
fn custom(name: &str, arguments: &[TypeModifier]) -> Outcome<Target> {
    match (name.to_ascii_lowercase().as_str(), arguments) {
        ("nchar", []) => Ok(Target::Fixed(30)),
        ("ntext", []) => Ok(Target::Text(None)),
        ("sysname", []) => Ok(Target::Text(Some(128))),
        ("nchar", [TypeModifier::Number(length, _)]) => match length.parse() {
            Ok(length) if length <= 4_000 => Ok(Target::Fixed(length)),
            _ => Err(unknown_type(name)),
        },
        ("money" | "smallmoney", []) => Ok(Target::Money),
        ("smalldatetime", []) => Ok(Target::SmallDateTime),
        ("datetime2", _) => Ok(Target::DateTime),
        (
            "datetimeoffset" | "sql_variant" | "image" | "xml" | "hierarchyid" | "geography"
            | "geometry",
            _,
        ) => Err(not_emulated(format!("The type {name}"))),
        ("uniqueidentifier", []) => Ok(Target::Guid),
        _ => Err(unknown_type(name)),
    }
}

/// The default length in a cast is 30.
fn text(length: Option<&CharacterLength>) -> Outcome<Target> {
    match length {
        None => Ok(Target::Text(Some(30))),
        Some(CharacterLength::Max) => Ok(Target::Text(None)),
        Some(CharacterLength::IntegerLength { length, .. }) => match i64::try_from(*length) {
            Ok(length @ 1..=8_000) => Ok(Target::Text(Some(length))),
            _ => Err(type_error(format!(
                "The size ({length}) given to the type 'varchar' exceeds the maximum allowed \
                 for any data type (8000)."
            ))),
        },
    }
}

fn decimal(info: &ExactNumberInfo) -> Outcome<Target> {
    let (precision, scale) = match info {
        ExactNumberInfo::None => (18, 0),
        ExactNumberInfo::Precision(precision) => (*precision, 0),
        ExactNumberInfo::PrecisionAndScale(precision, scale) => (*precision, *scale),
    };
    match (u32::try_from(precision), u32::try_from(scale)) {
        (Ok(precision @ 1..=38), Ok(scale)) if scale <= precision => {
            Ok(Target::Decimal(Shape { precision, scale }))
        }
        _ => Err(unknown_type("decimal")),
    }
}

fn unknown_type(name: &str) -> super::TsqlError {
    type_error(format!("Type {name} is not a defined system type."))
}
