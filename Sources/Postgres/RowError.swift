/// A column of an answer that is not what the row type reads: a bug, never bad input.
package struct RowError: Error, Equatable, CustomStringConvertible {
    /// What is wrong with the column.
    package enum Reason: Equatable, Sendable {
        /// The value is NULL, and the row type reads it as one that never is.
        case null
        /// The column has this type (an OID of `pg_type`), which is not the one read.
        case type(oid: UInt32)
        /// The row type reads more columns than the answer has.
        case missing
        /// The row type has left this column and those behind it unread.
        case unread
        /// The value does not fit, such as an infinite date.
        case range
        /// The bytes are not of the form that the type's binary format prescribes.
        case malformed
    }

    /// The name of the column in the answer; `#4` where there is no fourth.
    package let column: String
    /// What is wrong with it.
    package let reason: Reason

    /// Says what is wrong with a column.
    package init(column: String, reason: Reason) {
        self.column = column
        self.reason = reason
    }

    package var description: String {
        switch reason {
        case .null: "column \(column) is null"
        case .type(let oid): "column \(column) has the unexpected type \(oid)"
        case .missing: "column \(column) is missing from the answer"
        case .unread: "column \(column) is not read"
        case .range: "column \(column) is out of range"
        case .malformed: "column \(column) is malformed"
        }
    }
}
