/// One row of an answer, read column by column in the order of the statement's select list.
package protocol Row: Sendable {
    /// The names of the result's columns, in order; a test compares them with the server's.
    static var columns: [String] { get }

    /// Reads every column once, from left to right.
    init(_ row: inout RowDecoder) throws(RowError)
}

/// The row of a statement that answers none, such as an insert without `returning`.
package struct NoRow: Row {
    package static let columns: [String] = []

    /// Reads nothing.
    package init(_ row: inout RowDecoder) throws(RowError) {}
}
