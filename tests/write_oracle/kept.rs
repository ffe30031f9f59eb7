//! Cases that failed once, as the oracle printed them.

/// Each is judged on every run.
pub(super) const CASES: &[&str] = &[
    // v2 counts no record for an update of list fields alone.
    r#"{"version":2,"key":"Text","unique":false,"view":false,"start":[[["K","2024-01-02T10:00:00"],["N",1.0],["L",["blue","red"]]]],"steps":[{"action":{"UpdateWhere":{"condition":{"NumberAtLeast":1},"row":[["L",["blue","red"]]]}},"hits":[],"polls":null}]}"#,
    // A lookup that does not see a record proves nothing.
    r#"{"version":3,"key":"Integer","unique":false,"view":false,"start":[],"steps":[{"action":{"Insert":{"row":[["K",0],["N",1]],"unique_by":true,"returning":false,"typed":false}},"hits":[[0,"LostAfter"],[1,"Hidden"],[2,"Hidden"],[3,"Hidden"]],"polls":null}]}"#,
    // A sync through a view inserts no row whose record the view hides.
    r#"{"version":3,"key":"Text","unique":false,"view":true,"start":[],"steps":[{"action":{"Sync":{"rows":{"rows":[[["K","b"]]],"more":0,"typed":false},"replace":true,"staging":false}},"hits":[],"polls":null}]}"#,
    // A save writes the columns that differ, and keeps what another program wrote in the meantime.
    r#"{"version":3,"key":"Text","unique":false,"view":false,"start":[[["K","a"],["N",1],["T","a"]]],"steps":[{"action":{"Save":{"record":0,"row":[["N",2.5]],"meanwhile":[["T","b"]],"if_unchanged":false}},"hits":[],"polls":null}]}"#,
    // A table is not touched if its staging table does not take a row.
    r#"{"version":3,"key":"Text","unique":false,"view":false,"start":[],"steps":[{"action":{"Sync":{"rows":{"rows":[[["K","a"],["D","13/12/2025"]],[["K","b"]]],"more":0,"typed":false},"replace":true,"staging":true}},"hits":[],"polls":null}]}"#,
    // An update without a count is not known to have found its record.
    r#"{"version":2,"key":"Date","unique":false,"view":false,"start":[],"steps":[{"action":{"Update":{"record":1,"row":[["T",""],["C",2.5],["Y",true],["L",[]]],"returning":false}},"hits":[[0,"Strange"]],"polls":null}]}"#,
    r#"{"version":3,"key":"Text","unique":false,"view":false,"start":[],"steps":[{"action":{"Delete":{"record":1}},"hits":[[0,"Strange"]],"polls":null}]}"#,
    // A sync through a view inserts no row where it cannot read whether the view hides its record.
    r#"{"version":4,"key":"Integer","unique":false,"view":true,"start":[[["K",1],["N",1],["Y",false],["L",[]]]],"steps":[{"action":{"Sync":{"rows":{"rows":[[["K",1]]],"more":0,"typed":false},"replace":false,"staging":false}},"hits":[[1,"Html"]],"polls":null}]}"#,
    // A record whose value is spelled otherwise is not that of the row.
    r#"{"version":3,"key":"Text","unique":false,"view":false,"start":[[["K","a"],["Y",true]]],"steps":[{"action":{"Insert":{"row":[["K","A "],["Y",true]],"unique_by":true,"returning":true,"typed":false}},"hits":[[0,"Gateway"]],"polls":null}]}"#,
    // A password is not known to be set where the response does not count its record.
    r#"{"version":3,"key":"Currency","unique":false,"view":false,"start":[],"steps":[{"action":{"SetPassword":{"record":2,"password":"hunter2 horse"}},"hits":[[0,"Strange"]],"polls":null}]}"#,
    r#"{"version":4,"key":"Integer","unique":false,"view":false,"start":[],"steps":[{"action":{"SetPassword":{"record":1,"password":"hunter2 \"staple\""}},"hits":[[0,"Strange"]],"polls":null}]}"#,
    // Another program changes the record between the insert and its lookup.
    r#"{"version":3,"key":"Number","unique":false,"view":false,"start":[],"steps":[{"action":{"Insert":{"row":[["K",1e-7],["N",1e-7]],"unique_by":true,"returning":false,"typed":false}},"hits":[[0,"LostAfter"],[1,"OtherUpdates"]],"polls":null}]}"#,
    // An object without a key is not the new record.
    r#"{"version":4,"key":"Text","unique":false,"view":false,"start":[],"steps":[{"action":{"Insert":{"row":[["K","b"],["Y",false]],"unique_by":true,"returning":true,"typed":false}},"hits":[[0,"Strange"]],"polls":null}]}"#,
    // v2 counts no record for an update that sets a list to null, either.
    r#"{"version":2,"key":"Text","unique":false,"view":false,"start":[[["K","a"],["L",["red"]]]],"steps":[{"action":{"Update":{"record":0,"row":[["L",null]],"returning":false}},"hits":[],"polls":null}]}"#,
    r#"{"version":2,"key":"Text","unique":false,"view":false,"start":[[["K","a"],["L",["red"]]]],"steps":[{"action":{"Sync":{"rows":{"rows":[[["K","a"],["L",null]]],"more":0,"typed":false},"replace":false,"staging":false}},"hits":[],"polls":null}]}"#,
    // A late insert comes after a lookup that finds an older record with the same values.
    r#"{"version":3,"key":"Integer","unique":false,"view":false,"start":[],"steps":[{"action":{"InsertMany":{"rows":{"rows":[[["K",6]]],"more":0,"typed":false},"unique_by":false,"concurrency":1}},"hits":[],"polls":null},{"action":{"InsertMany":{"rows":{"rows":[[["K",6]]],"more":0,"typed":false},"unique_by":true,"concurrency":1}},"hits":[[0,"Late"]],"polls":null}]}"#,
    r#"{"version":3,"key":"Currency","unique":false,"view":false,"start":[[["K",-1200.75],["Y",true],["L",["Grün","red","red"]]]],"steps":[{"action":{"InsertMany":{"rows":{"rows":[[["K",-1200.75]]],"more":0,"typed":false},"unique_by":true,"concurrency":2}},"hits":[[0,"Late"]],"polls":null}]}"#,
    // A null that v2 is not sent is compared, too.
    r#"{"version":2,"key":"Integer","unique":false,"view":false,"start":[[["K",5],["D","2022-01-24 20:30:51"]]],"steps":[{"action":{"Insert":{"row":[["K",5],["D",null],["L",[]]],"unique_by":true,"returning":false,"typed":false}},"hits":[[0,"Html"]],"polls":null}]}"#,
];
