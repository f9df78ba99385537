/// The name and the SQL of a statement, both literals, so that nothing can be spliced into them.
package struct StatementText: Sendable {
    /// A short name for logs and metrics, such as `list_bills`.
    package let name: StaticString
    /// The SQL, with `$1`, `$2`, … for parameters.
    package let sql: StaticString

    /// Names a piece of SQL.
    package init(_ name: StaticString, _ sql: StaticString) {
        self.name = name
        self.sql = sql
    }

    /// What a link finds the prepared statement by: the literal's place in the program.
    var key: UInt {
        precondition(sql.hasPointerRepresentation, "SQL is a string literal of more than a letter")
        return unsafe UInt(bitPattern: sql.utf8Start)
    }
}

/// A statement whose answer has rows of the type `Answer`.
package struct Statement<Answer: Row>: Sendable {
    /// The statement's name and SQL.
    package let text: StatementText

    /// Names a piece of SQL that answers with rows of one type.
    package init(_ name: StaticString, _ sql: StaticString) {
        text = StatementText(name, sql)
    }

    /// The names of the result's columns in the order they are read.
    package var columns: [String] { Answer.columns }
}

/// A statement that answers no rows.
package typealias Command = Statement<NoRow>
