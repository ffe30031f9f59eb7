//! The parts of a date by name.

/// A part of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Year,
    Quarter,
    Month,
    DayOfYear,
    Day,
    Week,
    Weekday,
    Hour,
    Minute,
    Second,
    Millisecond,
    IsoWeek,
}

impl Part {
    const NAMES: [(Self, &'static [&'static str]); 12] = [
        (Self::Year, &["year", "yy", "yyyy"]),
        (Self::Quarter, &["quarter", "qq", "q"]),
        (Self::Month, &["month", "mm", "m"]),
        (Self::DayOfYear, &["dayofyear", "dy", "y"]),
        (Self::Day, &["day", "dd", "d"]),
        (Self::Week, &["week", "wk", "ww"]),
        (Self::Weekday, &["weekday", "dw", "w"]),
        (Self::Hour, &["hour", "hh"]),
        (Self::Minute, &["minute", "mi", "n"]),
        (Self::Second, &["second", "ss", "s"]),
        (Self::Millisecond, &["millisecond", "ms"]),
        (Self::IsoWeek, &["iso_week", "isowk", "isoww"]),
    ];

    /// Returns the part with this name or abbreviation.
    pub(super) fn named(name: &str) -> Option<Self> {
        let is = |known: &&str| known.eq_ignore_ascii_case(name);
        Self::NAMES
            .iter()
            .find(|(_, names)| names.iter().any(is))
            .map(|(part, _)| *part)
    }

    /// The part's full name.
    pub(super) fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(part, _)| *part == self)
            .and_then(|(_, names)| names.first())
            .copied()
            .unwrap_or_default()
    }
}
