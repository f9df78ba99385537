/// Why the database gave no answer; no description contains a parameter's value.
package enum DatabaseError: Error, Equatable, CustomStringConvertible {
    /// Nothing was done, and a repetition later may succeed: no link in time, the connection lost
    /// (a read has been repeated by then), too many waiting, a deadlock, or the server
    /// refuses work (SQLSTATE classes 08, 40, 53, 58 and 57P0x).
    case unavailable(reason: String)
    /// A commit was under way when the link was lost, the deadline passed, or the server stopped
    /// waiting for its standby: the write may have happened. Repeat only under the same key.
    case outcomeUnknown
    /// A statement exceeded `statement_timeout`, `lock_timeout` or the link's own deadline, and
    /// nothing of its transaction remains.
    case timedOut
    /// A constraint was violated (SQLSTATE class 23); `name` is the constraint, or the column of
    /// a `not null`.
    case constraintViolated(name: String, sqlState: String)
    /// The server refused the statement, or its parameters do not fit: a bug.
    case rejected(sqlState: String, message: String, statement: String)
    /// The answer is not what the row type reads: a bug.
    case row(RowError, statement: String)
    /// The connection string cannot be used.
    case misconfigured(reason: String)

    /// How many seconds a client should wait before it repeats; nil where that is of no use.
    package var retryAfterSeconds: Int? {
        switch self {
        case .unavailable, .outcomeUnknown: 1
        case .timedOut: 2
        case .constraintViolated, .rejected, .row, .misconfigured: nil
        }
    }

    package var description: String {
        switch self {
        case .unavailable(let reason): "the database is unavailable: \(reason)"
        case .outcomeUnknown: "the outcome of a commit is unknown"
        case .timedOut: "a statement took too long"
        case .constraintViolated(let name, let sqlState): "constraint \(name) (\(sqlState))"
        case .rejected(let sqlState, let message, let statement):
            "statement \(statement) was rejected: \(message) (\(sqlState))"
        case .row(let error, let statement): "statement \(statement): \(error)"
        case .misconfigured(let reason): "the database is misconfigured: \(reason)"
        }
    }
}

/// An error type that a database error can become, such as the one error of an interface.
package protocol DatabaseFailure: Error {
    /// Takes over a database error.
    init(_ error: DatabaseError)
}

extension DatabaseError: DatabaseFailure {
    /// The error as it is, for callers without an error type of their own.
    package init(_ error: DatabaseError) {
        self = error
    }
}
