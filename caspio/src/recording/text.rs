//! The codes and texts of errors: only the service's own words are kept.

use super::exchange::ErrorText;
use super::names::Names;
use super::shape::RawMembers;
use serde_json::value::RawValue;

/// The codes that are documented or were seen, those of OAuth 2, and the emulator's own `NotEmulated`.
const CODES: &str = "\
    AlterReadOnlyData ColumnNotFound FILE_EXISTS FieldNotFound IncorrectBodyParameter \
    IncorrectQueryParameter InternalError InvalidInputValue IpForbidden NotEmulated ObjectExists ObjectNotFound \
    ProfileDisabled ReferentialIntegrity ResourceNotFound SqlServerError TableNotFound UnsecuredConnection \
    UnsufficientPrivileges ViewNotFound api-calls-rate invalid_client invalid_grant invalid_request \
    invalid_scope invalid_token unauthorized_client unsupported_grant_type";

/// The words of the service's messages.
const WORDS: &str = "\
    a absent access affected allowed already an and api are array authorization be because been binary bit \
    blank body call calls cannot changed character clause column condition conversion converting data \
    database date datetime decimal deleted denied disabled divide do does doesn't duplicate empty \
    encountered error exceeded exist exists expired expression failed field field(s) fields file float \
    following for format found from function group has have in incorrect int internal invalid ip is it \
    length limit limits list match maximum message method minimum missing money more must name near no not \
    null number numeric nvarchar object objects of on one only operation or order out out-of-range overflow \
    parameter parameters path perform permission permissions privileges profile query range rate read-only \
    record records referenced refused request requested required resource result resulted row select service \
    should size specified statement string supported syntax table text than that the there this time to \
    token too type unexpected unique unknown unsecured unsupported url value values varchar view was when \
    where while with you your zero";

/// How many errors of one response are kept, and how many words of a text.
const MOST_ERRORS: usize = 3;
const MOST_WORDS: usize = 60;

/// Returns the errors in the body of a refusal, or of a bulk write.
pub(super) fn errors(body: &[u8], is_refusal: bool, names: &Names) -> Vec<ErrorText> {
    let mut found: Vec<ErrorText> = Vec::new();
    for object in objects(body, is_refusal) {
        let error = error(&object, names);
        if error != ErrorText::default() && !found.contains(&error) {
            found.push(error);
        }
        if found.len() == MOST_ERRORS {
            break;
        }
    }
    found
}

/// Returns the objects that may be errors.
fn objects(body: &[u8], is_refusal: bool) -> Vec<RawMembers<'_>> {
    let Ok(members) = serde_json::from_slice::<RawMembers<'_>>(body) else {
        return if is_refusal {
            list_of(body)
        } else {
            Vec::new()
        };
    };
    if is_refusal {
        return vec![members];
    }
    let data = members.get("data").map(|data| data.get().as_bytes());
    data.map(list_of).unwrap_or_default()
}

fn list_of(json: &[u8]) -> Vec<RawMembers<'_>> {
    let items: Vec<&RawValue> = serde_json::from_slice(json).unwrap_or_default();
    let items = items.into_iter();
    items
        .filter_map(|item| serde_json::from_str(item.get()).ok())
        .collect()
}

fn error(members: &RawMembers<'_>, names: &Names) -> ErrorText {
    let text = |wanted: &[&str]| {
        wanted.iter().find_map(|wanted| {
            let mut members = members.iter();
            let (_, value) = members.find(|(name, _)| name.eq_ignore_ascii_case(wanted))?;
            serde_json::from_str::<String>(value.get()).ok()
        })
    };
    let message = text(&["message", "error_description"]);
    let (code, message) = match (text(&["code", "name"]), message, text(&["error"])) {
        (None, None, error) => match error {
            // The code of OAuth 2, or the text about a record of a bulk write.
            Some(error) if is_code(&error) => (Some(error), None),
            error => (None, error),
        },
        (code, message, error) => (code.or(error), message),
    };
    ErrorText {
        code: code.map(|code| shown_code(&code).to_owned()),
        message: message.map(|message| shown_text(&message, names)),
    }
}

fn shown_code(code: &str) -> &str {
    if is_code(code) { code } else { "{code}" }
}

fn is_code(text: &str) -> bool {
    CODES.split(' ').any(|code| code == text)
}

/// Returns a text of which only the service's own words are kept. What is in quotes is a name or a value.
pub(super) fn shown_text(text: &str, names: &Names) -> String {
    let mut shown: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if shown.len() == MOST_WORDS {
            shown.push("{more}".to_owned());
            break;
        }
        if first.is_whitespace() {
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let quote = ['\'', '"'].into_iter().find(|quote| first == *quote);
        if let Some((inner, after)) = quote.and_then(|quote| rest[1..].split_once(quote)) {
            let name = names.known(inner);
            let name = name.unwrap_or_else(|| "{text}".to_owned());
            let (sign, after) = leading_sign(after);
            shown.push(format!("{first}{name}{first}{sign}"));
            rest = after;
            continue;
        }
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        shown.push(word(&rest[..end], names));
        rest = &rest[end..];
    }
    shown.join(" ")
}

/// Returns the sign of punctuation that a text begins with, and the rest.
fn leading_sign(text: &str) -> (&str, &str) {
    let length = usize::from(text.starts_with(['.', ',', ';', ':']));
    text.split_at(length)
}

fn word(word: &str, names: &Names) -> String {
    let bare = word.trim_end_matches(['.', ',', ';', ':']);
    let signs = &word[bare.len()..];
    let sign = &signs[..signs.len().min(1)];
    let is_own = WORDS.split(' ').any(|own| own.eq_ignore_ascii_case(bare));
    let shown = match is_own {
        true => bare.to_owned(),
        false if bare.is_empty() => String::new(),
        false if bare.bytes().all(|byte| byte.is_ascii_digit()) => "{number}".to_owned(),
        false => names.known(bare).unwrap_or_else(|| "{word}".to_owned()),
    };
    format!("{shown}{sign}")
}

#[cfg(test)]
mod tests {
    use super::super::names::Kind;
    use super::*;

    #[test]
    fn a_text_keeps_the_words_of_the_service() {
        let mut names = Names::default();
        names.stand_in(Kind::Field, "CUID");
        for (text, shown) in [
            (
                "Cannot perform operation because duplicate or blank values are not allowed in field 'CUID'.",
                "Cannot perform operation because duplicate or blank values are not allowed in field 'Field1'.",
            ),
            (
                "Conversion failed when converting the nvarchar value '104 B' to data type int.",
                "Conversion failed when converting the nvarchar value '{text}' to data type int.",
            ),
            (
                "the following field(s) do not exist: 'CUID', 'Pay'.",
                "the following field(s) do not exist: 'Field1', '{text}'.",
            ),
            ("Ann's 104 cats, cuid", "{word} {number} {word}, Field1"),
        ] {
            assert_eq!(shown_text(text, &names), shown);
        }
    }

    #[test]
    fn errors_of_each_form_are_found() {
        let names = Names::default();
        let refusal = |json: &str| errors(json.as_bytes(), true, &names);
        let code = |code: &str| Some(code.to_owned());

        let own = refusal(r#"{"Code":"InvalidInputValue","Message":"The value Ann"}"#);
        assert_eq!(own[0].code, code("InvalidInputValue"));
        assert_eq!(own[0].message.as_deref(), Some("The value {word}"));
        let rate = refusal(r#"[{"message":"You have exceeded","name":"api-calls-rate"}]"#);
        assert_eq!(rate[0].code, code("api-calls-rate"));
        let oauth = refusal(r#"{"error":"invalid_client"}"#);
        assert_eq!(oauth[0].code, code("invalid_client"));
        let strange = refusal(r#"{"code":"Salary"}"#);
        assert_eq!(strange[0].code, code("{code}"));
        let bulk =
            br#"{"data":[{"status":201},{"status":400,"error":"Field 'Pay' must be a number"}]}"#;
        let bulk = errors(bulk, false, &names);
        assert_eq!(
            bulk[0].message.as_deref(),
            Some("Field '{text}' must be a number")
        );
        assert!(refusal("<html>").is_empty());
    }
}
