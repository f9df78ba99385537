/// Reading of what other services send, which is looked at member by member and not held to a form
/// of ours.
extension JSONValue {
    /// A member of an object by the bytes of its name; nil when there is none.
    package func member(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    /// A text that is not empty and not longer than any reference.
    package func text(_ name: String) -> String? {
        guard case .string(let text)? = member(name), (1...4_096).contains(text.utf8.count) else {
            return nil
        }
        return text
    }

    /// A whole number.
    package func integer(_ name: String) -> Int64? {
        if case .integer(let number)? = member(name) { number } else { nil }
    }

    /// A reference, which some providers write as a number and some as a text; nil when it is
    /// empty, zero or longer than we keep.
    package func reference(_ name: String) -> String? {
        switch member(name) {
        case .integer(let number) where number > 0: "\(number)"
        case .string(let text) where (1...100).contains(text.utf8.count): text
        default: nil
        }
    }

    /// What is read of bytes that are one JSON object; nil for anything else.
    package static func object(_ bytes: [UInt8]) -> JSONValue? {
        // What is not JSON is malformed, whatever the fault.
        guard let value = try? JSONValue.parse(bytes), case .object = value else { return nil }
        return value
    }
}
