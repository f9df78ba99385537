import JSON

/// A value on a line of its own, for scripts.
enum JSONLine {
    /// The value as the service wrote it, apart from white space and escapes.
    ///
    /// What a terminal would obey is escaped here too: nobody knows where a line ends up.
    static func text(_ value: JSONValue) -> String {
        var writer = JSONWriter(reservingCapacity: 1_024)
        writer.element(value)
        let text = String(decoding: writer.bytes, as: UTF8.self)
        // Outside of strings there are only bytes that need none.
        return TerminalText.visible(text)
    }
}

extension JSONWriter {
    /// Writes a value that was read as the next item.
    fileprivate mutating func element(_ value: JSONValue) {
        switch value {
        // Beyond both kinds of numbers: its digits are not kept.
        case .null, .outOfRange: nullElement()
        case .boolean(let truth): element(truth)
        case .integer(let number): element(number)
        case .real(let number): rawElement(Array("\(number)".utf8))
        case .string(let text): element(text)
        case .array(let items):
            array { writer in
                for item in items { writer.element(item) }
            }
        case .object(let members):
            object { writer in
                for member in members { writer.field(member.name, member.value) }
            }
        }
    }

    private mutating func field(_ name: String, _ value: JSONValue) {
        var inner = JSONWriter(reservingCapacity: 64)
        inner.element(value)
        rawField(name, inner.bytes)
    }
}
