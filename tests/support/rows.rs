//! Rows of a table that each wait for something: tested at the same time.

/// Runs `test` for each row in a thread of its own; fails if one of them does.
pub fn each<T: Send>(rows: impl IntoIterator<Item = T>, test: impl Fn(T) + Sync) {
    let test = &test;
    std::thread::scope(|scope| {
        for row in rows {
            scope.spawn(move || test(row));
        }
    });
}
