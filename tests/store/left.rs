//! Data directories as earlier versions left them, and what stands in any.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::Connection;
use rusqlite::types::Value;

use crate::support::studio::Studio;

/// What each version added to the tables of the one before, and rows that it could hold besides: text by text as
/// that version wrote it, whatever the program would write today.
pub const LEFT: [[&str; 2]; 3] = [
    [include_str!("version-1.sql"), include_str!("version-1-rows.sql")],
    [include_str!("version-2.sql"), include_str!("version-2-rows.sql")],
    [include_str!("version-3.sql"), include_str!("version-3-rows.sql")],
];

/// A data directory as version 1 left it.
pub fn old() -> Studio {
    left_by(1)
}

/// A data directory as a version left it.
pub fn left_by(version: usize) -> Studio {
    let studio = Studio::new();
    let connection = open(studio.path());
    for text in LEFT[..version].iter().flatten() {
        connection.execute_batch(text).unwrap();
    }
    connection.pragma_update(None, "user_version", version as i32).unwrap();
    studio
}

pub fn open(folder: &Path) -> Connection {
    Connection::open(folder.join("refrain.db")).unwrap()
}

pub fn version(folder: &Path) -> i32 {
    let connection = open(folder);
    connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

/// Every table and index, with the columns in their order.
pub fn tables(folder: &Path) -> Vec<String> {
    let connection = open(folder);
    let sql = "SELECT master.name || ': ' || coalesce(group_concat(info.name || ' ' || info.type), '')
               FROM sqlite_master AS master LEFT JOIN pragma_table_info(master.name) AS info
               GROUP BY master.name ORDER BY master.name";
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

/// Every row of these tables, by these columns.
pub fn rows(folder: &Path, of: &[(String, Vec<String>)]) -> Vec<Vec<Vec<Value>>> {
    let connection = open(folder);
    let rows_of = |(table, columns): &(String, Vec<String>)| {
        let columns = columns.join(", ");
        let sql = format!("SELECT {columns} FROM {table} ORDER BY {columns}");
        let mut statement = connection.prepare(&sql).unwrap();
        let count = statement.column_count();
        let row = |row: &rusqlite::Row<'_>| (0..count).map(|at| row.get::<_, Value>(at)).collect();
        statement.query_map([], row).unwrap().collect::<Result<_, _>>().unwrap()
    };
    of.iter().map(rows_of).collect()
}

/// The tables with their columns.
pub fn columns(folder: &Path) -> Vec<(String, Vec<String>)> {
    let connection = open(folder);
    let sql = "SELECT master.name, info.name FROM sqlite_master AS master JOIN pragma_table_info(master.name) AS info
               WHERE master.type = 'table' AND master.name NOT LIKE 'sqlite_%' ORDER BY master.name, info.cid";
    let mut statement = connection.prepare(sql).unwrap();
    let pairs = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let mut columns: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (table, column) in pairs.collect::<Result<Vec<(String, String)>, _>>().unwrap() {
        columns.entry(table).or_default().push(column);
    }
    columns.into_iter().collect()
}
