import JSON

extension JSONValue {
    /// A member that is a whole number.
    func wholeNumber(_ name: String) -> Int64? {
        if case .integer(let number)? = member(name) { number } else { nil }
    }

    /// A member that is one of the words of an enumeration.
    func word<Word: RawRepresentable<String>>(
        _ name: String, _ type: Word.Type
    ) -> Word? {
        if case .string(let text)? = member(name) { Word(rawValue: text) } else { nil }
    }
}
