import Electricity
import JSON

/// Members as lines of imports have them.
extension JSONObject {
    /// A customer code in its one form.
    func customerCode(_ name: JSONName) -> CustomerCode? {
        guard let text = string(name, length: 13...13) else { return nil }
        return checked(name, CustomerCode(exact: text))
    }

    /// A month, such as `2026-11`.
    func month(_ name: JSONName) -> BillingMonth? {
        guard let text = string(name, length: 7...7) else { return nil }
        return checked(name, BillingMonth(text))
    }

    /// A day, such as `2026-11-25`.
    func date(_ name: JSONName) -> LocalDate? {
        guard let text = string(name, length: 10...10) else { return nil }
        return checked(name, LocalDate(text))
    }

    /// The same, or nothing.
    func optionalDate(_ name: JSONName) -> LocalDate? { holds(name) ? date(name) : nil }

    /// An instant as RFC 3339 has it.
    func instant(_ name: JSONName) -> Instant? {
        guard let text = string(name, length: 20...35) else { return nil }
        return checked(name, Instant(rfc3339: text))
    }

    /// The same, or nothing.
    func optionalInstant(_ name: JSONName) -> Instant? { holds(name) ? instant(name) : nil }

    /// One of the words of an enumeration.
    func word<Word: RawRepresentable<String>>(_ name: JSONName, _ type: Word.Type) -> Word? {
        word(string(name, length: 1...20), at: name)
    }

    /// The same, or nothing.
    func optionalWord<Word: RawRepresentable<String>>(
        _ name: JSONName, _ type: Word.Type
    ) -> Word? {
        word(optionalString(name, length: 1...20), at: name)
    }

    private func word<Word: RawRepresentable<String>>(_ text: String?, at name: JSONName) -> Word? {
        guard let text else { return nil }
        if let word = Word(rawValue: text) { return word }
        fault(name, .notAllowed)
        return nil
    }

    /// A name that systems have for something: printable ASCII without spaces.
    func name(_ key: JSONName, atMost length: Int) -> String? {
        guard let text = string(key, length: 1...length) else { return nil }
        return checked(key, text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? text : nil)
    }

    /// Text for people to read, on one line.
    func line(_ name: JSONName, atMost length: Int) -> String? {
        guard let text = string(name, length: 1...length) else { return nil }
        return checked(name, PersonalText.accepted(text, maximumScalars: length))
    }

    /// The same, or nothing.
    func optionalLine(_ name: JSONName, atMost length: Int) -> String? {
        holds(name) ? line(name, atMost: length) : nil
    }

    private func checked<Value>(_ name: JSONName, _ value: Value?) -> Value? {
        if value == nil { fault(name, .wrongFormat) }
        return value
    }
}
