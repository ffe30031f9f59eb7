//! The forms of records on the page, as a browser sends them.

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use common::Caspio;
use reqwest::StatusCode;
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// A page of the emulator, or where it sends the browser.
#[derive(Debug)]
struct Answer {
    status: StatusCode,
    location: String,
    policy: String,
    html: String,
}

async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.expect("a response");
    let header = |name| {
        let value = response.headers().get(name);
        value
            .map_or("", |value| value.to_str().expect("text"))
            .to_owned()
    };
    Answer {
        status: response.status(),
        location: header("Location"),
        policy: header("Content-Security-Policy"),
        html: response.text().await.expect("a body"),
    }
}

async fn open(caspio: &Caspio, path_and_query: &str) -> Answer {
    let url = format!("{}{path_and_query}", caspio.emulator.url());
    let answer = answer(caspio.http.get(url)).await;
    assert_eq!(answer.status, StatusCode::OK);
    answer
}

/// Sends a form as a page of this origin does.
async fn send_from(caspio: &Caspio, origin: &str, act: &str, fields: &[(&str, &str)]) -> Answer {
    let client = reqwest::Client::builder().redirect(Policy::none()).build();
    let fields = fields.iter().map(|(name, value)| {
        // Browsers send every line break as these two characters.
        let value = value.replace("\r\n", "\n").replace('\n', "\r\n");
        format!("{name}={}", common::encode(&value))
    });
    let url = format!("{}/_emulator/page/records/{act}", caspio.emulator.url());
    let request = client.expect("a client").post(url);
    let request = request
        .header("Origin", origin)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(fields.collect::<Vec<_>>().join("&"));
    answer(request).await
}

async fn send(caspio: &Caspio, act: &str, fields: &[(&str, &str)]) -> Answer {
    send_from(caspio, &caspio.emulator.url(), act, fields).await
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
        .replace('\r', "&#13;")
}

/// Returns the name of a field's control in a form.
fn name(html: &str, field: &str) -> String {
    let label = format!("\"><b>{}</b>", escaped(field));
    let (before, _) = html.split_once(&label).expect("a label");
    let (_, name) = before.rsplit_once("for=\"").expect("a control");
    name.to_owned()
}

/// Returns what a form has for a field after its label.
fn shown<'h>(html: &'h str, field: &str) -> &'h str {
    let label = format!("\"><b>{}</b>", escaped(field));
    let (_, after) = html.split_once(&label).expect("a label");
    after.split("</div></div>").next().expect("a part")
}

/// Returns the value of a hidden field.
fn hidden<'h>(html: &'h str, name: &str) -> &'h str {
    let (_, after) = html
        .split_once(&format!("type=\"hidden\" name=\"{name}\" value=\""))
        .expect("a hidden field");
    after.split('"').next().expect("a value")
}

fn pets() -> TableDef {
    TableDef::new("Pets")
        .field(FieldDef::new("Number", DataType::Autonumber))
        .field(FieldDef::new("Name", DataType::Text255).unique())
        .field(FieldDef::new("Note", DataType::Text64000))
        .field(FieldDef::new("Born", DataType::DateTime))
        .field(FieldDef::new("Legs", DataType::Integer))
        .field(FieldDef::new("Price", DataType::Currency))
        .field(FieldDef::new("Tame", DataType::YesNo))
        .field(FieldDef::new("Kinds", DataType::ListText).list(["Cat", "Dog", "Frog & co"]))
        .field(FieldDef::new("Loud", DataType::Text255).formula("Upper(Name)"))
        .field(FieldDef::new("Way_In", DataType::Password))
        .field(FieldDef::new("Changed", DataType::Timestamp).on_update())
        .field(FieldDef::new("Photo", DataType::Attachment))
        .field(FieldDef::new("Papers", DataType::File))
}

async fn zoo() -> Caspio {
    let records = json!([{
        "PK_ID": 7, "Number": 1, "Name": "Rex", "Note": "a\nb", "Born": "2022-01-24", "Legs": 4, "Price": 12.5,
        "Tame": true, "Kinds": [1, 3], "Way_In": "old", "Papers": "/Docs/rex.pdf",
    }]);
    Caspio::start(Emulator::builder().table(pets()).json("Pets", records)).await
}

async fn pets_of(caspio: &Caspio) -> Vec<Value> {
    caspio
        .rows("tables/Pets/records", &[("q.orderBy", "PK_ID")])
        .await
}

/// Opens a form and sends it with values for some of its fields.
async fn fill(caspio: &Caspio, key: Option<&str>, values: &[(&str, &str)]) -> Answer {
    let opened = match key {
        None => open(caspio, "/?table=Pets&add").await,
        Some(key) => open(caspio, &format!("/?table=Pets&edit={key}")).await,
    };
    let names: Vec<_> = values
        .iter()
        .map(|(field, _)| name(&opened.html, field))
        .collect();
    let mut fields = vec![("id", hidden(&opened.html, "id"))];
    fields.extend(key.map(|key| ("key", key)));
    let values = values.iter().map(|(_, value)| *value);
    fields.extend(names.iter().map(String::as_str).zip(values));
    let act = if key.is_none() { "add" } else { "change" };
    send(caspio, act, &fields).await
}

#[tokio::test]
async fn a_record_is_added() {
    let caspio = zoo().await;

    let added = fill(
        &caspio,
        None,
        &[
            ("Name", "Tom"),
            ("Note", "one\ntwo"),
            ("Born", "2024-05-01"),
            ("Legs", " 3 "),
            ("Price", "922337203685477.5807"),
            ("Tame", "no"),
            ("Kinds", ""),
            ("Kinds", "3"),
            ("Way_In", "secret"),
            ("Papers", "/Docs/tom.pdf"),
        ],
    )
    .await;
    let after = open(&caspio, &added.location).await;

    assert_eq!(added.status, StatusCode::SEE_OTHER);
    let tom = &pets_of(&caspio).await[1];
    let wanted = json!({
        "PK_ID": 8, "Number": 2, "Name": "Tom", "Note": "one\ntwo", "Born": "2024-05-01T00:00:00", "Legs": 3,
        "Price": 922_337_203_685_477.6, "Tame": false, "Kinds": { "3": "Frog & co" }, "Loud": "TOM", "Changed": null,
        "Photo": null, "Papers": "/Docs/tom.pdf",
    });
    assert_eq!(tom, &wanted);
    let holds = caspio
        .emulator
        .holds_password("Pets", 8, "Way_In", "secret");
    assert!(holds.expect("a record"));
    assert!(
        after
            .html
            .contains("<tr class=\"written\"><td><a href=\"/?id=")
    );
    assert!(after.html.contains(">Tom<"));
}

#[tokio::test]
async fn only_what_was_changed_is_written() {
    let caspio = zoo().await;
    let before = pets_of(&caspio).await;
    let same = [
        ("Name", "Rex"),
        ("Note", "a\nb"),
        ("Born", "2022-01-24T00:00:00"),
        ("Legs", "4"),
        ("Price", "12.5"),
        ("Tame", "yes"),
        ("Kinds", ""),
        ("Kinds", "3"),
        ("Kinds", "1"),
        ("Way_In", ""),
    ];

    let unchanged = fill(&caspio, Some("7"), &same).await;
    assert_eq!(unchanged.status, StatusCode::SEE_OTHER);
    assert_eq!(pets_of(&caspio).await, before, "not even the timestamp");

    let changed = fill(
        &caspio,
        Some("7"),
        &[
            ("Name", "Rex"),
            ("Born", ""),
            ("Tame", "no"),
            ("Kinds", ""),
            ("Way_In", "new"),
        ],
    )
    .await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER);
    let rex = &pets_of(&caspio).await[0];
    assert!(rex["Changed"].is_string(), "{rex}");
    assert_eq!(
        (
            &rex["Name"],
            &rex["Note"],
            &rex["Born"],
            &rex["Tame"],
            &rex["Kinds"],
            &rex["Legs"]
        ),
        (
            &json!("Rex"),
            &json!("a\nb"),
            &Value::Null,
            &json!(false),
            &Value::Null,
            &json!(4)
        )
    );
    for (password, held) in [("new", true), ("old", false)] {
        let holds = caspio
            .emulator
            .holds_password("Pets", 7, "Way_In", password);
        assert_eq!(holds.expect("a record"), held);
    }
}

#[tokio::test]
async fn an_empty_text_and_null_are_told_apart() {
    let caspio = zoo().await;
    let opened = open(&caspio, "/?table=Pets&edit=7").await;
    let (id, note) = (hidden(&opened.html, "id"), name(&opened.html, "Note"));
    let null = note.replacen('f', "n", 1);
    let base = [("id", id), ("key", "7"), (note.as_str(), "")];
    let note_of = async || pets_of(&caspio).await[0]["Note"].clone();

    send(&caspio, "change", &base).await;
    assert_eq!(note_of().await, "");
    send(
        &caspio,
        "change",
        &[&base[..], &[(null.as_str(), "on")]].concat(),
    )
    .await;
    assert_eq!(note_of().await, Value::Null);
    let opened = open(&caspio, "/?table=Pets&edit=7").await;
    let ticked = format!("name=\"{null}\" checked>");
    assert!(
        shown(&opened.html, "Note").contains(&ticked),
        "{}",
        opened.html
    );
}

#[tokio::test]
async fn a_record_is_deleted() {
    let caspio = zoo().await;
    let opened = open(&caspio, "/?table=Pets&edit=7").await;
    let id = hidden(&opened.html, "id");

    let fields = [("id", id), ("key", "7"), ("search", "re x"), ("page", "1")];
    let first = send(&caspio, "delete", &fields).await;
    let second = send(&caspio, "delete", &fields).await;

    assert_eq!([first.status, second.status], [StatusCode::SEE_OTHER; 2]);
    assert_eq!(first.location, format!("/?id={id}&search=re%20x#tables"));
    assert_eq!(pets_of(&caspio).await, Vec::<Value>::new());
    let gone = open(&caspio, "/?table=Pets&edit=7").await;
    assert!(gone.html.contains("There is no record 7."));
    let changed = send(&caspio, "change", &fields).await;
    assert_eq!(changed.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        changed
            .html
            .contains("The record 7 does not exist any more.")
    );
}

#[tokio::test]
async fn a_refused_value_is_shown_with_the_reason_and_nothing_is_written() {
    let caspio = zoo().await;
    let before = pets_of(&caspio).await;
    let typed = [
        ("Name", "Max \"the\" <b>"),
        ("Born", "soon"),
        ("Legs", "four"),
        ("Tame", "yes"),
        ("Kinds", ""),
        ("Kinds", "2"),
        ("Way_In", "hush-hush"),
    ];

    for key in [None, Some("7")] {
        let refused = fill(&caspio, key, &typed).await;

        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let html = &refused.html;
        let born = shown(html, "Born");
        assert!(
            born.contains("value=\"soon\"") && born.contains("aria-invalid=\"true\""),
            "{born}"
        );
        assert!(
            born.contains("The field takes a date from 1753 on"),
            "{born}"
        );
        assert!(shown(html, "Legs").contains("a whole number from -2147483648"));
        assert!(shown(html, "Name").contains("\nMax &quot;the&quot; &lt;b&gt;</textarea>"));
        assert!(!shown(html, "Name").contains("class=\"error\""));
        assert!(shown(html, "Tame").contains("<option selected>yes"));
        assert!(shown(html, "Kinds").contains("value=\"2\" checked> Dog"));
        assert!(!html.contains("hush-hush") && !html.contains("<script"));
        assert_eq!(pets_of(&caspio).await, before);
    }
}

#[tokio::test]
async fn a_duplicate_is_shown_beside_its_field() {
    let caspio = zoo().await;

    let refused = fill(&caspio, None, &[("Name", "rex")]).await;

    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let name = shown(&refused.html, "Name");
    assert!(name.contains("Another record has this value"), "{name}");
    assert!(name.contains("\nrex</textarea>"), "{name}");
}

#[tokio::test]
async fn fields_that_caspio_fills_are_shown_and_not_written() {
    let caspio = zoo().await;
    let before = pets_of(&caspio).await;
    let opened = open(&caspio, "/?table=Pets&edit=7").await;
    let id = hidden(&opened.html, "id");

    assert!(opened.html.contains("<h4>Record 7</h4>"));
    for (field, value) in [
        ("Number", "1"),
        ("Loud", "REX"),
        ("Changed", "null"),
        ("Photo", "null"),
        ("Papers", "/Docs/rex.pdf"),
    ] {
        let part = shown(&opened.html, field);
        assert!(part.contains("<output") && part.contains(value), "{part}");
        assert!(
            !part.contains("<input") && !part.contains("<textarea"),
            "{part}"
        );

        let name = name(&opened.html, field);
        let fields = [("id", id), ("key", "7"), (name.as_str(), "9")];
        let refused = send(&caspio, "change", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        assert!(refused.html.contains("that is not written here"));
    }
    assert_eq!(pets_of(&caspio).await, before);
    assert!(!shown(&opened.html, "Way_In").contains("value="));
}

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let caspio = zoo().await;
    let before = pets_of(&caspio).await;
    let opened = open(&caspio, "/?table=Pets&edit=7").await;
    let (id, name) = (hidden(&opened.html, "id"), name(&opened.html, "Name"));
    let fields = [("id", id), ("key", "7"), (name.as_str(), "Max")];

    for origin in ["https://elsewhere.example", "null", "http://127.0.0.1:1"] {
        for act in ["add", "change", "delete"] {
            let refused = send_from(&caspio, origin, act, &fields).await;
            assert_eq!(refused.status, StatusCode::NOT_FOUND, "{origin} {act}");
        }
    }

    assert_eq!(pets_of(&caspio).await, before);
}

#[tokio::test]
async fn hostile_names_and_values_stay_text() {
    let table = "\r\n</select>\"'<script>alert(1)</script>";
    let field = "</textarea><script>alert(2)</script>";
    let value = "\n\r</textarea>\"><script>alert('3')</script>\u{0}&amp;";
    let label = "\"><img src=x>";
    let definition = TableDef::new(table)
        .field(FieldDef::new(field, DataType::Text255))
        .field(FieldDef::new("Kinds", DataType::ListText).list([label]))
        .field(FieldDef::new("Other", DataType::Text255));
    let records = json!([{ "PK_ID": 1, field: value, "Kinds": [1] }]);
    let caspio = Caspio::start(Emulator::builder().table(definition).json(table, records)).await;
    let stored = async || caspio.emulator.count(table).expect("the table");

    let list = open(&caspio, "/").await.html;
    let opened = open(&caspio, "/?edit=1").await.html;
    for html in [&list, &opened] {
        for raw in ["<script>alert", "<img", "</select>\"", "\"><img"] {
            assert!(!html.contains(raw), "{raw}");
        }
    }
    assert!(
        opened.contains(&format!("\n{}</textarea>", escaped(value))),
        "{opened}"
    );

    // A browser shows U+FFFD for U+0000 and a line feed for a single carriage return.
    let sent = value.replace('\r', "\n").replace('\0', "\u{FFFD}");
    let (name, other) = (name(&opened, field), name(&opened, "Other"));
    let fields = [
        ("id", hidden(&opened, "id")),
        ("key", "1"),
        (name.as_str(), sent.as_str()),
        (other.as_str(), "changed"),
    ];
    let saved = send(&caspio, "change", &fields).await;

    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    assert_eq!(stored().await, 1);
    let path = format!("tables/{}/records", common::encode(table));
    let rows = caspio.rows(&path, &[]).await;
    assert_eq!(
        (&rows[0][field], &rows[0]["Other"]),
        (&json!(value), &json!("changed"))
    );
}

#[tokio::test]
async fn a_table_and_a_view_of_the_same_name_are_both_shown() {
    let caspio = zoo().await;
    let view = caspio_emulator::ViewDef::new("Pets", "Pets").field("Pets.Name");
    caspio.emulator.create_view(view).expect("a new view");

    let table = open(&caspio, "/?table=Pets").await.html;
    let links: Vec<_> = table.split("<a href=\"/?id=").skip(1).collect();
    let id = links[1].split('#').next().expect("an id");
    let view = open(&caspio, &format!("/?id={id}")).await.html;

    assert!(table.contains("Add a record") && table.contains(">Legs</th>"));
    assert!(!view.contains("Add a record") && !view.contains(">Legs</th>"));
    assert!(view.contains(">Rex</td>") && !view.contains(">Edit</a>"));
}

#[tokio::test]
async fn a_page_after_the_last_one_is_the_last() {
    let caspio = Caspio::sample().await;

    let last = open(&caspio, "/?table=Orders&page=20").await.html;
    let after = open(&caspio, "/?table=Orders&page=99").await.html;

    for html in [&last, &after] {
        assert!(html.contains("476–500 of 500"), "{html}");
        assert!(html.contains("&amp;page=19#tables\">← Previous</a>"));
        assert!(html.contains("<span class=\"off\">Next →</span>"));
    }
}

#[tokio::test]
async fn the_only_script_is_the_one_that_the_policy_names() {
    let caspio = zoo().await;

    let opened = open(&caspio, "/").await;

    let scripts: Vec<_> = opened.html.split("<script>").skip(1).collect();
    let [script] = scripts.as_slice() else {
        panic!("{} scripts", scripts.len());
    };
    let script = script.split("</script>").next().expect("its text");
    assert!(script.contains("location.reload()"));
    let hash = STANDARD.encode(Sha256::digest(script));
    assert!(
        opened
            .policy
            .contains(&format!("script-src 'sha256-{hash}';")),
        "{}",
        opened.policy
    );
    assert!(opened.html.contains("<input type=\"checkbox\" id=\"live\""));
}
