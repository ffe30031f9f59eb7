//! `FORMAT`: numbers and dates by .NET's format strings, for US English.

use super::date_part::{month_name, weekday_name};
use super::number::round;
use jiff::civil::DateTime;

/// Returns whether the format of a number is known here.
pub(crate) fn knows_number(format: &str) -> bool {
    standard(format).is_some()
        || (!is_standard(format) && !format.contains(['e', 'E', '\\', '\'', '"', ';']))
}

/// Returns whether the format of a date is known here.
pub(crate) fn knows_date(format: &str) -> bool {
    match format {
        "d" | "D" | "s" => true,
        _ => format.len() > 1 && !format.contains(['\\', '%', 'z', 'K', 'g', 'F']),
    }
}

/// Formats a number in a format that [is known](knows_number).
pub(crate) fn number(value: f64, format: &str) -> String {
    let Some((letter, digits)) = standard(format) else {
        return custom(value, format);
    };
    let places = digits.unwrap_or(2);
    match letter {
        'N' => signed(value, "", &fixed(value, places, true)),
        'F' => signed(value, "", &fixed(value, places, false)),
        'C' if round(value, places as i64, false) < 0.0 => {
            format!("(${})", fixed(value, places, true))
        }
        'C' => format!("${}", fixed(value, places, true)),
        'P' => signed(
            value,
            "",
            &format!("{}%", fixed(value * 100.0, places, true)),
        ),
        _ => {
            let width = digits.unwrap_or(0);
            signed(value, "", &format!("{:0>width$}", fixed(value, 0, false)))
        }
    }
}

/// Returns the letter and the number of digits of a standard format.
fn standard(format: &str) -> Option<(char, Option<usize>)> {
    let mut characters = format.chars();
    let letter = characters.next()?.to_ascii_uppercase();
    let digits = characters.as_str();
    if !"NFCPD".contains(letter) || digits.len() > 2 {
        return None;
    }
    if digits.is_empty() {
        return Some((letter, None));
    }
    digits.parse().ok().map(|digits| (letter, Some(digits)))
}

/// Returns whether .NET reads a format as a letter with a number of digits.
fn is_standard(format: &str) -> bool {
    let mut characters = format.chars();
    characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic())
        && characters.all(|digit| digit.is_ascii_digit())
}

/// Writes the magnitude of a number with a fixed number of decimals.
fn fixed(value: f64, places: usize, grouped: bool) -> String {
    let text = format!("{:.places$}", round(value, places as i64, false).abs());
    if !grouped {
        return text;
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{}{point}{fraction}", super::scalar::grouped(whole))
}

/// Puts the sign before digits that are not all 0.
fn signed(value: f64, before: &str, digits: &str) -> String {
    let negative = value < 0.0 && digits.contains(|digit: char| ('1'..='9').contains(&digit));
    format!("{before}{}{digits}", if negative { "-" } else { "" })
}

/// A format of `0`, `#`, `,`, `.` and `%`, and of other characters, which are written as they are.
fn custom(value: f64, format: &str) -> String {
    let is_place = |character: char| matches!(character, '0' | '#' | '.' | ',');
    let (Some(first), Some(last)) = (format.find(is_place), format.rfind(is_place)) else {
        return format.to_owned();
    };
    let (before, places, after) = (&format[..first], &format[first..=last], &format[last + 1..]);
    let value = if format.contains('%') {
        value * 100.0
    } else {
        value
    };
    let (whole, fraction) = places.split_once('.').unwrap_or((places, ""));
    let least = |part: &str| part.matches('0').count();
    let most = fraction.matches(['0', '#']).count();
    let text = format!("{:.most$}", round(value, most as i64, false).abs());
    let (digits, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let kept = decimals.trim_end_matches('0').len().max(least(fraction));
    let digits = digits.trim_start_matches('0');
    let width = least(whole);
    let digits = format!("{digits:0>width$}");
    let digits = match whole.contains(',') {
        true => super::scalar::grouped(&digits),
        false => digits,
    };
    let point = if kept > 0 { "." } else { "" };
    signed(
        value,
        "",
        &format!("{before}{digits}{point}{}{after}", &decimals[..kept]),
    )
}

/// Formats a date in a format that [is known](knows_date).
pub(crate) fn date(time: DateTime, format: &str) -> String {
    let format = match format {
        "d" => "M/d/yyyy",
        "D" => "dddd, MMMM d, yyyy",
        "s" => "yyyy-MM-ddTHH:mm:ss",
        other => other,
    };
    let mut out = String::new();
    let mut rest = format;
    while let Some(letter) = rest.chars().next() {
        if letter == '\'' || letter == '"' {
            let quoted = &rest[1..];
            let end = quoted.find(letter).unwrap_or(quoted.len());
            out.push_str(&quoted[..end]);
            rest = quoted.get(end + 1..).unwrap_or("");
            continue;
        }
        let count = rest.chars().take_while(|next| *next == letter).count();
        match part(time, letter, count) {
            Some(text) => out.push_str(&text),
            None => out.extend(std::iter::repeat_n(letter, count)),
        }
        rest = &rest[count * letter.len_utf8()..];
    }
    out
}

/// Writes one part of a date, named by a letter and how often it is repeated.
fn part(time: DateTime, letter: char, count: usize) -> Option<String> {
    let number = |number: i64| {
        let width = count.min(2);
        format!("{number:0>width$}")
    };
    let hour = i64::from(time.hour());
    let half = if hour < 12 { "AM" } else { "PM" };
    Some(match (letter, count) {
        ('y', 1 | 2) => number(i64::from(time.year()) % 100),
        ('y', _) => format!("{:0>count$}", time.year()),
        ('M', 1 | 2) => number(time.month().into()),
        ('M', 3) => month_name(time)[..3].to_owned(),
        ('M', _) => month_name(time).to_owned(),
        ('d', 1 | 2) => number(time.day().into()),
        ('d', 3) => weekday_name(time)[..3].to_owned(),
        ('d', _) => weekday_name(time).to_owned(),
        ('H', _) => number(hour),
        ('h', _) => number((hour + 11) % 12 + 1),
        ('m', _) => number(time.minute().into()),
        ('s', _) => number(time.second().into()),
        ('f', _) => {
            let fraction = format!("{:03}0000", time.millisecond());
            fraction[..count.min(7)].to_owned()
        }
        ('t', 1) => half[..1].to_owned(),
        ('t', _) => half.to_owned(),
        _ => return None,
    })
}
