//! `caspio raw`: makes a call that the program has no command for, and prints its response. One call.

mod body;
mod indent;
mod print;

use crate::context::Context;
use crate::credentials::agreed;
use crate::error::CliError;
use caspio::ErrorKind;
use caspio::raw::{Method, RawPath};
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// GET, HEAD, OPTIONS, POST, PUT, PATCH or DELETE
    #[arg(value_name = "METHOD", value_parser = method)]
    method: Method,
    /// The path below the version: tables/Contacts/fields. Several are its segments, each sent as it is
    #[arg(value_name = "PATH", required = true)]
    path: Vec<String>,
    /// A parameter of the URL; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = parameter)]
    query: Vec<(String, String)>,
    /// The body: JSON, a file of JSON, or - for standard input
    #[arg(long, value_name = "JSON|FILE|-")]
    body: Option<String>,
    /// Write the response's body to this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Make a call that may change the account without asking
    #[arg(short, long)]
    yes: bool,
}

const METHODS: [&str; 7] = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];

fn method(text: &str) -> Result<Method, String> {
    let known = METHODS
        .iter()
        .find(|known| known.eq_ignore_ascii_case(text));
    let method = known.and_then(|known| known.parse().ok());
    method.ok_or_else(|| format!("the methods are {}", METHODS.join(", ")))
}

fn parameter(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("a parameter is NAME=VALUE, such as q.limit=5".to_owned()),
    }
}

impl Arguments {
    /// Refuses what cannot be sent, before anything is read or asked.
    fn check(&self) -> Result<(), CliError> {
        if let [path] = self.path.as_slice()
            && path.contains(['?', '#'])
        {
            let message = format!("the path {path:?} contains `?` or `#`");
            return Err(CliError::usage(message).with_hint(
                "give parameters with --query NAME=VALUE, and a name that contains one as a segment of its own",
            ));
        }
        if self.body.is_some() && self.method.is_safe() {
            let message = format!("a {} call has no body", self.method);
            return Err(CliError::usage(message).with_hint("give parameters with --query"));
        }
        if self.body.as_deref() == Some("-") && !self.yes {
            let message = "standard input cannot be both the body and the answer";
            return Err(
                CliError::usage(message).with_hint("pass --yes to call without being asked")
            );
        }
        match &self.out {
            Some(out) => print::check(out),
            None => Ok(()),
        }
    }

    fn raw_path(&self) -> RawPath {
        match self.path.as_slice() {
            [path] => path.into(),
            segments => segments.into(),
        }
    }
}

pub(crate) async fn run(context: &mut Context, arguments: Arguments) -> Result<(), CliError> {
    arguments.check()?;
    let body = arguments.body.as_deref().map(body::read).transpose()?;
    let caspio = context.connect().await?;
    let path = arguments.raw_path();
    if !arguments.method.is_safe() && !arguments.yes {
        agreed(&format!("Send {} {path}", arguments.method))?;
    }
    let mut call = caspio.raw(arguments.method, path).any_body();
    for (name, value) in &arguments.query {
        call = call.query(name, value);
    }
    if let Some(body) = &body {
        call = call.json(body);
    }
    let response = call.await.map_err(failed)?;
    print::print(context, &response, arguments.out.as_deref())
}

/// Returns the error of the call, with the remedy that the command line has for a path that is refused.
fn failed(error: caspio::Error) -> CliError {
    let is_path = error.kind() == ErrorKind::Refused && error.message().contains("the path");
    let error = CliError::from(error);
    match is_path {
        true => error.with_hint(
            "give a path such as `tables/Contacts/fields`, or its segments one by one: `tables \"a/b\" fields`",
        ),
        false => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_known_in_any_case() {
        assert_eq!(method("get"), Ok(Method::GET));
        assert_eq!(method("Patch"), Ok(Method::PATCH));
        assert!(method("FETCH").is_err() && method("").is_err());
    }

    #[test]
    fn a_parameter_is_split_at_the_first_equals_sign() {
        let where_clause = parameter("q.where=Name = 'a=b'");

        let expected = ("q.where".to_owned(), "Name = 'a=b'".to_owned());
        assert_eq!(where_clause, Ok(expected));
        assert!(parameter("q.limit").is_err() && parameter("=5").is_err());
    }
}
