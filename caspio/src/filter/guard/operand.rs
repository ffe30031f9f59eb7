//! What can be computed about a value without a record.

use super::condition::Condition;
use super::variable::Variable;
use crate::filter::Operator;

/// A side of a comparison.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    Linear(Linear),
    /// Something between two numbers.
    Within(f64, f64),
}

/// A multiple of a column, and a number.
#[derive(Clone, Debug)]
pub(super) struct Linear {
    pub(super) variable: Option<Variable>,
    pub(super) factor: f64,
    pub(super) offset: f64,
}

impl Operand {
    /// Any number.
    pub(super) const ANY: Self = Self::Within(f64::MIN, f64::MAX);

    pub(super) fn constant(offset: f64) -> Self {
        Self::Linear(Linear {
            variable: None,
            factor: 0.0,
            offset,
        })
    }

    pub(super) fn range(&self) -> (f64, f64) {
        match self {
            Self::Linear(linear) => linear.range(),
            Self::Within(low, high) => (*low, *high),
        }
    }

    pub(super) fn times(self, factor: f64) -> Self {
        match self {
            Self::Linear(linear) => Self::Linear(linear.times(factor)),
            Self::Within(low, high) => ordered(product_of(low, factor), product_of(high, factor)),
        }
    }

    /// The product with another one.
    pub(super) fn times_operand(self, other: Self) -> Self {
        match (self.number(), other.number()) {
            (_, Some(number)) => self.times(number),
            (Some(number), _) => other.times(number),
            _ => {
                let (one, other) = (self.range(), other.range());
                let corners = [
                    product_of(one.0, other.0),
                    product_of(one.0, other.1),
                    product_of(one.1, other.0),
                    product_of(one.1, other.1),
                ];
                let low = corners.into_iter().fold(f64::INFINITY, f64::min);
                let high = corners.into_iter().fold(f64::NEG_INFINITY, f64::max);
                Self::Within(low, high)
            }
        }
    }

    /// The square, which is not negative.
    pub(super) fn squared(&self) -> Self {
        let (low, high) = absolute(self.clone()).range();
        Self::Within(low * low, high * high)
    }

    pub(super) fn plus(&self, other: &Self) -> Self {
        if let (Self::Linear(one), Self::Linear(other)) = (self, other)
            && let Some(sum) = one.minus(&other.clone().times(-1.0))
        {
            return Self::Linear(sum);
        }
        let (one, other) = (self.range(), other.range());
        Self::Within(one.0 + other.0, one.1 + other.1)
    }

    /// Whether it is a column of numbers.
    pub(super) fn is_of_number(&self) -> bool {
        let Self::Linear(linear) = self else {
            return false;
        };
        let variable = linear.variable.as_ref();
        variable.is_some_and(|variable| variable.domain.is_number())
    }

    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Linear(Linear {
                variable: None,
                offset,
                ..
            }) => Some(*offset),
            _ => None,
        }
    }
}

/// The absolute value.
pub(super) fn absolute(operand: Operand) -> Operand {
    match operand.range() {
        (low, _) if low >= 0.0 => operand,
        (_, high) if high <= 0.0 => operand.times(-1.0),
        (low, high) => Operand::Within(0.0, high.max(-low)),
    }
}

fn ordered(one: f64, other: f64) -> Operand {
    Operand::Within(one.min(other), one.max(other))
}

/// A product in which zero times infinity is zero: an open range has no infinite value.
fn product_of(one: f64, other: f64) -> f64 {
    if one == 0.0 || other == 0.0 {
        return 0.0;
    }
    one * other
}

impl Linear {
    pub(super) fn is_never_null(&self) -> bool {
        let variable = self.variable.as_ref();
        variable.is_none_or(|variable| variable.domain.is_never_null())
    }

    pub(super) fn range(&self) -> (f64, f64) {
        let variable = self.variable.as_ref();
        let (low, high) = variable.map_or((0.0, 0.0), |variable| variable.domain.range());
        let (one, other) = (product_of(low, self.factor), product_of(high, self.factor));
        (one.min(other) + self.offset, one.max(other) + self.offset)
    }

    fn times(mut self, factor: f64) -> Self {
        self.factor *= factor;
        self.offset *= factor;
        if self.factor == 0.0 {
            self.variable = None;
        }
        self
    }

    /// The difference from another one; `None` if it has two columns.
    pub(super) fn minus(&self, other: &Self) -> Option<Self> {
        let variable = match (&self.variable, &other.variable) {
            (Some(one), Some(other)) if one != other => return None,
            (Some(one), _) => Some(one),
            (None, other) => other.as_ref(),
        };
        let factor = self.factor - other.factor;
        Some(Self {
            variable: variable.filter(|_| factor != 0.0).cloned(),
            factor,
            offset: self.offset - other.offset,
        })
    }

    pub(super) fn compared_with_zero(self, operator: Operator) -> Condition {
        let Some(variable) = self.variable else {
            return Condition::Known(operator.holds(positive_zero(self.offset).total_cmp(&0.0)));
        };
        Condition::Compared {
            variable,
            operator: if self.factor < 0.0 {
                operator.flipped()
            } else {
                operator
            },
            number: positive_zero(-self.offset / self.factor),
        }
    }

    pub(super) fn one_of(self, mut numbers: Vec<f64>) -> Condition {
        let Some(variable) = self.variable else {
            return Condition::Known(numbers.contains(&self.offset));
        };
        for number in &mut numbers {
            *number = positive_zero((*number - self.offset) / self.factor);
        }
        numbers.sort_unstable_by(f64::total_cmp);
        Condition::Listed { variable, numbers }
    }

    /// Whether all of its values are whole numbers.
    pub(super) fn is_whole(&self) -> bool {
        let variable = self.variable.as_ref();
        variable.is_none_or(|variable| variable.domain.is_never_null())
            && self.factor.fract() == 0.0
            && self.offset.fract() == 0.0
    }
}

/// Zero has two signs, which order as two numbers.
fn positive_zero(number: f64) -> f64 {
    number + 0.0
}

/// Whole numbers are divided without a remainder.
pub(super) fn divided(operand: &Operand, by: f64) -> Option<Operand> {
    let (low, high) = operand.range();
    if by == 0.0 || !low.is_finite() || !high.is_finite() {
        return None;
    }
    let (low, high) = ((low / by).min(high / by), (low / by).max(high / by));
    Some(Operand::Within(
        low.trunc().min(low),
        high.trunc().max(high),
    ))
}

pub(super) fn remainder(operand: &Operand, by: f64) -> Option<Operand> {
    let Operand::Linear(linear) = operand else {
        return None;
    };
    let most = by.abs() - 1.0;
    let fits = linear.is_whole() && by.fract() == 0.0 && most >= 0.0;
    let low = if linear.range().0 >= 0.0 { 0.0 } else { -most };
    fits.then_some(Operand::Within(low, most))
}
