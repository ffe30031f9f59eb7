//! How CSV is read.

use super::*;
use proptest::prelude::*;

fn reader(text: &[u8], reading: Reading) -> Result<Reader<&[u8]>, CliError> {
    Reader::new(
        Path::new("in.csv"),
        text,
        reading,
        &RefusedColumns::new(Path::new("a.csv"), &[]),
    )
}

fn rows(text: &[u8]) -> Vec<SourceRow> {
    let mut reader = reader(text, Reading::default()).expect("a header");
    let rows = std::iter::from_fn(|| reader.next());
    rows.map(|row| row.expect("a row")).collect()
}

fn cells(text: &str) -> Vec<Option<String>> {
    match rows(text.as_bytes()).remove(0).content {
        RowContent::Cells(cells) => cells,
        other => panic!("{other:?}"),
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn an_empty_cell_differs_from_an_empty_text() {
    assert_eq!(cells("a,b,c\n,\"\",x\n"), [None, some(""), some("x")]);
}

#[test]
fn a_row_of_several_lines_has_the_number_of_its_first() {
    let rows = rows(b"\xef\xbb\xbfa,b\r\n\"x\r\ny\",\"say \"\"hi\"\"\"\r\n\r\n5\" pipe,2");
    let lines: Vec<u64> = rows.iter().map(|row| row.line).collect();
    assert_eq!(lines, [2, 5]);
    let RowContent::Cells(first) = &rows[0].content else {
        panic!("cells")
    };
    assert_eq!(*first, [some("x\r\ny"), some("say \"hi\"")]);
    let RowContent::Cells(second) = &rows[1].content else {
        panic!("cells")
    };
    assert_eq!(*second, [some("5\" pipe"), some("2")]);
}

#[test]
fn an_unreadable_row_is_one_row() {
    let rows = rows(b"a,b\n\xff,1\n2,3\n\"4,5\n6,7\n");
    assert!(matches!(rows[0].earlier, Some(ReasonKind::Bytes(_))));
    assert!(matches!(rows[1].content, RowContent::Cells(_)));
    assert!(matches!(&rows[2].content, RowContent::Unreadable(raw, _) if raw == b"\"4,5\n6,7"));
    assert_eq!(rows.len(), 3);
}

/// Returns the lines of the rows, the line after each, and how many blank lines were skipped.
fn lines(text: &str, nulls: bool) -> (Vec<u64>, Vec<u64>, u64) {
    let reading = Reading {
        nulls,
        ..Reading::default()
    };
    let mut reader = reader(text.as_bytes(), reading).expect("a header");
    let (mut lines, mut next) = (Vec::new(), Vec::new());
    while let Some(row) = reader.next() {
        lines.push(row.expect("a row").line);
        next.push(reader.next_line());
    }
    (lines, next, reader.skipped.count())
}

#[test]
fn blank_lines_at_the_end_of_one_column_are_not_rows() {
    let file = "a\nx\n\n\r\ny\n\n\n";
    assert_eq!(
        lines(file, false),
        (vec![2, 3, 4, 5], vec![3, 4, 5, 6], 2),
        "blank lines before a row are rows"
    );
    assert_eq!(
        lines(file, true).0,
        [2, 3, 4, 5, 6, 7],
        "exports write null as a blank line"
    );
    assert_eq!(lines("a\n\n", false), (vec![], vec![], 1));
    assert_eq!(lines("a,b\n1,2\n\n\n", false), (vec![2], vec![3], 0));
}

fn names(text: &str, delimiter: Option<u8>) -> Result<Vec<String>, String> {
    let reading = Reading {
        delimiter,
        ..Reading::default()
    };
    reader(text.as_bytes(), reading)
        .map(|reader| reader.columns)
        .map_err(|error| error.to_string())
}

#[test]
fn the_delimiter_is_given_named_or_found() {
    let both = Ok(vec!["a".to_owned(), "b".to_owned()]);
    for text in ["a;b\n", "a\tb\n", "a|b\n", "sep=;\r\na;b\n", "a,b\n"] {
        assert_eq!(names(text, None), both, "{text:?}");
    }
    assert_eq!(names("a^b\n", Some(b'^')), both);
    assert_eq!(
        names("a;b,c\n", None),
        Ok(vec!["a;b".to_owned(), "c".to_owned()])
    );
}

#[test]
fn a_first_line_without_names_is_explained() {
    for (text, why) in [
        ("", "it is empty"),
        ("a,,b\n", "column 2 has no name"),
        ("a,b\r1,2\r", "carriage return alone"),
        ("a,\"b\n", "a quote is opened"),
    ] {
        let message = names(text, None).expect_err(text);
        assert!(message.contains(why), "{message}");
    }
}

proptest! {
    #[test]
    fn reads_csv_crate_output(
        written in proptest::collection::vec(
            proptest::collection::vec("[a-c,\" \n\r]{0,4}", 3..4), 1..4),
    ) {
        let mut writer = ::csv::Writer::from_writer(Vec::new());
        writer.write_record(["a", "b", "c"]).expect("written");
        for row in &written {
            writer.write_record(row).expect("written");
        }
        let text = writer.into_inner().expect("a file");
        let read: Vec<Vec<String>> = rows(&text).into_iter().map(|row| match row.content {
            RowContent::Cells(cells) => {
                cells.into_iter().map(Option::unwrap_or_default).collect()
            }
            other => panic!("{other:?}"),
        }).collect();
        prop_assert_eq!(read, written);
    }
}

#[test]
fn a_row_that_could_not_be_read_stays_so_after_a_spreadsheet_added_empty_cells() {
    let path = Path::new("a.refused.csv");
    let text = "A,B,C,D,Line,Reason\n\
                \"x,\"\"y\"\"z\",2,UNREADABLE: there is text after a closing quote,,,\n\
                1,,,,5,\n";
    let columns = RefusedColumns::new(path, &[]);
    let mut reader =
        Reader::new(path, text.as_bytes(), Reading::default(), &columns).expect("a header");

    let unreadable = reader.next().expect("a row").expect("a row");
    let fixed = reader.next().expect("a row").expect("a row");

    let RowContent::Unreadable(raw, why) = unreadable.content else {
        panic!("{unreadable:?}");
    };
    assert_eq!(raw, b"x,\"y\"z");
    assert_eq!(why, "there is text after a closing quote");
    let RowContent::Cells(cells) = fixed.content else {
        panic!("{fixed:?}");
    };
    assert_eq!(cells, [some("1"), None, None, None]);
}

#[test]
fn columns_without_names_at_the_end_are_explained() {
    let explained = |text: &str| {
        let error = reader(text.as_bytes(), Reading::default()).expect_err("no columns");
        format!("{error:?}").contains("a spreadsheet adds such columns")
    };

    assert!(explained("a,b,,\n"));
    assert!(!explained("a,,b\n"));
}
