/// What the server said when it refused something.
struct ServerError {
    /// Five characters of SQLSTATE; empty when the connection itself broke.
    let sqlState: String
    let message: String
    /// The violated constraint, or the column of a `not null`.
    let constraint: String

    /// Whether the server ends the connection, or has ended it without a word.
    var endsConnection: Bool {
        switch sqlState {
        // 57P01 to 57P05: shutdown, crash, start-up, dropped database, idle session;
        // 25P03: idle in a transaction for too long.
        case "", "57P01", "57P02", "57P03", "57P04", "57P05", "25P03": true
        // 08P01 is a message the server could not read; the connection survives it.
        default: sqlState.hasPrefix("08") && sqlState != "08P01"
        }
    }

    /// Whether the prepared statement is gone or its plan has an outdated result type.
    var wantsNewPreparation: Bool { sqlState == "26000" || sqlState == "0A000" }

    /// The error a caller sees.
    func error(of statement: StaticString) -> DatabaseError {
        if endsConnection { return .unavailable(reason: "the connection was lost") }
        switch sqlState {
        case "57014", "55P03": return .timedOut
        // A server that turned read-only is a former primary.
        case "25006": return .unavailable(reason: "the server is read-only")
        default: break
        }
        switch sqlState.prefix(2) {
        case "23": return .constraintViolated(name: constraint, sqlState: sqlState)
        case "40": return .unavailable(reason: "the transaction collided with another")
        case "53", "58": return .unavailable(reason: "the server refuses work (\(sqlState))")
        default:
            return .rejected(
                sqlState: sqlState, message: publishableMessage, statement: "\(statement)")
        }
    }

    /// The message where it speaks of the statement; messages of other classes quote values.
    private var publishableMessage: String {
        switch sqlState.prefix(2) {
        case "0A", "25", "26", "34", "3D", "3F", "42", "55": message
        default: "refused"
        }
    }
}
