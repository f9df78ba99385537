import JSON
import Postgres

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

extension JSONObject {
    /// An array of `count` ids; each item that is none is named by its own pointer.
    func ids(_ key: JSONName, count: ClosedRange<Int>) -> [UUID] {
        let texts = strings(key, count: count, length: 36...36) ?? []
        var ids: [UUID] = []
        for (index, text) in texts.enumerated() {
            // What is no text of this length is told already.
            guard let text else { continue }
            if let id = UUID(text) {
                ids.append(id)
            } else {
                fault(key, item: index, .wrongFormat)
            }
        }
        return ids
    }
}
