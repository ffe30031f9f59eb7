//! Tests of the error type.

use super::{Error, ErrorKind};
use crate::error::ErrorContext as _;
use std::error::Error as _;
use std::panic::{RefUnwindSafe, UnwindSafe};

#[test]
fn an_error_is_one_word_wide() {
    assert_eq!(size_of::<Error>(), size_of::<usize>());
    assert_eq!(size_of::<super::Result<()>>(), size_of::<usize>());
}

#[test]
fn error_is_send_sync_and_unwind_safe() {
    fn check<T: Send + Sync + Clone + UnwindSafe + RefUnwindSafe + 'static>() {}
    check::<Error>();
}

#[test]
fn display_is_one_line_with_the_facts_and_without_the_source() {
    let error = Error::new(ErrorKind::Invalid, "the value is refused")
        .with_operation("records.insert")
        .with_resource("table \"Orders\"")
        .with_status(400)
        .with_code("InvalidInputValue")
        .with_service_message("Cannot perform\noperation")
        .with_field("Order_Type")
        .with_key("PK_ID 7")
        .with_request_id("abc-1")
        .with_attempts(2)
        .with_hint("check the value's type")
        .with_source(std::io::Error::other("inner trouble"));

    let text = error.to_string();

    assert_eq!(
        text,
        "InvalidInputValue: Cannot perform\\noperation; the value is refused (400, records.insert on table \
         \"Orders\", field Order_Type, record PK_ID 7, request id abc-1, after 2 attempts); check the value's type"
    );
    assert!(!text.contains('\n') && !text.contains("inner trouble"));
    assert_eq!(
        error.source().map(ToString::to_string).as_deref(),
        Some("inner trouble")
    );
}

#[test]
fn a_text_of_the_service_breaks_no_line_wherever_it_is() {
    let text = "a\r\n\u{1b}[31m\u{9b}b";
    let error = Error::new(ErrorKind::Decode, text)
        .with_resource(text)
        .with_code(format!("code {text}"))
        .with_service_message(format!("message {text}"))
        .with_field(text)
        .with_key(text)
        .with_request_id(text)
        .with_hint(text);

    let shown = error.to_string();

    assert!(!shown.contains(char::is_control), "{shown:?}");
    assert_eq!(shown.matches("a\\r\\n\\u{1b}[31m\\u{9b}b").count(), 8);
    assert_eq!(error.field(), Some(text));
}

#[test]
fn maybe_applied_write_is_not_retryable() {
    let lost = Error::new(ErrorKind::Timeout, "no response in time");

    assert!(lost.is_retryable());
    assert!(!lost.clone().with_maybe_applied(true).is_retryable());
    assert!(
        lost.with_maybe_applied(true)
            .to_string()
            .contains("may have been applied")
    );
}

#[test]
fn a_failure_with_the_services_own_code_is_not_retryable() {
    let server = Error::new(ErrorKind::Server, "the service failed");

    assert!(server.is_retryable());
    assert!(!server.with_code("InternalError").is_retryable());
}

#[test]
fn service_report_in_the_message_is_not_repeated() {
    let error = Error::new(ErrorKind::Conflict, "DuplicateValues: Email must be unique")
        .with_code("DuplicateValues")
        .with_service_message("Email must be unique")
        .with_status(400);

    assert_eq!(
        error.to_string(),
        "DuplicateValues: Email must be unique (400)"
    );
}
