import Electricity
import Postgres

/// Reading columns as the words of the trade.
extension RowDecoder {
    mutating func instant() throws(RowError) -> Instant {
        Instant(microsecondsSince1970: try timestamp())
    }

    mutating func optionalInstant() throws(RowError) -> Instant? {
        try optionalTimestamp().map(Instant.init(microsecondsSince1970:))
    }

    mutating func localDate() throws(RowError) -> LocalDate {
        LocalDate(daysSince1970: Int(try date()))
    }

    mutating func optionalLocalDate() throws(RowError) -> LocalDate? {
        try optionalDate().map { LocalDate(daysSince1970: Int($0)) }
    }

    mutating func customerCode() throws(RowError) -> CustomerCode {
        let text = try string()
        guard let code = CustomerCode(exact: text) else {
            throw RowError(column: "customer_code", reason: .malformed)
        }
        return code
    }

    /// A text column that a check constraint holds to the cases of an enumeration.
    mutating func word<Word: RawRepresentable<String>>(
        _ type: Word.Type
    ) throws(RowError) -> Word {
        let text = try string()
        guard let word = Word(rawValue: text) else {
            throw RowError(column: String(describing: type), reason: .malformed)
        }
        return word
    }

    mutating func optionalWord<Word: RawRepresentable<String>>(
        _ type: Word.Type
    ) throws(RowError) -> Word? {
        guard let text = try optionalString() else { return nil }
        guard let word = Word(rawValue: text) else {
            throw RowError(column: String(describing: type), reason: .malformed)
        }
        return word
    }
}
