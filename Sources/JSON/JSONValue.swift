/// One JSON value (RFC 8259) as it came off the wire, integers and reals kept apart.
///
/// `==` compares strings by canonical equivalence, as Swift does; compare `utf8` views where the
/// bytes matter.
package enum JSONValue: Sendable, Equatable {
    /// The literal `null`.
    case null
    /// `true` or `false`.
    case boolean(Bool)
    /// A number without fraction and exponent that 64 bits hold.
    case integer(Int64)
    /// A number with a fraction or an exponent: `2.0` and `1e2` are reals, never integers.
    case real(Double)
    /// A well-formed number that neither a 64-bit integer nor a double holds.
    case outOfRange
    /// Unicode text without NUL.
    case string(String)
    /// The items in their order.
    case array([JSONValue])
    /// The members in the order of the input, each name once.
    case object([JSONMember])
}

/// One name and its value within an object.
package struct JSONMember: Sendable, Equatable {
    /// The name, escapes resolved.
    package let name: String
    /// What stands behind the colon.
    package let value: JSONValue
    /// What tells most names apart: see ``look(of:)``.
    let look: UInt64

    /// Makes a member.
    package init(name: String, value: JSONValue) {
        self.init(name: name, look: JSONMember.look(of: name), value: value)
    }

    init(name: String, look: UInt64, value: JSONValue) {
        self.name = name
        self.look = look
        self.value = value
    }

    /// The length of a name, its first byte, one in the middle and its last.
    static func look(of name: String) -> UInt64 {
        let bytes = name.utf8.span
        let count = bytes.count
        guard count > 0 else { return 0 }
        return UInt64(truncatingIfNeeded: count) << 24 | UInt64(bytes[0]) << 16
            | UInt64(bytes[count / 2]) << 8 | UInt64(bytes[count - 1])
    }

    /// Whether the name has exactly these bytes.
    ///
    /// `String ==` would take the Kelvin sign U+212A for the letter K.
    func isNamed(_ key: String) -> Bool {
        let own = name.utf8.span
        let wanted = key.utf8.span
        // Most members are told apart by their length.
        guard own.count == wanted.count else { return false }
        for index in own.indices where own[index] != wanted[index] { return false }
        return true
    }
}
