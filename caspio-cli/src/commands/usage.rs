//! `caspio usage`: prints the calls made by this program on this machine. No call.

use crate::clock;
use crate::context::Context;
use crate::error::CliError;
use crate::folders;
use crate::format::{Align, table};
use crate::usage::{CallsOf, Count, Ledger};
use caspio::calls::{BillingPeriod, Forecast};
use caspio::{Date, DateTime, Decimal};
use clap::Args;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The number of days to show, newest first
    #[arg(long, value_name = "N", default_value_t = 31)]
    days: usize,
    /// The day of the month on which the account's billing period begins
    #[arg(long, value_name = "DAY", default_value_t = 1, value_parser = clap::value_parser!(i8).range(1..=31))]
    billing_day: i8,
    /// The calls that the account's plan includes in a billing period
    #[arg(long, value_name = "CALLS")]
    quota: Option<u64>,
    /// The price of one call beyond the quota, in the plan's currency
    #[arg(long, value_name = "PRICE", requires = "quota", value_parser = price)]
    price: Option<Decimal>,
}

/// The forecast of one account.
struct OfAccount {
    account: String,
    period: BillingPeriod,
    forecast: Forecast,
}

pub(crate) fn run(context: &mut Context, arguments: &Arguments) -> Result<(), CliError> {
    let now = clock::now()?;
    let ledger = Ledger::read(&folders::state()?)?;
    let forecasts = forecasts(&ledger, now, arguments.billing_day);
    let days: BTreeSet<_> = ledger.counts().map(|(of, _)| &of.day).collect();
    let older = days.len().saturating_sub(arguments.days);
    let first = days.into_iter().nth(older);
    let shown = ledger
        .counts()
        .filter(|(of, _)| first.is_some_and(|first| of.day >= *first));
    if context.out.json {
        let calls = shown.map(|(of, calls)| Count {
            of: of.clone(),
            calls,
        });
        let forecasts = forecasts.iter().map(|forecast| forecast.json(arguments));
        return context.out.json(&serde_json::json!({
            "calls": calls.collect::<Vec<_>>(),
            "forecasts": forecasts.collect::<Vec<_>>(),
        }));
    }
    let mut total = 0;
    let rows: Vec<_> = shown
        .map(|(of, calls)| {
            total += calls;
            row(of, calls)
        })
        .collect();
    if !rows.is_empty() {
        context.out.line(format_args!("{}", table(&HEADER, rows)))?;
    }
    context.out.line(format_args!("{total} calls"))?;
    for forecast in &forecasts {
        let line = forecast.line(arguments);
        context.out.line(format_args!("{line}"))?;
    }
    let zone = clock::time_zone().unwrap_or_else(|| "UTC".to_owned());
    context.out.note(format_args!(
        "Counted by this program on this machine, by days of {zone}; Caspio bills by its own count."
    ));
    Ok(())
}

const HEADER: [(&str, Align); 6] = [
    ("Day", Align::Left),
    ("Account", Align::Left),
    ("Operation", Align::Left),
    ("Table", Align::Left),
    ("Status", Align::Left),
    ("Calls", Align::Right),
];

fn row(of: &CallsOf, calls: u64) -> [String; 6] {
    let status = of.status.map(|status| status.to_string());
    [
        of.day.clone(),
        of.account.clone(),
        of.operation.clone(),
        of.table.clone().unwrap_or_default(),
        status.unwrap_or_else(|| "none".to_owned()),
        calls.to_string(),
    ]
}

/// Returns a forecast of the current billing period for each account that made calls in it.
fn forecasts(ledger: &Ledger, now: DateTime, billing_day: i8) -> Vec<OfAccount> {
    let Some(period) = BillingPeriod::of_month(now.date(), billing_day) else {
        return Vec::new();
    };
    let mut accounts: BTreeMap<&str, Vec<(Date, u64)>> = BTreeMap::new();
    for (of, calls) in ledger.counts() {
        if let Ok(day) = of.day.parse() {
            accounts.entry(&of.account).or_default().push((day, calls));
        }
    }
    let forecasts = accounts.into_iter().filter_map(|(account, days)| {
        let (first, _) = days.first()?;
        let since = first.to_datetime(jiff::civil::Time::midnight());
        Some(OfAccount {
            account: account.to_owned(),
            period,
            forecast: period.forecast_of(since, now, days),
        })
    });
    forecasts.filter(|of| of.forecast.calls > 0).collect()
}

impl OfAccount {
    fn line(&self, arguments: &Arguments) -> String {
        let Forecast {
            calls, expected, ..
        } = self.forecast;
        let (first, last) = (self.period.first, self.period.last);
        let mut line = format!(
            "{}: {calls} calls since {first}, about {expected} by the end of {last}",
            self.account
        );
        if let Some(quota) = arguments.quota {
            line += &match self.forecast.beyond(quota) {
                0 => format!(", within the quota of {quota}"),
                beyond => format!(", {beyond} beyond the quota of {quota}"),
            };
        }
        if let Some(cost) = self.cost(arguments) {
            line += &format!(", at a cost of {cost}");
        }
        line
    }

    fn json(&self, arguments: &Arguments) -> serde_json::Value {
        serde_json::json!({
            "account": self.account,
            "first_day": self.period.first.to_string(),
            "last_day": self.period.last.to_string(),
            "calls": self.forecast.calls,
            "expected_calls": self.forecast.expected,
            "beyond_quota": arguments.quota.map(|quota| self.forecast.beyond(quota)),
            "cost": self.cost(arguments).map(|cost| cost.to_string()),
        })
    }

    fn cost(&self, arguments: &Arguments) -> Option<Decimal> {
        let cost = self.forecast.cost(arguments.quota?, arguments.price?)?;
        Some(cost.normalize())
    }
}

fn price(text: &str) -> Result<Decimal, String> {
    let price: Decimal = text
        .parse()
        .map_err(|_| "a price is a decimal number, such as 0.002".to_owned())?;
    match price.is_sign_negative() {
        true => Err("a price is not negative".to_owned()),
        false => Ok(price),
    }
}
