extension JSONValue {
    /// Reads exactly one JSON text (RFC 8259) with nothing but white space around it.
    ///
    /// Stricter than the RFC where it leaves room: no duplicate names, no byte order mark, no
    /// unpaired surrogates, no NUL, and at most `maximumDepth` arrays and objects within each
    /// other. A number that no 64-bit integer or double holds is ``outOfRange``, not an error.
    package static func parse(
        _ bytes: [UInt8], maximumDepth: Int = 32
    ) throws(JSONSyntaxError) -> JSONValue {
        try parse(bytes.span, maximumDepth: maximumDepth)
    }

    /// The same of bytes that somebody else holds, without a copy of them.
    package static func parse(
        _ text: Span<UInt8>, maximumDepth: Int = 32
    ) throws(JSONSyntaxError) -> JSONValue {
        var parser = JSONParser(maximumDepth: maximumDepth)
        do throws(JSONParser.Stop) {
            return try parser.document(text)
        } catch {
            throw JSONSyntaxError(error.reason, at: error.offset, in: text)
        }
    }
}

/// Goes over a text once, from its first byte to its last or to the first fault.
///
/// Each byte is looked at a fixed number of times, but for names of objects with many members,
/// which are sorted. It calls itself as often as values are nested, which is bounded.
struct JSONParser {
    /// Where it stopped, and why.
    struct Stop: Error {
        let reason: JSONSyntaxError.Reason
        let offset: Int
    }

    /// Up to so many members, each name is held against those before it; beyond, they are sorted.
    private static let fewMembers = 32

    private let maximumDepth: Int
    /// Bytes that are behind.
    var index = 0
    private var depth = 0

    init(maximumDepth: Int) {
        self.maximumDepth = maximumDepth
    }

    mutating func document(_ text: Span<UInt8>) throws(Stop) -> JSONValue {
        if text.count >= 3, text[0] == 0xEF, text[1] == 0xBB, text[2] == 0xBF {
            throw Stop(reason: .byteOrderMark, offset: 0)
        }
        skipSpace(text)
        if index == text.count { throw Stop(reason: .empty, offset: index) }
        let value = try value(text)
        skipSpace(text)
        if index < text.count { throw unexpected(text, otherwise: .trailingBytes) }
        return value
    }

    // MARK: Values

    private mutating func value(_ text: Span<UInt8>) throws(Stop) -> JSONValue {
        guard index < text.count else { throw Stop(reason: .unexpectedEnd, offset: index) }
        switch text[index] {
        case UInt8(ascii: "\""): return .string(try string(text))
        case UInt8(ascii: "{"): return try object(text)
        case UInt8(ascii: "["): return try array(text)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number(text)
        case UInt8(ascii: "t"): return try literal("true", .boolean(true), text)
        case UInt8(ascii: "f"): return try literal("false", .boolean(false), text)
        case UInt8(ascii: "n"): return try literal("null", .null, text)
        default: throw unexpected(text)
        }
    }

    private mutating func array(_ text: Span<UInt8>) throws(Stop) -> JSONValue {
        try open()
        var items: [JSONValue] = []
        skipSpace(text)
        if skip(UInt8(ascii: "]"), text) {
            depth -= 1
            return .array(items)
        }
        while true {
            skipSpace(text)
            items.append(try value(text))
            skipSpace(text)
            if skip(UInt8(ascii: ","), text) { continue }
            guard skip(UInt8(ascii: "]"), text) else { throw unexpected(text) }
            depth -= 1
            return .array(items)
        }
    }

    private mutating func object(_ text: Span<UInt8>) throws(Stop) -> JSONValue {
        try open()
        var members: [JSONMember] = []
        var ends: [Int] = []
        skipSpace(text)
        if skip(UInt8(ascii: "}"), text) {
            depth -= 1
            return .object(members)
        }
        members.reserveCapacity(8)
        while true {
            skipSpace(text)
            guard index < text.count, text[index] == UInt8(ascii: "\"") else {
                throw unexpected(text)
            }
            let name = try string(text)
            let look = JSONMember.look(of: name)
            if members.count < JSONParser.fewMembers {
                for earlier in members.indices
                where members[earlier].look == look && members[earlier].isNamed(name) {
                    throw Stop(reason: .duplicateName, offset: index)
                }
            } else {
                // Told where the second of them ends, as among few.
                if ends.isEmpty { ends = Array(repeating: 0, count: members.count) }
                ends.append(index)
            }
            skipSpace(text)
            guard skip(UInt8(ascii: ":"), text) else { throw unexpected(text) }
            skipSpace(text)
            members.append(JSONMember(name: name, look: look, value: try value(text)))
            skipSpace(text)
            if skip(UInt8(ascii: ","), text) { continue }
            guard skip(UInt8(ascii: "}"), text) else { throw unexpected(text) }
            depth -= 1
            try JSONParser.check(members, ends)
            return .object(members)
        }
    }

    /// Refuses two equal names among many; they are ordered by their bytes.
    private static func check(_ members: [JSONMember], _ ends: [Int]) throws(Stop) {
        if ends.isEmpty { return }
        let sorted = members.indices.sorted { first, second in
            let isBefore = members[first].name.utf8.lexicographicallyPrecedes(
                members[second].name.utf8)
            return isBefore || (first < second && members[first].isNamed(members[second].name))
        }
        var fault: Int?
        for (first, second) in zip(sorted, sorted.dropFirst())
        where members[first].isNamed(members[second].name) {
            fault = min(fault ?? ends[second], ends[second])
        }
        if let fault { throw Stop(reason: .duplicateName, offset: fault) }
    }

    private mutating func open() throws(Stop) {
        depth += 1
        if depth > maximumDepth { throw Stop(reason: .tooDeep, offset: index) }
        index += 1
    }

    private mutating func literal(
        _ word: String, _ value: JSONValue, _ text: Span<UInt8>
    ) throws(Stop) -> JSONValue {
        for byte in word.utf8 {
            guard skip(byte, text) else { throw unexpected(text) }
        }
        return value
    }

    /// A number by RFC 8259 section 6; what cannot follow one is a fault of its own.
    private mutating func number(_ text: Span<UInt8>) throws(Stop) -> JSONValue {
        let start = index
        let isNegative = skip(UInt8(ascii: "-"), text)
        var magnitude: UInt64 = 0
        var isOver = false
        let first = index
        while index < text.count, let digit = JSONParser.digit(text[index]) {
            let (shifted, isShiftOver) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, isSumOver) = shifted.addingReportingOverflow(digit)
            magnitude = sum
            isOver = isOver || isShiftOver || isSumOver
            index += 1
        }
        if index == first { throw noDigit(text) }
        if index - first > 1, text[first] == UInt8(ascii: "0") {
            throw Stop(reason: .syntax, offset: first)
        }
        var isInteger = true
        if skip(UInt8(ascii: "."), text) {
            isInteger = false
            try digits(text)
        }
        if index < text.count, text[index] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            index += 1
            if !skip(UInt8(ascii: "+"), text) { _ = skip(UInt8(ascii: "-"), text) }
            try digits(text)
        }
        if index < text.count, JSONParser.isOfNumber(text[index]) { throw unexpected(text) }
        if isInteger {
            return isOver ? .outOfRange : JSONParser.integer(magnitude, isNegative: isNegative)
        }
        let token = try characters(text, start..<index)
        // The grammar is checked above: what the initialiser takes beyond it does not matter.
        guard let number = Double(token), number.isFinite else { return .outOfRange }
        return .real(number)
    }

    private static func integer(_ magnitude: UInt64, isNegative: Bool) -> JSONValue {
        if !isNegative { return Int64(exactly: magnitude).map { .integer($0) } ?? .outOfRange }
        if magnitude > Int64.min.magnitude { return .outOfRange }
        return .integer(Int64(truncatingIfNeeded: 0 &- magnitude))
    }

    private mutating func digits(_ text: Span<UInt8>) throws(Stop) {
        let start = index
        while index < text.count, JSONParser.digit(text[index]) != nil { index += 1 }
        if index == start { throw noDigit(text) }
    }

    /// A number that ends here is none, whatever follows.
    private func noDigit(_ text: Span<UInt8>) -> Stop {
        index < text.count ? unexpected(text) : Stop(reason: .syntax, offset: index)
    }

    private static func digit(_ byte: UInt8) -> UInt64? {
        let digit = byte &- UInt8(ascii: "0")
        return digit < 10 ? UInt64(digit) : nil
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool {
        digit(byte) != nil || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
            || byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e")
    }

    // MARK: Bytes

    private mutating func skipSpace(_ text: Span<UInt8>) {
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                index += 1
            default: return
            }
        }
    }

    /// Whether this byte stands here; it is behind then.
    private mutating func skip(_ byte: UInt8, _ text: Span<UInt8>) -> Bool {
        guard index < text.count, text[index] == byte else { return false }
        index += 1
        return true
    }

    /// What is wrong about the byte here, or about the end.
    func unexpected(
        _ text: Span<UInt8>, otherwise reason: JSONSyntaxError.Reason = .syntax
    ) -> Stop {
        guard index < text.count else { return Stop(reason: .unexpectedEnd, offset: index) }
        switch text[index] {
        case 0: return Stop(reason: .nul, offset: index)
        case 0x80...:
            let rest = text.extracting(index..<min(index + 4, text.count))
            return Stop(
                reason: JSONParser.beginsCharacter(rest) ? reason : .invalidUTF8, offset: index)
        default: return Stop(reason: reason, offset: index)
        }
    }
}
