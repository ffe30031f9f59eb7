//! The forms of the page: `/_emulator/page/...`.

use super::save::{self, Act};
use super::switches::{FAULTS, is_switch};
use crate::app::App;
use crate::faults::{Faults, Rule};
use crate::http::params::Params;
use crate::http::{Refusal, Response};
use axum::http::{HeaderValue, StatusCode, header};

/// Carries out a form, and redirects the browser to the page.
pub(crate) fn submit(app: &App, path: &[String], body: &[u8]) -> Result<Response, Refusal> {
    let path: Vec<_> = path.iter().map(String::as_str).collect();
    let params = || Params::parse(&String::from_utf8_lossy(body));
    let place = match path.as_slice() {
        ["faults"] => {
            app.faults.set(switched(app.faults.faults(), &params())?);
            "/#faults"
        }
        ["calm"] => {
            app.faults.set(Faults::none());
            "/#faults"
        }
        ["tokens", "expire"] => {
            app.tokens.expire();
            "/#faults"
        }
        ["tokens", "revoke"] => {
            app.tokens.revoke();
            "/#faults"
        }
        ["snapshot"] => {
            app.set_reset_point()?;
            "/#tables"
        }
        ["reset"] => {
            app.reset()?;
            "/#tables"
        }
        ["calls"] => {
            app.forget_calls();
            "/#calls"
        }
        ["records", "add"] => return record(app, Act::Add, &params()),
        ["records", "change"] => return record(app, Act::Change, &params()),
        ["records", "delete"] => return record(app, Act::Delete, &params()),
        _ => return Err(Refusal::bare(StatusCode::NOT_FOUND)),
    };
    Ok(Response::empty(StatusCode::SEE_OTHER)
        .header(header::LOCATION, HeaderValue::from_static(place)))
}

/// Carries out the form of a record. One that is refused is shown again, with the reasons.
fn record(app: &App, act: Act, params: &Params) -> Result<Response, Refusal> {
    Ok(match save::submit(app, act, params)? {
        Ok(response) => response,
        Err(form) => super::show(app, params, Some(&form)),
    })
}

/// Returns the faults with every switch as the form has it; rules that a program added are kept.
fn switched(mut faults: Faults, params: &Params) -> Result<Faults, Refusal> {
    let number = |name| {
        let number = params.integer(name)?.unwrap_or(0);
        u64::try_from(number).map_err(|_| Refusal::incorrect_query())
    };
    faults.latency_ms = number("latency")?;
    faults.jitter_ms = number("jitter")?;
    faults.drip_ms = match params.integer("drip")? {
        Some(_) => number("drip")?,
        None => Faults::none().drip_ms,
    };
    faults.rules.retain(|rule| !is_switch(rule));
    for (fault, name, _) in FAULTS {
        let share = number(name)?.min(100);
        if share > 0 {
            faults
                .rules
                .push(Rule::new(fault).rate(share as f64 / 100.0));
        }
    }
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::Fault;
    use std::time::Duration;

    #[test]
    fn form_keeps_rules_set_by_a_program() {
        let scheduled = Rule::new(Fault::Reset).operation("Token").calls([2]);
        let before = Faults::none()
            .quota(9)
            .rule(Rule::new(Fault::BadGateway).always())
            .rule(scheduled.clone());

        let params = Params::parse("latency=20&jitter=&badGateway=0&cutShort=25");
        let after = switched(before, &params).expect("numbers");

        let wanted = Faults::none()
            .quota(9)
            .latency(Duration::from_millis(20))
            .rule(scheduled)
            .rule(Rule::new(Fault::CutShort).rate(0.25));
        assert_eq!(after, wanted);
    }
}
