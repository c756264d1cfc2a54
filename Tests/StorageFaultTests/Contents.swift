import GRDB

/// Every row of every table, in the tables' own order: what a database says, and not how it is stored.
///
/// - Parameters:
///   - database: What is read.
///   - tables: Tables that two equal databases may differ in.
///   - columns: Columns that they may differ in, as `table.column`.
/// - Returns: A line for each row.
/// - Throws: What SQLite throws.
func contents(
    of database: Database,
    without tables: Set<String> = [],
    columns: Set<String> = []
) throws -> [String] {
    let names = try String.fetchAll(
        database,
        sql: "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
    )
    return try names.filter { !tables.contains($0) }
        .flatMap { name in
            try Row.fetchAll(database, sql: "SELECT * FROM \(name)")
                .map { row in
                    "\(name): "
                        + row.filter { !columns.contains("\(name).\($0.0)") }
                        .map { "\($0.0) \($0.1)" }
                        .joined(separator: ", ")
                }
        }
}

/// Says what is wrong with a file's pages; nothing where all is well.
func damage(of database: Database) throws -> [String] {
    try String.fetchAll(database, sql: "PRAGMA integrity_check").filter { $0 != "ok" }
}
