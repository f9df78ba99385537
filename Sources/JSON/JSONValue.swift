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

    /// Makes a member.
    package init(name: String, value: JSONValue) {
        self.name = name
        self.value = value
    }
}

extension JSONValue {
    /// Reads exactly one JSON text; see ``JSONDocument``.
    package static func parse(
        _ bytes: [UInt8], maximumDepth: Int = 32
    ) throws(JSONSyntaxError) -> JSONValue {
        try JSONDocument(bytes, maximumDepth: maximumDepth).value
    }
}
