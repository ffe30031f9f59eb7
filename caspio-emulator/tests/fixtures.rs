//! Records of a test, as CSV and JSON.

mod common;

use caspio_emulator::{
    DataType, Emulator, EmulatorBuilder, EmulatorError, EmulatorErrorKind, FieldDef, TableDef,
};
use common::Caspio;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::fs;

fn pets() -> TableDef {
    TableDef::new("Pets")
        .field(FieldDef::new("Number", DataType::Autonumber))
        .field(FieldDef::new("Name", DataType::Text255).unique())
        .field(FieldDef::new("Born", DataType::DateTime))
        .field(FieldDef::new("Weight", DataType::Number))
        .field(FieldDef::new("Legs", DataType::Integer))
        .field(FieldDef::new("Price", DataType::Currency))
        .field(FieldDef::new("Tame", DataType::YesNo))
        .field(FieldDef::new("Kinds", DataType::ListText).list(["Cat", "Dog", "Frog"]))
        .field(FieldDef::new("Loud", DataType::Text255).formula("Upper(Name)"))
        .field(FieldDef::new("Way_In", DataType::Password))
}

fn zoo() -> EmulatorBuilder {
    Emulator::builder().table(pets())
}

async fn pets_of(caspio: &Caspio) -> Vec<Value> {
    caspio
        .rows("tables/Pets/records", &[("q.orderBy", "PK_ID")])
        .await
}

/// Returns the message of a start that is refused because of its fixtures.
async fn refusal(builder: EmulatorBuilder) -> String {
    let error: EmulatorError = builder.start().await.expect_err("refused");
    assert_eq!(error.kind(), EmulatorErrorKind::Load);
    error.to_string()
}

#[tokio::test]
async fn csv_and_json_have_the_same_values() {
    let csv = "PK_ID,Number,Name,Born,Weight,Legs,Price,Tame,Kinds,Loud,Way_In\n\
               7,40,\"Rex, \"\"the\n dog\"\"\",2022-01-24,12.5,4,922337203685477.5807,yes,\"Dog, Frog\",REX,secret\n\
               ,,Tom,,,,,,,,\n";
    let text = r#"{"Result":[
        {"PK_ID":7,"Number":40,"Name":"Rex, \"the\n dog\"","Born":"2022-01-24T00:00:00","Weight":12.5,"Legs":4,
         "Price":922337203685477.5807,"Tame":true,"Kinds":{"2":"Dog","3":"Frog"},"Loud":"REX","Way_In":"secret"},
        {"Name":"Tom","PK_ID":null,"Number":null,"Legs":null}]}"#;

    let by_csv = Caspio::start(zoo().csv("Pets", csv)).await;
    let by_json = Caspio::start(zoo().json("pets", text)).await;

    let rex = json!({
        "PK_ID": 7, "Number": 40, "Name": "Rex, \"the\n dog\"", "Born": "2022-01-24T00:00:00", "Weight": 12.5,
        "Legs": 4, "Price": 922_337_203_685_477.6, "Tame": true, "Kinds": { "2": "Dog", "3": "Frog" },
        "Loud": "REX, \"THE\n DOG\"",
    });
    let tom = json!({
        "PK_ID": 8, "Number": 41, "Name": "Tom", "Born": null, "Weight": null, "Legs": null, "Price": null,
        "Tame": false, "Kinds": null, "Loud": "TOM",
    });
    for caspio in [by_csv, by_json] {
        assert_eq!(pets_of(&caspio).await, [rex.clone(), tom.clone()]);
        let body = caspio.get("tables/Pets/records", &[]).await.text().await;
        assert!(body.expect("a body").contains("922337203685477.5807"));
        let holds = caspio
            .emulator
            .holds_password("Pets", 7, "Way_In", "secret");
        assert!(holds.expect("a record"));
        assert_eq!(caspio.emulator.calls().total(), 2);
    }
}

#[tokio::test]
async fn fixtures_of_files_and_of_values_are_added_in_their_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("written");
        path
    };

    let builder = zoo()
        .csv_file("Pets", file("pets.csv", "\u{FEFF}Name, Legs\nRex,4\n"))
        .json_file(
            "Pets",
            file("pets.json", "\u{FEFF}[{ \"Name\": \"Tom\" }]\n"),
        )
        .json("Pets", json!([{ "Name": "Kim", "Kinds": ["frog", "Cat"] }]))
        .json("Pets", vec![json!({ "Name": "Lu", "Kinds": [3] })]);
    let caspio = Caspio::start(builder).await;

    let pets = pets_of(&caspio).await;
    let names: Vec<_> = pets.iter().map(|pet| &pet["Name"]).collect();
    assert_eq!(names, ["Rex", "Tom", "Kim", "Lu"]);
    assert_eq!(pets[0]["Legs"], 4);
    assert_eq!(pets[2]["Kinds"], json!({ "1": "Cat", "3": "Frog" }));
    assert_eq!(pets[3]["Kinds"], json!({ "3": "Frog" }));
}

#[tokio::test]
async fn a_value_that_does_not_fit_is_named_with_its_place_and_what_is_expected() {
    let csv = |text: &str| zoo().csv("Pets", text);
    let json = |records: Value| zoo().json("Pets", records);
    for (builder, message) in [
        (
            csv("Name,Legs\nRex,4\nTom,four\n"),
            "CSV of the table 'Pets': line 3: 'four' does not fit the field 'Legs', which takes a whole number from \
             -2147483648 to 2147483647",
        ),
        (
            csv("Kinds\nCat\n\"Cat, Emu\"\n"),
            "CSV of the table 'Pets': line 3: 'Cat, Emu' does not fit the field 'Kinds', which takes values of the list: \
             Cat, Dog, Frog",
        ),
        (
            csv("Name\nRex,4\n"),
            "CSV of the table 'Pets': line 2: 2 values for the 1 names of line 1",
        ),
        (
            csv("Name,Leg\nRex,4\n"),
            "CSV of the table 'Pets': line 1: the table 'Pets' has no field 'Leg'; did you mean 'Legs'?",
        ),
        (
            csv("Name,NAME\nRex,4\n"),
            "CSV of the table 'Pets': line 1: the column 'NAME' is there twice",
        ),
        (
            csv("PK_ID,Name\nx,Rex\n"),
            "CSV of the table 'Pets': line 2: 'x' does not fit 'PK_ID', which takes a whole number",
        ),
        (
            csv("Name\nRex\n\"Tom\"\nREX\n"),
            "CSV of the table 'Pets': line 4: another record has the value 'REX' in the unique field 'Name'",
        ),
        (
            json(json!([{ "Name": "Rex" }, { "Name": true }])),
            "JSON of the table 'Pets': record 2: true does not fit the field 'Name', which takes a text of at most 255 \
             characters",
        ),
        (
            json(json!("[\n{\"Name\": \"Rex\"},\n\n{\"Born\": \"soon\"}]")),
            "JSON of the table 'Pets': line 4, record 2: 'soon' does not fit the field 'Born', which takes a date from \
             1753 on, such as 2022-01-24 or 2022-01-24T20:30:51",
        ),
        (
            json(json!([{ "PK_ID": 5 }, { "PK_ID": 5, "Name": "Rex" }])),
            "JSON of the table 'Pets': record 2: another record has the value 5 in the unique field 'PK_ID'",
        ),
        (
            json(json!([{ "Name": "Rex", "name": "Tom" }])),
            "JSON of the table 'Pets': record 1: the field 'name' is there twice",
        ),
        (
            json(json!(["Rex"])),
            "JSON of the table 'Pets': record 1: \"Rex\" is not an object",
        ),
        (
            json(json!({ "Name": "Rex" })),
            "JSON of the table 'Pets': it is neither an array of records nor an object with one as `Result`",
        ),
        (
            zoo().csv("Pet", "Name\nRex\n"),
            "CSV of the table 'Pet': there is no table 'Pet'; did you mean 'Pets'?",
        ),
        (
            zoo().json("Staff", json!([])),
            "JSON of the table 'Staff': there is no table 'Staff'; define it first; the tables are Pets",
        ),
    ] {
        assert_eq!(refusal(builder).await, message);
    }
}

#[tokio::test]
async fn a_file_that_is_wrong_or_missing_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let (wrong, missing) = (folder.path().join("wrong.json"), folder.path().join("none"));
    fs::write(&wrong, "[{\"Name\": \"Rex\",}]").expect("written");

    let broken = refusal(zoo().json_file("Pets", &wrong)).await;
    let absent = refusal(zoo().csv_file("Pets", &missing)).await;

    assert!(
        broken.starts_with(&format!("{}: ", wrong.display())),
        "{broken}"
    );
    assert!(broken.contains("line 1 column 17"), "{broken}");
    assert_eq!(absent, format!("cannot read {}", missing.display()));
}

#[tokio::test]
async fn a_table_that_exists_keeps_its_records_and_gets_those_of_the_fixture() {
    let contact = json!([{ "First_Name": "Ann", "Email": "ann@here.example" }]);
    let builder = Emulator::builder().sample_orders(1);
    let sample = Caspio::start(builder.json("Contacts", contact)).await;
    assert_eq!(sample.emulator.count("Contacts").expect("the table"), 201);

    let first = Caspio::start(zoo().csv("Pets", "Number,Name\n5,Rex\n")).await;
    let prepared = first.emulator.snapshot().expect("a snapshot");
    let builder = Emulator::builder().snapshot(&prepared);
    let second = Caspio::start(builder.csv("Pets", "Number,Name\n2,Kim\n,Tom\n")).await;

    let pets = pets_of(&second).await;
    let numbers: Vec<_> = pets.iter().map(|pet| &pet["Number"]).collect();
    assert_eq!(numbers, [5, 2, 6], "numbers are not given twice");
    let rex = json!({ "Name": "Lu" });
    second.emulator.insert("Pets", rex).expect("inserted");
    assert_eq!(pets_of(&second).await[3]["Number"], 7);
}

#[tokio::test]
async fn a_table_is_defined_once() {
    let first = Caspio::start(zoo()).await;
    let prepared = first.emulator.snapshot().expect("a snapshot");
    let contacts = TableDef::new("contacts");
    let sample = Emulator::builder().sample_orders(1);

    for (builder, table) in [
        (zoo().table(pets()), "Pets"),
        (zoo().snapshot(&prepared), "Pets"),
        (sample.table(contacts).sample_data(), "contacts"),
    ] {
        let message = refusal(builder).await;
        assert_eq!(
            message,
            format!("the table '{table}': it exists already; a table is defined once")
        );
    }
}

#[tokio::test]
async fn a_file_of_data_gets_tables_and_records_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("account.db");
    let builder = || zoo().csv("Pets", "Name\nRex\n").data(&file);

    let first = Caspio::start(builder()).await;
    let pet = json!({ "Name": "Tom" });
    first.emulator.insert("Pets", pet).expect("inserted");
    drop(first);
    let staff = TableDef::new("Staff").field(FieldDef::new("Name", DataType::Text255));
    let later = builder().table(staff).csv("Staff", "Name\nAnn\n");
    let second = Caspio::start(later).await;

    assert_eq!(second.emulator.count("Pets").expect("the table"), 2);
    assert_eq!(second.emulator.count("Staff").expect("the table"), 1);
    drop(second);
    let message = refusal(builder().csv("Nobody", "")).await;
    assert!(message.contains("no table 'Nobody'"), "{message}");
}

#[tokio::test]
async fn a_reset_returns_to_the_fixtures() {
    let caspio = Caspio::start(zoo().csv("Pets", "Name\nRex\n")).await;
    caspio
        .emulator
        .delete("Pets", "PK_ID > 0")
        .expect("deleted");

    let url = format!("{}/_emulator/reset", caspio.emulator.url());
    caspio.http.post(url).send().await.expect("a response");

    assert_eq!(caspio.emulator.count("Pets").expect("the table"), 1);
}

#[tokio::test]
async fn a_timestamp_is_kept_or_set() {
    let table = TableDef::new("Notes")
        .field(FieldDef::new("Made", DataType::Timestamp).on_insert())
        .field(FieldDef::new("Changed", DataType::Timestamp).on_update());
    let csv = "Made,Changed\n2022-01-24T20:30:51,2022-01-25\n,\n";

    let caspio = Caspio::start(Emulator::builder().table(table).csv("Notes", csv)).await;

    let notes = caspio.rows("tables/Notes/records", &[("q.orderBy", "PK_ID")]);
    let notes = notes.await;
    assert_eq!(notes[0]["Made"], "2022-01-24T20:30:51");
    assert_eq!(notes[0]["Changed"], "2022-01-25T00:00:00");
    assert!(notes[1]["Made"].is_string(), "{notes:?}");
    assert_eq!(notes[1]["Changed"], Value::Null);
}

/// Posts records to a path of the emulator itself.
async fn post(caspio: &Caspio, file: &str, body: &'static str) -> (StatusCode, Value) {
    let url = format!("{}/_emulator/fixtures/{file}", caspio.emulator.url());
    let response = caspio.http.post(url).body(body).send().await;
    common::read(response.expect("a response")).await
}

#[tokio::test]
async fn another_process_adds_records() {
    let odd = TableDef::new("a/b & c").field(FieldDef::new("Name", DataType::Text255));
    let caspio = Caspio::start(zoo().table(odd)).await;

    let (csv, _) = post(&caspio, "Pets.csv", "PK_ID,Name\n7,Rex\n").await;
    let (json, _) = post(&caspio, "pets.json", r#"[{"Name": "Tom"}]"#).await;
    let (other, _) = post(&caspio, "a%2Fb%20%26%20c.csv", "Name\nAnn\n").await;

    assert_eq!([csv, json, other], [StatusCode::NO_CONTENT; 3]);
    let pets = pets_of(&caspio).await;
    assert_eq!(
        (&pets[0]["PK_ID"], &pets[1]["PK_ID"]),
        (&json!(7), &json!(8))
    );
    assert_eq!(caspio.emulator.count("a/b & c").expect("the table"), 1);
    assert_eq!(caspio.emulator.calls().total(), 1);
}

#[tokio::test]
async fn records_of_another_process_are_all_inserted_or_none() {
    let caspio = Caspio::start(zoo()).await;

    let (status, body) = post(&caspio, "Pets.csv", "Name,Legs\nRex,4\nTom,four\n").await;
    let (unknown, hint) = post(&caspio, "Pet.json", "[]").await;

    assert_eq!(status, StatusCode::BAD_REQUEST);
    let message = body["Message"].as_str().unwrap_or_default();
    assert!(message.contains("line 3: 'four' does not fit"), "{message}");
    assert_eq!(caspio.emulator.count("Pets").expect("the table"), 0);
    assert_eq!(unknown, StatusCode::BAD_REQUEST);
    let hint = hint["Message"].as_str().unwrap_or_default();
    assert!(hint.contains("did you mean 'Pets'?"), "{hint}");
}
