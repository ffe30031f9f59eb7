//! What responses about tasks may have: nulls, other spellings, wrong types, many pages.

use caspio::tasks::{TaskId, TaskInfo, TaskStatus};
use caspio::{ApiVersion, ErrorKind};
use caspio_tests::scripted::client_of;
use std::fmt::Write as _;

const NULLS: &str = r#"{"Name":null,"ExternalKey":null,"Status":null,"TaskTimeZone":null,
    "Frequency":null,"Note":null,"LastRunTime":null,"LastRunTimeUTC":null,"Success":null}"#;

async fn list(version: ApiVersion, body: impl Into<String>) -> caspio::Result<Vec<TaskInfo>> {
    let body = body.into();
    client_of(version, move |_| body.clone())
        .tasks()
        .list()
        .await
}

#[tokio::test]
async fn nulls_and_missing_members_are_none() {
    for version in [ApiVersion::V2, ApiVersion::V3] {
        let body = format!(r#"{{"Result":[{NULLS},{{}}]}}"#);

        let tasks = list(version, body).await.expect("a list");

        assert_eq!(tasks, [TaskInfo::default(), TaskInfo::default()]);
    }
    let caspio = client_of(ApiVersion::V3, |_| format!(r#"{{"Result":{NULLS}}}"#));
    let task = caspio.tasks().task("b7c3").info().await.expect("a task");
    assert_eq!(task.id, Some(TaskId::from("b7c3")));
    assert_eq!(task.status, None);
}

#[tokio::test]
async fn a_null_instead_of_a_list_is_empty_and_instead_of_a_task_not_found() {
    let tasks = list(ApiVersion::V3, r#"{"Result":null}"#).await;
    let caspio = client_of(ApiVersion::V3, |_| r#"{"Result":null}"#.to_owned());
    let task = caspio.tasks().task("b7c3").info().await;

    assert_eq!(tasks.expect("a list"), []);
    let error = task.expect_err("no task");
    assert!(error.is_not_found(), "{error}");
    assert_eq!(error.resource(), Some("task \"b7c3\""));
}

#[tokio::test]
async fn members_are_read_in_the_spelling_of_each_version() {
    let v2 = r#"{"Result":[{"LastRunTimeUTC":"2022-01-29T06:49:07","LastRunTime":"2022-01-29T01:49:07",
        "Success":true,"Name":"Export","ExternalKey":"b7c3","Status":"Ready","TaskTimeZone":"UTC",
        "Frequency":"1 of the month","Note":"","Unknown":[1]}]}"#;
    let v4 = r#"{"data":[{"name":"Export","taskId":"b7c3","status":"Ready"}],
        "pagination":{"totalCount":1,"pageNumber":1,"pageSize":1000}}"#;

    let of_v2 = list(ApiVersion::V2, v2).await.expect("a list");
    let of_v4 = list(ApiVersion::V4, v4).await.expect("a list");

    for tasks in [&of_v2, &of_v4] {
        assert_eq!(tasks[0].id, Some(TaskId::from("b7c3")));
        assert_eq!(tasks[0].name.as_deref(), Some("Export"));
        assert_eq!(tasks[0].status, Some(TaskStatus::Ready));
    }
    assert_eq!(of_v2[0].succeeded, Some(true));
    assert_eq!(of_v2[0].last_run, "2022-01-29T01:49:07".parse().ok());
    assert_eq!(of_v2[0].last_run_utc, "2022-01-29T06:49:07".parse().ok());
}

#[tokio::test]
async fn a_status_of_another_word_is_kept() {
    let body = r#"{"Result":[{"Status":"busy"},{"Status":"Paused"}]}"#;

    let tasks = list(ApiVersion::V3, body).await.expect("a list");

    assert_eq!(tasks[0].status, Some(TaskStatus::Busy));
    let other = TaskStatus::Other("Paused".to_owned());
    assert_eq!(tasks[1].status, Some(other.clone()));
    assert!(!other.is_running());
    assert_eq!(other.to_string(), "Paused");
}

#[tokio::test]
async fn a_member_of_another_type_is_an_error_that_names_it() {
    for (member, name) in [
        (r#""Name":[1]"#, "Name"),
        (r#""Success":"yes""#, "Success"),
        (r#""LastRunTime":"soon""#, "LastRunTime"),
    ] {
        let error = list(ApiVersion::V3, format!(r#"{{"Result":[{{{member}}}]}}"#)).await;

        let error = error.expect_err("another type");
        assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
        assert_eq!(error.operation(), Some("tasks.list"));
        assert!(
            error.message().contains(&format!("`{name}` is ")),
            "{error}"
        );
    }
}

#[tokio::test]
async fn what_is_no_list_is_an_error() {
    for body in [
        r#"{"Result":7}"#,
        r#"{"Results":[]}"#,
        "7",
        r#"{"Result":[7]}"#,
    ] {
        let error = list(ApiVersion::V3, body).await.expect_err("no list");

        assert_eq!(error.kind(), ErrorKind::Protocol, "{body}: {error}");
    }
}

#[tokio::test]
async fn all_pages_of_v4_are_read_in_order() {
    let caspio = client_of(ApiVersion::V4, |url| {
        let range = match url.contains("pageNumber=1&") {
            true => 0..1000,
            false => 1000..1003,
        };
        let mut tasks = String::new();
        for number in range {
            let joint = if tasks.is_empty() { "" } else { "," };
            let _ = write!(tasks, r#"{joint}{{"taskId":"t{number}"}}"#);
        }
        format!(r#"{{"data":[{tasks}],"pagination":{{"totalCount":1003}}}}"#)
    });

    let tasks = caspio.tasks().list().await.expect("a list");

    assert_eq!(tasks.len(), 1003);
    for (number, task) in tasks.iter().enumerate() {
        assert_eq!(task.id, Some(TaskId::from(format!("t{number}"))));
    }
}

#[tokio::test]
async fn two_tasks_of_one_name_are_not_confused() {
    let body = r#"{"Result":[{"Name":"A","ExternalKey":"1"},{"Name":"A","ExternalKey":"2"},
        {"Name":"B"}]}"#;
    let caspio = client_of(ApiVersion::V3, move |_| body.to_owned());

    let twice = caspio.tasks().named("A").await.expect_err("two tasks");
    let nameless = caspio.tasks().named("B").await.expect_err("no id");

    assert_eq!(twice.kind(), ErrorKind::Refused, "{twice}");
    assert_eq!(nameless.kind(), ErrorKind::Protocol, "{nameless}");
}
