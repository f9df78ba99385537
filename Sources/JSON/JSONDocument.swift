/// One JSON text (RFC 8259) that has been read: its values one behind the other, as they stand in
/// it.
///
/// Texts stay where they are until somebody asks for one, so that reading a text makes a list of
/// its values and nothing for each of them. Forms are read from it by ``JSONObject``; ``value`` is
/// the same as a tree.
package final class JSONDocument: Sendable {
    /// The bytes that it was read from; the text begins at `origin`.
    private let bytes: [UInt8]
    private let origin: Int
    /// Names and texts that were written with escapes, without them.
    private let unescaped: [UInt8]
    /// The values, each before those within it; the first one is the root.
    let nodes: [JSONNode]

    /// Reads exactly one JSON text with nothing but white space around it.
    ///
    /// Stricter than the RFC where it leaves room: no duplicate names, no byte order mark, no
    /// unpaired surrogates, no NUL, and at most `maximumDepth` arrays and objects within each
    /// other. A number that no 64-bit integer or double holds is ``JSONValue/outOfRange``, not an
    /// error.
    package convenience init(
        _ bytes: [UInt8], maximumDepth: Int = 32
    ) throws(JSONSyntaxError) {
        try self.init(bytes, bytes.indices, maximumDepth: maximumDepth)
    }

    /// The same of a part of bytes, which are kept as they are.
    package init(
        _ bytes: [UInt8], _ range: Range<Int>, maximumDepth: Int = 32
    ) throws(JSONSyntaxError) {
        let text = bytes.span.extracting(range)
        var parser = JSONParser(maximumDepth: maximumDepth, byteCount: text.count)
        do throws(JSONParser.Stop) {
            try parser.document(text)
        } catch {
            throw JSONSyntaxError(error.reason, at: error.offset, in: text)
        }
        self.bytes = bytes
        origin = range.lowerBound
        unescaped = parser.unescaped
        nodes = parser.nodes
    }

    /// Lists the values of a tree.
    package init(_ value: JSONValue) {
        var list = JSONNodeList()
        list.add(value, named: "")
        bytes = list.bytes
        origin = 0
        unescaped = []
        nodes = list.nodes
    }

    /// What stands in the place of a text where there is none.
    package static let null = JSONDocument(.null)

    /// All of it as a tree.
    package var value: JSONValue { value(of: 0) }

    // MARK: Values

    /// What a value is, with all that is in it.
    func value(of node: Int) -> JSONValue {
        switch nodes[node].kind {
        case .null: .null
        case .boolean: .boolean(nodes[node].payload != 0)
        case .integer: .integer(nodes[node].integer)
        case .real: .real(Double(bitPattern: nodes[node].payload))
        case .outOfRange: .outOfRange
        case .text: .string(string(nodes[node].text))
        case .array: .array(children(of: node).map(value))
        case .object:
            .object(
                children(of: node).map {
                    JSONMember(name: string(nodes[$0].name), value: value(of: $0))
                })
        }
    }

    /// The items of an array, or the members of an object.
    func children(of node: Int) -> [Int] {
        var children: [Int] = []
        children.reserveCapacity(Int(truncatingIfNeeded: nodes[node].payload))
        var child = node + 1
        while child < nodes[node].next {
            children.append(child)
            child = Int(nodes[child].next)
        }
        return children
    }

    /// The first of the members from one node to another, which follow each other, that has a name.
    func member(_ name: JSONName, from first: Int, to end: Int) -> Int? {
        var child = first
        while child < end {
            if nodes[child].name.look == name.look, isName(nodes[child].name, name) {
                return child
            }
            child = Int(nodes[child].next)
        }
        return nil
    }

    private func isName(_ place: JSONNode.Place, _ name: JSONName) -> Bool {
        // `String ==` would take the Kelvin sign U+212A for the letter K.
        let wanted = name.text.utf8.span
        guard Int(place.count) == wanted.count else { return false }
        let start = range(of: place).lowerBound
        return place.isUnescaped
            ? JSONDocument.isEqual(unescaped, from: start, wanted)
            : JSONDocument.isEqual(bytes, from: start, wanted)
    }

    @inline(__always)
    private static func isEqual(
        _ bytes: [UInt8], from start: Int, _ wanted: Span<UInt8>
    ) -> Bool {
        for index in wanted.indices where bytes[start + index] != wanted[index] { return false }
        return true
    }

    private func range(of place: JSONNode.Place) -> Range<Int> {
        let start = Int(place.start) + (place.isUnescaped ? 0 : origin)
        return start..<start + Int(place.count)
    }

    /// The characters of a name or a text.
    func string(_ place: JSONNode.Place) -> String {
        place.isUnescaped
            ? JSONDocument.string(unescaped, range(of: place))
            : JSONDocument.string(bytes, range(of: place))
    }

    private static func string(_ bytes: [UInt8], _ range: Range<Int>) -> String {
        // They were found to be characters when they were read.
        guard let characters = try? UTF8Span(validating: bytes.span.extracting(range)) else {
            return ""
        }
        return String(copying: characters)
    }

    // MARK: Pointers

    /// The JSON Pointer of a value in its URI fragment form (RFC 6901 section 6), `#` for the root.
    ///
    /// Only what is wrong is ever named, so nobody notes it down before.
    func pointer(of target: Int) -> String {
        var pointer = "#"
        var node = 0
        while node < target {
            var child = node + 1
            var index = 0
            while nodes[child].next <= target {
                child = Int(nodes[child].next)
                index += 1
            }
            pointer =
                nodes[node].kind == .object
                ? JSONPointer.child(string(nodes[child].name), of: pointer) : "\(pointer)/\(index)"
            node = child
        }
        return pointer
    }
}

extension JSONDocument: Equatable {
    /// Whether they say the same, however they are written.
    package static func == (one: JSONDocument, other: JSONDocument) -> Bool {
        one.value == other.value
    }
}

/// One value of a text, and the name under which it stands there.
struct JSONNode {
    /// What it is.
    enum Kind: UInt8 {
        case null, boolean, integer, real, outOfRange, text, array, object
    }

    /// Where a name or a text stands, without its quotes.
    struct Place {
        var start: UInt32 = 0
        var count: UInt32 = 0
        /// What tells most names apart: how long it is, its first byte, one in the middle and its
        /// last.
        var look: UInt32 = 0
        /// It was written with escapes, and stands among those that were.
        var isUnescaped = false
        var isASCII = true

        /// An item has no name.
        init() {}

        init(start: UInt32, count: UInt32, isUnescaped: Bool, isASCII: Bool) {
            self.start = start
            self.count = count
            self.isUnescaped = isUnescaped
            self.isASCII = isASCII
        }

        /// Looks at it where it stands.
        @inline(__always)
        init(_ range: Range<Int>, in bytes: Span<UInt8>, isUnescaped: Bool, isASCII: Bool) {
            start = UInt32(truncatingIfNeeded: range.lowerBound)
            count = UInt32(truncatingIfNeeded: range.count)
            look = JSONName.look(of: bytes, range)
            self.isUnescaped = isUnescaped
            self.isASCII = isASCII
        }
    }

    let kind: Kind
    /// A number, the bits of a double, a truth value, where a text stands, or how many values
    /// there are in this one.
    var payload: UInt64 = 0
    var isUnescaped = false
    var isASCII = true
    /// Of an item, nothing.
    let name: Place
    /// The first value that is not within this one.
    var next: UInt32 = 0

    init(_ kind: Kind, _ payload: UInt64 = 0, named name: Place, next: Int) {
        self.kind = kind
        self.payload = payload
        self.name = name
        self.next = UInt32(truncatingIfNeeded: next)
    }

    init(text: Place, named name: Place, next: Int) {
        self.init(
            .text, UInt64(text.start) << 32 | UInt64(text.count), named: name, next: next)
        isUnescaped = text.isUnescaped
        isASCII = text.isASCII
    }

    var integer: Int64 { Int64(bitPattern: payload) }

    var text: Place {
        Place(
            start: UInt32(truncatingIfNeeded: payload >> 32),
            count: UInt32(truncatingIfNeeded: payload), isUnescaped: isUnescaped, isASCII: isASCII)
    }
}

/// The values of a tree, put one behind the other.
private struct JSONNodeList {
    private(set) var bytes: [UInt8] = []
    private(set) var nodes: [JSONNode] = []

    mutating func add(_ value: JSONValue, named name: String) {
        let name = place(of: name)
        let node = nodes.count
        switch value {
        case .null: leaf(.null, 0, name)
        case .boolean(let truth): leaf(.boolean, truth ? 1 : 0, name)
        case .integer(let number): leaf(.integer, UInt64(bitPattern: number), name)
        case .real(let number): leaf(.real, number.bitPattern, name)
        case .outOfRange: leaf(.outOfRange, 0, name)
        case .string(let text):
            nodes.append(JSONNode(text: place(of: text), named: name, next: node + 1))
        case .array(let items):
            leaf(.array, UInt64(items.count), name)
            for item in items { add(item, named: "") }
        case .object(let members):
            leaf(.object, UInt64(members.count), name)
            for member in members { add(member.value, named: member.name) }
        }
        nodes[node].next = UInt32(truncatingIfNeeded: nodes.count)
    }

    private mutating func leaf(_ kind: JSONNode.Kind, _ payload: UInt64, _ name: JSONNode.Place) {
        nodes.append(JSONNode(kind, payload, named: name, next: nodes.count + 1))
    }

    private mutating func place(of text: String) -> JSONNode.Place {
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        return JSONNode.Place(
            start..<bytes.count, in: bytes.span, isUnescaped: false,
            isASCII: text.utf8.allSatisfy { $0 < 0x80 })
    }
}
