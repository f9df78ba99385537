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
    /// The values that are behind, or within which it stands.
    private(set) var nodes: [JSONNode] = []
    /// See ``JSONDocument``.
    var unescaped: [UInt8] = []

    /// Begins a text of so many bytes.
    init(maximumDepth: Int, byteCount: Int) {
        precondition(byteCount < Int32.max, "bodies and files are bounded far below")
        self.maximumDepth = maximumDepth
        // About as many values as there are in a form, which has names.
        nodes.reserveCapacity(min(byteCount / 16, 64) + 1)
    }

    mutating func document(_ text: Span<UInt8>) throws(Stop) {
        if text.count >= 3, text[0] == 0xEF, text[1] == 0xBB, text[2] == 0xBF {
            throw Stop(reason: .byteOrderMark, offset: 0)
        }
        skipSpace(text)
        if index == text.count { throw Stop(reason: .empty, offset: index) }
        try value(text, named: JSONNode.Place())
        skipSpace(text)
        if index < text.count { throw unexpected(text, otherwise: .trailingBytes) }
    }

    // MARK: Values

    private mutating func value(
        _ text: Span<UInt8>, named name: JSONNode.Place
    ) throws(Stop) {
        guard index < text.count else { throw Stop(reason: .unexpectedEnd, offset: index) }
        switch text[index] {
        case UInt8(ascii: "\""):
            let place = try string(text)
            nodes.append(JSONNode(text: place, named: name, next: nodes.count + 1))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number(text, name)
        case UInt8(ascii: "{"): try object(text, name)
        case UInt8(ascii: "["): try array(text, name)
        case UInt8(ascii: "t"): try literal("true", .boolean, 1, text, name)
        case UInt8(ascii: "f"): try literal("false", .boolean, 0, text, name)
        case UInt8(ascii: "n"): try literal("null", .null, 0, text, name)
        default: throw unexpected(text)
        }
    }

    @inline(__always)
    private mutating func add(
        _ kind: JSONNode.Kind, _ payload: UInt64, _ name: JSONNode.Place
    ) {
        nodes.append(JSONNode(kind, payload, named: name, next: nodes.count + 1))
    }

    /// Ends an array or an object that began with a node: so many values stand in it.
    private mutating func close(_ node: Int, count: Int) {
        depth -= 1
        nodes[node].payload = UInt64(count)
        nodes[node].next = UInt32(truncatingIfNeeded: nodes.count)
    }

    private mutating func array(_ text: Span<UInt8>, _ name: JSONNode.Place) throws(Stop) {
        try open()
        let node = nodes.count
        add(.array, 0, name)
        var count = 0
        skipSpace(text)
        if skip(UInt8(ascii: "]"), text) { return close(node, count: 0) }
        while true {
            skipSpace(text)
            try value(text, named: JSONNode.Place())
            count += 1
            skipSpace(text)
            if skip(UInt8(ascii: ","), text) { continue }
            guard skip(UInt8(ascii: "]"), text) else { throw unexpected(text) }
            return close(node, count: count)
        }
    }

    private mutating func object(_ text: Span<UInt8>, _ name: JSONNode.Place) throws(Stop) {
        try open()
        let node = nodes.count
        add(.object, 0, name)
        var members = Members(of: node)
        skipSpace(text)
        if skip(UInt8(ascii: "}"), text) { return close(node, count: 0) }
        while true {
            skipSpace(text)
            guard index < text.count, text[index] == UInt8(ascii: "\"") else {
                throw unexpected(text)
            }
            let name = try string(text)
            try note(name, in: &members, text)
            skipSpace(text)
            guard skip(UInt8(ascii: ":"), text) else { throw unexpected(text) }
            skipSpace(text)
            try value(text, named: name)
            skipSpace(text)
            if skip(UInt8(ascii: ","), text) { continue }
            guard skip(UInt8(ascii: "}"), text) else { throw unexpected(text) }
            close(node, count: members.count)
            return try check(members, text)
        }
    }

    // MARK: Names

    /// The members of an object so far.
    private struct Members {
        let object: Int
        var count = 0
        /// A bit for each look that a name had: most names share it with no other.
        var looks: UInt64 = 0
        /// Where each name and its first quote end, once there are many.
        var ends: [(name: JSONNode.Place, end: Int)] = []

        init(of object: Int) {
            self.object = object
        }
    }

    /// Notes one more name; told to be there twice where the second of them ends.
    private func note(
        _ name: JSONNode.Place, in members: inout Members, _ text: Span<UInt8>
    ) throws(Stop) {
        members.count += 1
        if members.count > JSONParser.fewMembers {
            if members.ends.isEmpty {
                for earlier in earlierNames(of: members) { members.ends.append((earlier, 0)) }
            }
            members.ends.append((name, index))
            return
        }
        let bit: UInt64 = 1 << UInt64((name.look &* 0x9E37_79B1) >> 26)
        defer { members.looks |= bit }
        if members.looks & bit == 0 { return }
        var earlier = members.object + 1
        while earlier < nodes.count {
            if nodes[earlier].name.look == name.look, isEqual(nodes[earlier].name, name, text) {
                throw Stop(reason: .duplicateName, offset: index)
            }
            earlier = Int(nodes[earlier].next)
        }
    }

    private func earlierNames(of members: Members) -> [JSONNode.Place] {
        var names: [JSONNode.Place] = []
        var earlier = members.object + 1
        while earlier < nodes.count {
            names.append(nodes[earlier].name)
            earlier = Int(nodes[earlier].next)
        }
        return names
    }

    /// Refuses two equal names among many; they are ordered by their bytes.
    private func check(_ members: Members, _ text: Span<UInt8>) throws(Stop) {
        let ends = members.ends
        if ends.isEmpty { return }
        let names = ends.map { bytes(of: $0.name, text) }
        let sorted = names.indices.sorted { first, second in
            names[first].lexicographicallyPrecedes(names[second])
                || (first < second && names[first] == names[second])
        }
        var fault: Int?
        for (first, second) in zip(sorted, sorted.dropFirst()) where names[first] == names[second] {
            fault = min(fault ?? ends[second].end, ends[second].end)
        }
        if let fault { throw Stop(reason: .duplicateName, offset: fault) }
    }

    private func isEqual(
        _ one: JSONNode.Place, _ other: JSONNode.Place, _ text: Span<UInt8>
    ) -> Bool {
        one.count == other.count && bytes(of: one, text) == bytes(of: other, text)
    }

    private func bytes(of name: JSONNode.Place, _ text: Span<UInt8>) -> [UInt8] {
        let range = Int(name.start)..<Int(name.start + name.count)
        return range.map { name.isUnescaped ? unescaped[$0] : text[$0] }
    }

    private mutating func open() throws(Stop) {
        depth += 1
        if depth > maximumDepth { throw Stop(reason: .tooDeep, offset: index) }
        index += 1
    }

    private mutating func literal(
        _ word: String, _ kind: JSONNode.Kind, _ payload: UInt64, _ text: Span<UInt8>,
        _ name: JSONNode.Place
    ) throws(Stop) {
        for byte in word.utf8 {
            guard skip(byte, text) else { throw unexpected(text) }
        }
        add(kind, payload, name)
    }

    // MARK: Numbers

    /// A number by RFC 8259 section 6; what cannot follow one is a fault of its own.
    private mutating func number(_ text: Span<UInt8>, _ name: JSONNode.Place) throws(Stop) {
        let start = index
        let isNegative = skip(UInt8(ascii: "-"), text)
        var magnitude: UInt64 = 0
        var isOver = false
        let first = index
        var next = index
        while next < text.count, let digit = JSONParser.digit(text[next]) {
            let (shifted, isShiftOver) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, isSumOver) = shifted.addingReportingOverflow(digit)
            magnitude = sum
            isOver = isOver || isShiftOver || isSumOver
            next += 1
        }
        index = next
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
            guard !isOver, magnitude <= (isNegative ? Int64.min : Int64.max).magnitude else {
                return add(.outOfRange, 0, name)
            }
            return add(.integer, isNegative ? 0 &- magnitude : magnitude, name)
        }
        let token = try characters(text, start..<index)
        // The grammar is checked above: what the initialiser takes beyond it does not matter.
        guard let number = Double(token), number.isFinite else { return add(.outOfRange, 0, name) }
        add(.real, number.bitPattern, name)
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
        // Most bytes are behind all space.
        while index < text.count, text[index] <= UInt8(ascii: " ") {
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
