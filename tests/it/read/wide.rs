//! Records with more columns than their names fit into a URL.

use caspio::prelude::*;
use caspio::record::{Decode, FieldInfo, Record, RowAccess};
use caspio::{ApiVersion, Column, ErrorKind};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use caspio_tests::{TestEnv, on_every_version};
use serde::de::MapAccess;
use serde_json::json;

/// How many columns a record of [`Wide`] has.
const COLUMNS: usize = 500;

macro_rules! ten_columns_each {
    ($($tens:literal)*) => {
        &[$(
            FieldInfo::new(concat!("A_column_with_a_long_name_", $tens, "0"), "").of::<Option<i32>>(""),
            FieldInfo::new(concat!("A_column_with_a_long_name_", $tens, "1"), "").of::<Option<i32>>(""),
            FieldInfo::new(concat!("A_column_with_a_long_name_", $tens, "2"), "").of::<Option<i32>>(""),
            FieldInfo::new(concat!("A_column_with_a_long_name_", $tens, "3"), "").of::<Option<i32>>(""),
            FieldInfo::new(concat!("A_column_with_a_long_name_", $tens, "4"), "").of::<Option<i32>>(""),
            FieldInfo::new(concat!("A_column_with_a_long_name_", $tens, "5"), "").of::<Option<i32>>(""),
            FieldInfo::new(concat!("A_column_with_a_long_name_", $tens, "6"), "").of::<Option<i32>>(""),
            FieldInfo::new(concat!("A_column_with_a_long_name_", $tens, "7"), "").of::<Option<i32>>(""),
            FieldInfo::new(concat!("A_column_with_a_long_name_", $tens, "8"), "").of::<Option<i32>>(""),
            FieldInfo::new(concat!("A_column_with_a_long_name_", $tens, "9"), "").of::<Option<i32>>(""),
        )*]
    };
}

/// The values of all columns, as a derive would decode them.
#[derive(Debug, PartialEq)]
struct Wide(Vec<Option<i32>>);

impl Record for Wide {
    type Source = RecordMap;
    type At<'p> = Self;
    const FIELDS: &'static [FieldInfo] = ten_columns_each! {
        "00" "01" "02" "03" "04" "05" "06" "07" "08" "09"
        "10" "11" "12" "13" "14" "15" "16" "17" "18" "19"
        "20" "21" "22" "23" "24" "25" "26" "27" "28" "29"
        "30" "31" "32" "33" "34" "35" "36" "37" "38" "39"
        "40" "41" "42" "43" "44" "45" "46" "47" "48" "49"
    };
}

impl<'de> Decode<'de> for Wide {
    fn decode<A: MapAccess<'de>>(mut row: RowAccess<'_, 'de, A>) -> Result<Self, A::Error> {
        let mut values = vec![None; COLUMNS];
        while let Some(index) = row.next_field()? {
            values[index] = Some(row.value::<Option<i32>>()?);
        }
        let values = values.into_iter().enumerate();
        let values = values.map(|(index, value)| row.given(value, index));
        Ok(Self(values.collect::<Result<_, _>>()?))
    }
}

/// Sixty records, with a column that the record does not declare, and one of a password.
async fn wide(version: ApiVersion) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let columns = Wide::FIELDS
        .iter()
        .map(|field| FieldDef::new(field.name, DataType::Integer));
    let columns = columns.chain([
        FieldDef::new("Email", DataType::Text255),
        FieldDef::new("Secret", DataType::Password),
    ]);
    let table = columns.fold(TableDef::new("Wide"), TableDef::field);
    env.emulator.create_table(table).expect("a table");
    for number in 0..60 {
        let record = json!({
            (Wide::FIELDS[0].name): number,
            (Wide::FIELDS[499].name): -number,
            "Email": format!("somebody.with.a.long.address.{number:03}@mail.example.com"),
        });
        env.emulator.insert("Wide", record).expect("an insert");
    }
    env.emulator.reset_calls();
    env
}

const EMAIL: Column<RecordMap, String> = Column::new("Email");

on_every_version! {
    async fn any_number_of_columns_is_read(version) {
        let env = wide(version).await;
        let table = env.caspio.table_named("Wide");

        let all = table.query().select::<Wide>().page_size(20).collect().await.expect("all records");

        assert_eq!(all.len(), 60);
        assert!(env.emulator.calls().records_reads() <= 4);
        for (number, record) in (0..).zip(&all) {
            assert_eq!((record.0[0], record.0[499]), (Some(number), Some(-number)));
        }
        let first: Column<RecordMap, i32> = Column::new(Wide::FIELDS[0].name);
        let sorted = table.query().select::<Wide>().order_by(|_| first.desc()).page_size(20);
        assert!(sorted.collect().await.expect("all records").iter().eq(all.iter().rev()));
        let ahead = table.query().select::<Wide>().page_size(7).concurrency(3).collect().await;
        assert_eq!(ahead.expect("all records"), all);
    }

    async fn the_names_of_columns_take_no_room_from_lists(version) {
        let env = wide(version).await;
        let table = env.caspio.table_named("Wide");
        let emails = (0..300).map(|n| format!("somebody.with.a.long.address.{n:03}@mail.example.com"));
        let emails: Vec<String> = emails.collect();
        let listed = || table.filter(|_| EMAIL.in_(&emails));
        listed().collect().await.expect("all records");
        let narrow = env.emulator.calls().records_reads();
        env.emulator.reset_calls();

        let read = listed().select::<Wide>().collect().await.expect("all records");

        assert_eq!(read.len(), 60);
        assert!(env.emulator.calls().records_reads() <= narrow);
    }

    async fn named_columns_are_read_alone_or_not_at_all(version) {
        let env = wide(version).await;
        let names = || Wide::FIELDS.iter().map(|field| field.name);

        let all = env.caspio.table_named("Wide").query().columns(names()).collect().await;

        let error = all.expect_err("the columns do not fit");
        assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
        assert_eq!(env.emulator.calls().total(), 0);
        let some = env.caspio.table_named("Wide").query().columns(names().take(3)).first().await;
        assert_eq!(some.expect("a read").expect("a record").len(), 4);
    }

    async fn expressions_that_do_not_fit_are_named(version) {
        const LONG: &str = concat!("CASE WHEN PK_ID > 0 THEN 'a long text, which is repeated: a long text, which is ",
            "repeated; a long text, which is repeated; a long text, which is repeated; a long text, which is repeated' END");
        #[derive(Debug)]
        struct Computed;
        impl Record for Computed {
            type Source = RecordMap;
            type At<'p> = Self;
            const FIELDS: &'static [FieldInfo] = &[
                FieldInfo::new("First_Text", "").expression(LONG),
                FieldInfo::new("Second_Text", "").expression(LONG),
                FieldInfo::new("Third_Text", "").expression(LONG),
                FieldInfo::new("Fourth_Text", "").expression(LONG),
                FieldInfo::new("Fifth_Text", "").expression(LONG),
                FieldInfo::new("Sixth_Text", "").expression(LONG),
                FieldInfo::new("Seventh_Text", "").expression(LONG),
                FieldInfo::new("Eighth_Text", "").expression(LONG),
            ];
        }
        impl<'de> Decode<'de> for Computed {
            fn decode<A: MapAccess<'de>>(_: RowAccess<'_, 'de, A>) -> Result<Self, A::Error> {
                Ok(Self)
            }
        }
        let env = wide(version).await;

        let read = env.caspio.table_named("Wide").query().select::<Computed>().collect().await;

        let error = read.expect_err("the expressions do not fit");
        assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
        assert!(error.to_string().contains("`First_Text`"), "{error}");
        assert_eq!(env.emulator.calls().total(), 0);
    }
}
