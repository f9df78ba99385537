internal import CLibPQ

/// One result of libpq, released with its last owner.
@safe
final class QueryResult {
    /// What kind of result it is, as far as it matters here.
    enum Status {
        case rows, command, synced, aborted, copyIn, copyOut, failed
    }

    let status: Status
    private let result: OpaquePointer

    init(owning result: OpaquePointer) {
        unsafe self.result = unsafe result
        status =
            switch unsafe PQresultStatus(result) {
            case PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE: .rows
            case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: .command
            case PGRES_PIPELINE_SYNC: .synced
            case PGRES_PIPELINE_ABORTED: .aborted
            case PGRES_COPY_IN: .copyIn
            case PGRES_COPY_OUT: .copyOut
            default: .failed
            }
    }

    deinit {
        unsafe PQclear(result)
    }

    var rowCount: Int { Int(unsafe PQntuples(result)) }

    /// How many rows an insert, update, delete, select or copy was about; 0 for other commands.
    var affectedRowCount: Int {
        unsafe String(cString: PQcmdTuples(result)).utf8.reduce(0) { count, digit in
            count * 10 + Int(digit) - Int(UInt8(ascii: "0"))
        }
    }

    /// The command that was carried out, such as `COMMIT`.
    var commandTag: String { unsafe String(cString: PQcmdStatus(result)) }

    var error: ServerError {
        ServerError(
            sqlState: diagnostic(Diagnostic.sqlState),
            message: diagnostic(Diagnostic.message),
            constraint: [Diagnostic.constraint, Diagnostic.column].lazy
                .map(diagnostic).first { !$0.isEmpty } ?? "")
    }

    /// The types the server has inferred for a described statement's parameters.
    var parameterTypes: [UInt32] {
        (0..<(unsafe PQnparams(result))).map { unsafe PQparamtype(result, $0) }
    }

    var columnNames: [String] {
        (0..<(unsafe PQnfields(result))).map { column in
            unsafe PQfname(result, column).map { unsafe String(cString: $0) } ?? ""
        }
    }

    var columnTypes: [UInt32] {
        (0..<(unsafe PQnfields(result))).map { unsafe PQftype(result, $0) }
    }

    /// The rows of an answer in text format, as the simple protocol gives them.
    var textRows: [[String?]] {
        let columns = unsafe PQnfields(result)
        return (0..<(unsafe PQntuples(result))).map { row in
            (0..<columns).map { column in
                if unsafe PQgetisnull(result, row, column) == 1 { return nil }
                return unsafe String(cString: PQgetvalue(result, row, column))
            }
        }
    }

    /// Reads every row.
    func rows<Answer: Row>() throws(RowError) -> [Answer] {
        let count = unsafe PQntuples(result)
        let columnCount = unsafe PQnfields(result)
        var rows: [Answer] = []
        rows.reserveCapacity(Int(count))
        for row in 0..<count {
            var decoder = unsafe RowDecoder(result: result, row: row, columnCount: columnCount)
            rows.append(try Answer(&decoder))
            try decoder.finish()
        }
        return rows
    }

    /// Reads the first row; nil when there is none.
    func firstRow<Answer: Row>() throws(RowError) -> Answer? {
        guard unsafe PQntuples(result) > 0 else { return nil }
        let columnCount = unsafe PQnfields(result)
        var decoder = unsafe RowDecoder(result: result, row: 0, columnCount: columnCount)
        let row = try Answer(&decoder)
        try decoder.finish()
        return row
    }

    private func diagnostic(_ field: Int32) -> String {
        unsafe PQresultErrorField(result, field).map { unsafe String(cString: $0) } ?? ""
    }
}
