use super::{check, database, found};

#[test]
fn conditions_find_what_sql_server_finds() {
    let connection = database();

    check(
        &[
            ("Name = 'ANVIL'", "1"),
            ("Name = N'éCLAIR'", "3"),
            ("Name = 'bolt'", "2 4"),
            ("name <> 'bolt'", "1 3"),
            ("[NAME] IN ('anvil  ', 'x')", "1"),
            ("Name BETWEEN 'a' AND 'bolt'", "1 2 4"),
            ("Name > 'bolt'", "3"),
            ("'anvil' = Name", "1"),
            ("Items.Name = 'anvil'", "1"),
            ("_v_Items.Name = 'anvil'", "1"),
            ("Qty = '5'", "1"),
            ("Qty = 5.0", "1"),
            ("Qty > 4.5", "1 2"),
            ("Qty IN (5, '10', 3.0)", "1 2 4"),
            ("Qty NOT IN (5, NULL)", ""),
            ("Qty IS NULL", "3"),
            ("NOT Qty IS NULL AND Qty < 4", "4 5"),
            ("Weight = 2.5 OR Weight = '0.5'", "1 2"),
            ("Price = 12.34", "1"),
            ("Price = '12.34'", "1"),
            ("Price > 0.0001", "1 2"),
            ("Price >= 0.0001", "1 2 4"),
            ("Price > 0.00005", "1 2 4"),
            ("Price IN (0.5, 12)", "2"),
            ("Price = -2.5", "5"),
            ("Price < Weight", "4 5"),
            ("Price < Qty", "2 4"),
            ("Price BETWEEN 0.5 AND 13", "1 2"),
            ("[Added On] = '2024-02-29'", "2"),
            ("[Added On] = '20240229'", "2"),
            ("[Added On] = '2/29/2024'", "2"),
            ("[Added On] = '1/31/2024 8:30 AM'", "1"),
            ("[Added On] = '2024-01-31T08:30:00.000Z'", "1"),
            ("[Added On] >= '2024-01-31 08:30'", "1 2 5"),
            (
                "[Added On] IN ('2/29/2024', '6/15/2024 12:00:00.500 PM')",
                "2 5",
            ),
            ("[Added On] BETWEEN '1/1/2024' AND '3/1/2024'", "1 2"),
            ("[Added On] < DATEADD(day, 1, '2023-12-31')", "4"),
            (
                "[Added On] < GETDATE() AND [Added On] > GETDATE() - 36500",
                "1 2 4 5",
            ),
            ("[Added On] > ''", "1 2 4 5"),
            ("Active = 1", "1 4"),
            ("Active = '0'", "2 5"),
            ("Active <> 1", "2 5"),
            ("Active IN (0, 1)", "1 2 4 5"),
            ("Name LIKE 'a%'", "1"),
            ("Name LIKE '%L'", "1"),
            ("Name LIKE '_OL[s-u]%'", "2 4"),
            ("Name LIKE '[^a]%'", "2 3 4"),
            ("Name LIKE 'É%'", "3"),
            ("Name NOT LIKE '%l%'", ""),
            ("Tags IS NOT NULL", "1 4"),
            (
                "EXISTS (SELECT * FROM Notes WHERE Item = Items.PK_ID)",
                "1 4",
            ),
            (
                "NOT EXISTS (SELECT 1 FROM Notes n WHERE n.Item = Items.PK_ID)",
                "2 3 5",
            ),
            ("PK_ID IN (SELECT Item FROM Notes)", "1 4"),
            (
                "PK_ID IN (SELECT [Odd]]Name] FROM Notes WHERE PK_ID = 4)",
                "",
            ),
            (
                "EXISTS (SELECT 1 FROM Notes WHERE [Odd]]Name] LIKE '%!%' ESCAPE '!' AND Item = Items.PK_ID)",
                "1",
            ),
            (
                "EXISTS (SELECT 1 FROM Notes WHERE [Odd]]Name] LIKE '%!_%' ESCAPE '!' AND Item = Items.PK_ID)",
                "4",
            ),
            (
                "EXISTS (SELECT 1 FROM Notes WHERE [Odd]]Name] LIKE '%[_]%' AND Item = Items.PK_ID)",
                "4",
            ),
            ("Qty = (SELECT MAX(Qty) FROM Items)", "2"),
            ("Qty > (SELECT AVG(i.Qty) FROM Items AS i)", "1 2"),
            (
                "PK_ID IN (SELECT Item FROM Notes GROUP BY Item HAVING COUNT(*) > 1)",
                "1",
            ),
            (
                "PK_ID = (SELECT TOP 1 Item FROM Notes ORDER BY PK_ID DESC) - 8",
                "1",
            ),
            (
                "PK_ID IN (SELECT i.PK_ID FROM Items i JOIN Notes n ON n.Item = i.PK_ID WHERE i.Qty = Items.Qty)",
                "1 4",
            ),
            (
                "EXISTS (SELECT 1 FROM _v_Both WHERE _PK_ID_Items = Items.PK_ID)",
                "1 4",
            ),
            (
                "CASE WHEN Qty > 4 THEN 'many' ELSE 'few' END = 'MANY'",
                "1 2",
            ),
            ("1 = 1", "1 2 3 4 5"),
            (
                "(Qty = 5 OR Qty = 3) AND Active = 1 /* note */ -- end",
                "1 4",
            ),
            ("Name = NULL", ""),
        ],
        |filter| found(&connection, filter),
    );
}

#[test]
fn conditions_are_refused_as_sql_server_does() {
    let connection = database();
    let date = "! Conversion failed when converting date and/or time from character string.";
    let condition = "! An expression of non-boolean type specified in a context where a \
                     condition is expected.";
    let refused = "! The query uses something that is not allowed.";

    check(
        &[
            ("Active", condition),
            ("NOT Qty", condition),
            ("Active = true", "! Invalid column name 'true'."),
            ("Missing = 1", "! Invalid column name 'Missing'."),
            ("Notes.Item = 1", "! Invalid column name 'Item'."),
            ("[Added On] = 'soon'", date),
            ("[Added On] = '2024-02-30'", date),
            ("[Added On] = '13/1/2024'", date),
            (
                "Qty = 'many'",
                "! Conversion failed when converting the nvarchar value 'many' to data type int.",
            ),
            ("Tags = 'x'", refused),
            ("Secret = 'x'", refused),
            ("Secret IS NULL", refused),
            ("EXISTS (SELECT 1 FROM Vault)", refused),
            ("EXISTS (SELECT 1 FROM Nowhere)", "! Invalid object name."),
            ("EXISTS (SELECT 1 FROM sys.tables)", refused),
            (
                "EXISTS (SELECT 1 FROM sqlite_master)",
                "! Invalid object name.",
            ),
            (
                "EXISTS (SELECT 1 FROM Items UNION SELECT 1 FROM Items)",
                refused,
            ),
            (
                "Qty = (SELECT 1, 2 FROM Items)",
                "! Only one expression can be specified in the \
              select list when the subquery is not introduced with EXISTS.",
            ),
            ("Qty = @p", "! Invalid column name '@p'."),
            ("Qty = 1; DROP TABLE t1", "! Incorrect syntax."),
            ("Qty = 1 Qty", "! Incorrect syntax."),
            ("Qty = ", "! Incorrect syntax."),
            ("load_extension('x') = 1", refused),
            ("randomblob(5) = 1", refused),
            ("Qty::int = 1", refused),
            (
                "COUNT(*) > 1",
                "! An aggregate may not appear in the WHERE clause unless it is in \
              a subquery contained in a HAVING clause or a select list.",
            ),
            ("Price / 0 = 1", "? Divide by zero error encountered."),
        ],
        |filter| found(&connection, filter),
    );
}
