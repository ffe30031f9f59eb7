//! Fields named like keywords, in a crate of an edition that does not reserve `gen`.

#![cfg(test)]

use caspio::codegen_support::decode_row;
use caspio::prelude::*;
use caspio::record::{Record, ToRow};

macro_rules! keywords {
    ($($word:ident)*) => {
        #[derive(Debug, Default, CaspioTable)]
        #[caspio(table = "Keywords", rename_all = "lowercase")]
        struct Keywords {
            $($word: i64,)*
        }

        #[derive(Debug, CaspioInsert)]
        #[caspio(table = Keywords)]
        struct NewKeywords {
            $($word: i64,)*
        }

        #[derive(Debug, PartialEq, CaspioValue)]
        #[allow(non_camel_case_types)]
        enum Words {
            $($word,)*
        }

        #[test]
        fn every_keyword_is_a_word() {
            use caspio::field::Words as _;
            let words = [$(stringify!($word).trim_start_matches("r#")),*];

            assert_eq!(Words::WORDS, words);
            $(assert_eq!(Words::from_word(Words::$word.word()), Some(Words::$word));)*
        }

        #[test]
        fn every_keyword_is_a_column() {
            let fields = [$(stringify!($word).trim_start_matches("r#")),*];
            let columns = [$(Keywords::COLUMNS.$word.name()),*];
            let names: Vec<&str> = Keywords::FIELDS.iter().map(|field| field.name).collect();
            let row = NewKeywords { $($word: 1,)* };
            let json: Vec<String> = fields.iter().map(|name| format!("{:?}:7", name)).collect();
            let read = decode_row::<Keywords>(&format!("{{{}}}", json.join(","))).expect("a record");

            assert_eq!(columns, fields);
            assert_eq!(names, fields);
            assert_eq!(row.to_row().len(), fields.len());
            $(assert_eq!(read.$word, 7);)*
        }
    };
}

keywords! {
    gen auto default macro_rules raw safe union
    r#abstract r#as r#async r#await r#become r#box r#break r#const r#continue r#do r#dyn r#else r#enum r#extern r#false
    r#final r#fn r#for r#if r#impl r#in r#let r#loop r#macro r#match r#mod r#move r#mut r#override r#priv r#pub r#ref
    r#return r#static r#struct r#trait r#true r#try r#type r#typeof r#unsafe r#unsized r#use r#virtual r#where r#while
    r#yield
}

#[derive(Debug, CaspioRecord)]
#[caspio(of = Keywords)]
struct Sums {
    #[caspio(sum = gen)]
    total: i64,
    gen: i64,
    #[caspio(column = r#dyn)]
    other: i64,
    #[caspio(max = r#type)]
    r#match: i64,
}

#[derive(Debug, CaspioView)]
#[caspio(view = "Keys")]
struct Keyed {
    #[caspio(pk)]
    gen: String,
    #[caspio(default)]
    gen_of: i64,
}

#[test]
fn a_projection_names_columns_by_keywords() {
    let names: Vec<&str> = Sums::FIELDS.iter().map(|field| field.name).collect();
    let read = decode_row::<Keyed>(r#"{"PK_ID":"1,2","Gen_Of":null}"#).expect("a record");
    let sums = r#"{"Total":1,"gen":3,"dyn":2,"Match":4}"#;
    let sums = decode_row::<Sums>(sums).expect("a record");

    assert_eq!(names, ["Total", "gen", "dyn", "Match"]);
    assert_eq!((read.gen.as_str(), read.gen_of), ("1,2", 0));
    let sums = (sums.total, sums.gen, sums.other, sums.r#match);
    assert_eq!(sums, (1, 3, 2, 4));
}
