//! Tests of the parsing of accounts.

use super::{Account, ApiVersion};
use crate::ErrorKind;

#[test]
fn every_documented_form_is_the_same_account() {
    let expected = Account::new("b3poa").expect("a label");

    for text in [
        "B3POA",
        " b3poa\n",
        "b3poa.caspio.com",
        "https://b3poa.caspio.com",
        "https://b3poa.caspio.com/",
        "HTTPS://b3poa.Caspio.com/rest/v2",
        "https://b3poa.caspio.com/rest/v2/",
        "https://b3poa.caspio.com/integrations/rest/v3",
        "https://b3poa.caspio.com/integrations/rest/v4/",
        "https://b3poa.caspio.com/oauth/token",
    ] {
        assert_eq!(Account::new(text).expect(text), expected, "{text}");
    }
    assert_eq!(expected.host(), "b3poa.caspio.com");
    assert_eq!(expected.label(), Some("b3poa"));
    assert_eq!(expected.to_string(), "b3poa");
    assert_eq!(expected.base_url().as_str(), "https://b3poa.caspio.com/");
    assert!(!expected.is_loopback());
}

#[test]
fn each_version_has_its_url() {
    let account = Account::new("c3eku948").expect("a label");
    let urls =
        [ApiVersion::V2, ApiVersion::V3, ApiVersion::V4].map(|v| account.api_url(v).to_string());

    assert_eq!(
        urls,
        [
            "https://c3eku948.caspio.com/rest/v2",
            "https://c3eku948.caspio.com/integrations/rest/v3",
            "https://c3eku948.caspio.com/integrations/rest/v4",
        ]
    );
    let other = Account::new("https://c3eku948.caspio.com/integrations/rest/v2").expect("a URL");
    assert_eq!(
        other.api_url(ApiVersion::V2).path(),
        "/integrations/rest/v2"
    );
    assert_eq!(ApiVersion::default(), ApiVersion::V3);
    assert_eq!(
        "V4".parse::<ApiVersion>().expect("a version"),
        ApiVersion::V4
    );
    assert!("5".parse::<ApiVersion>().is_err());
}

#[test]
fn plain_http_is_allowed_only_on_loopback() {
    for (text, token_url) in [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/oauth/token"),
        (
            "http://127.9.9.9:1/rest/v2",
            "http://127.9.9.9:1/oauth/token",
        ),
        ("http://[::1]:9000/", "http://[::1]:9000/oauth/token"),
        ("http://localhost", "http://localhost/oauth/token"),
        (
            "https://localhost:8443",
            "https://localhost:8443/oauth/token",
        ),
    ] {
        let account = Account::new(text).expect(text);
        assert_eq!(account.token_url().as_str(), token_url);
        assert!(account.is_loopback());
        assert_eq!(account.label(), None);
    }
    for text in [
        "http://b3poa.caspio.com",
        "http://10.0.0.1",
        "http://128.0.0.1",
        "http://localhost.evil.com",
        "http://[::2]",
        "http://0x7f.1",
        "http://127.1",
    ] {
        assert!(Account::new(text).is_err(), "{text}");
    }
}

#[test]
fn text_that_could_change_the_host_is_refused_with_a_hint() {
    for text in [
        "",
        "  ",
        "evil.com/",
        "evil.com",
        "a.b",
        "a.b.caspio.com",
        "x@y",
        "..",
        ".",
        "a..b",
        "#",
        "a#b",
        ":",
        "a:80",
        "%61",
        "a%2fb",
        "-a",
        "a-",
        "a b",
        "a\\b",
        "a/b",
        "a?b",
        "a_b",
        "ä",
        "caspio.com",
        ".caspio.com",
        "b3poa.caspio.com.evil.com",
        "b3poa.caspio.com/",
        "https://",
        "https:///",
        "https://evil.com",
        "https://evilcaspio.com",
        "https://caspio.com",
        "https://b3poa.caspio.com:444",
        "https://b3poa.caspio.com:443",
        "https://b3poa.caspio.com@evil.com",
        "https://user:pw@b3poa.caspio.com",
        "https://b3poa.caspio.com\\@evil.com",
        "https://b3poa.caspio.com/../x",
        "https://b3poa.caspio.com//",
        "https://b3poa.caspio.com/other",
        "https://b3poa.caspio.com?x=1",
        "https://b3poa.caspio.com#x",
        "https://b3poa.caspio.com.",
        "https://b3\tpoa.caspio.com",
        "http://localhost:0",
        "http://localhost:99999",
        "http://localhost:",
        "http://localhost:+80",
        "http://[::1]x:80",
        "ftp://b3poa.caspio.com",
        "javascript:alert(1)",
    ] {
        let error = Account::new(text).expect_err(text);
        assert_eq!(error.kind(), ErrorKind::Config, "{text}");
        assert!(error.to_string().contains("b3poa"), "{text}: {error}");
    }
    assert!(Account::new(&"a".repeat(63)).is_ok());
    assert!(Account::new(&"a".repeat(64)).is_err());
}

#[test]
fn missing_and_empty_variables_are_different_errors() {
    let missing = Account::from_lookup(|_| None::<String>).expect_err("missing");
    let empty = Account::from_lookup(|_| Some(" ")).expect_err("empty");
    let wrong = Account::from_lookup(|_| Some("a.b")).expect_err("wrong");

    assert!(
        missing.to_string().contains("CASPIO_ACCOUNT is not set"),
        "{missing}"
    );
    assert!(
        empty
            .to_string()
            .contains("CASPIO_ACCOUNT is set but empty"),
        "{empty}"
    );
    assert!(
        wrong.to_string().starts_with("a host label")
            && wrong
                .to_string()
                .contains("(environment variable CASPIO_ACCOUNT)"),
        "{wrong}"
    );
    assert_eq!(
        Account::from_lookup(|name| (name == "CASPIO_ACCOUNT").then_some("b3poa"))
            .expect("an account"),
        Account::new("b3poa").expect("a label"),
    );
}
