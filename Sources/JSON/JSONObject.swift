@_spi(_Unicode) import Swift

/// Reads the members of one object and records every one that is wrong.
///
/// Each method answers nil and adds a fault when the value is not what was asked for; an
/// `optional…` method also answers nil, without a fault, when the member is absent or `null`.
/// Read everything, then ask ``JSONFaults/isEmpty``. Unknown members are ignored. Texts are given
/// and measured in NFC, however they were composed.
package struct JSONObject {
    private let reading: JSONReading
    private let node: Int

    /// Takes the root of a body; anything but an object is `wrong_type` at `#`.
    package init?(root: JSONDocument, faults: JSONFaults) {
        self.init(JSONReading(root, faults), 0)
    }

    /// The same of a tree.
    package init?(root: JSONValue, faults: JSONFaults) {
        self.init(root: JSONDocument(root), faults: faults)
    }

    private init?(_ reading: JSONReading, _ node: Int) {
        guard reading.document.nodes[node].kind == .object else {
            reading.fault(.wrongType, at: node)
            return nil
        }
        self.reading = reading
        self.node = node
    }

    private var document: JSONDocument { reading.document }

    /// JSON Pointer of this object, `#` for the root.
    package var pointer: String { document.pointer(of: node) }

    /// Whether the member is there, `null` included.
    package func has(_ key: JSONName) -> Bool { member(key) != nil }

    /// Whether the member is there and is `null`.
    package func isNull(_ key: JSONName) -> Bool {
        member(key).map { document.nodes[$0].kind == .null } ?? false
    }

    /// Whether the member is there and is not `null`.
    package func holds(_ key: JSONName) -> Bool { present(key) != nil }

    /// Records a fault of the caller's own: of one member, or of the object when `key` is nil.
    package func fault(_ key: JSONName?, _ code: JSONFault.Code) {
        reading.faults.add(
            code, at: key.map { JSONPointer.child($0.text, of: pointer) } ?? pointer)
    }

    /// A text whose length in Unicode scalars lies within `length`.
    package func string(_ key: JSONName, length: ClosedRange<Int>) -> String? {
        required(key).flatMap { text($0, length: length, at: key) }
    }

    /// The same, or nothing.
    package func optionalString(_ key: JSONName, length: ClosedRange<Int>) -> String? {
        present(key).flatMap { text($0, length: length, at: key) }
    }

    /// A whole number within `range`; `2.0` and `1e2` are not whole numbers.
    package func integer(_ key: JSONName, in range: ClosedRange<Int64>) -> Int64? {
        required(key).flatMap { wholeNumber($0, in: range, at: key) }
    }

    /// The same, or nothing.
    package func optionalInteger(_ key: JSONName, in range: ClosedRange<Int64>) -> Int64? {
        present(key).flatMap { wholeNumber($0, in: range, at: key) }
    }

    /// A number with at most so many decimals within `range`, in units of the last one: with two
    /// decimals `0.85` is 85.
    package func decimal(
        _ key: JSONName, decimals: Int, in range: ClosedRange<Int64>
    ) -> Int64? {
        required(key).flatMap { scaled($0, decimals: decimals, in: range, at: key) }
    }

    /// The same, or nothing.
    package func optionalDecimal(
        _ key: JSONName, decimals: Int, in range: ClosedRange<Int64>
    ) -> Int64? {
        present(key).flatMap { scaled($0, decimals: decimals, in: range, at: key) }
    }

    /// `true` or `false`.
    package func boolean(_ key: JSONName) -> Bool? {
        required(key).flatMap { truth($0, at: key) }
    }

    /// The same, or nothing.
    package func optionalBoolean(_ key: JSONName) -> Bool? {
        present(key).flatMap { truth($0, at: key) }
    }

    /// An object within this one.
    package func object(_ key: JSONName) -> JSONObject? {
        required(key).flatMap { JSONObject(reading, $0) }
    }

    /// The same, or nothing.
    package func optionalObject(_ key: JSONName) -> JSONObject? {
        present(key).flatMap { JSONObject(reading, $0) }
    }

    /// An array of `count` texts; each wrong item is nil and named by its own pointer, such as
    /// `#/codes/1`.
    ///
    /// The items of an array that is too long are not looked at.
    package func strings(
        _ key: JSONName, count: ClosedRange<Int>, length: ClosedRange<Int>
    ) -> [String?]? {
        guard let items = items(key, count: count) else { return nil }
        return items.map { item in
            if let wrong = wrong(item, length: length) {
                reading.fault(wrong, at: item)
                return nil
            }
            return text(item)
        }
    }

    /// An array of at most `count` words of a list; each other item is named by its own pointer.
    package func words(_ key: JSONName, atMost count: Int, among list: [String]) -> [String]? {
        let longest = list.map(\.utf8.count).max() ?? 0
        guard let items = strings(key, count: 0...count, length: 1...max(1, longest)) else {
            return nil
        }
        for (index, item) in items.enumerated() {
            // What is no text of such a length is told already.
            guard let item, !list.contains(item) else { continue }
            fault(key, item: index, .notAllowed)
        }
        return items.compactMap(\.self)
    }

    /// An array of `count` objects.
    ///
    /// Faults inside them are named by pointers such as `#/lines/2/tier`.
    package func objects(_ key: JSONName, count: ClosedRange<Int>) -> [JSONObject]? {
        guard let items = items(key, count: count) else { return nil }
        var objects: [JSONObject] = []
        objects.reserveCapacity(items.count)
        for item in items {
            if let object = JSONObject(reading, item) { objects.append(object) }
        }
        return objects
    }

    /// An item of an array that cannot be used.
    package func fault(_ key: JSONName, item index: Int, _ code: JSONFault.Code) {
        reading.faults.add(
            code, at: "\(JSONPointer.child(key.text, of: pointer))/\(index)")
    }

    // MARK: - One value

    private func member(_ key: JSONName) -> Int? { reading.member(key, of: node) }

    private func present(_ key: JSONName) -> Int? {
        guard let member = member(key), document.nodes[member].kind != .null else { return nil }
        return member
    }

    private func required(_ key: JSONName) -> Int? { present(key) ?? refuse(key, .missing) }

    private func refuse<Value>(_ key: JSONName, _ code: JSONFault.Code) -> Value? {
        fault(key, code)
        return nil
    }

    private func items(_ key: JSONName, count: ClosedRange<Int>) -> [Int]? {
        guard let member = required(key) else { return nil }
        guard document.nodes[member].kind == .array else { return refuse(key, .wrongType) }
        let itemCount = document.nodes[member].payload
        if itemCount > count.upperBound { return refuse(key, .tooManyItems) }
        if itemCount < count.lowerBound { return refuse(key, .tooFewItems) }
        return document.children(of: member)
    }

    private func text(_ member: Int, length: ClosedRange<Int>, at key: JSONName) -> String? {
        if let wrong = wrong(member, length: length) { return refuse(key, wrong) }
        return text(member)
    }

    /// What is wrong about a text, if it is one.
    private func wrong(_ member: Int, length: ClosedRange<Int>) -> JSONFault.Code? {
        guard document.nodes[member].kind == .text else { return .wrongType }
        let place = document.nodes[member].text
        let count = place.isASCII ? Int(place.count) : text(member).unicodeScalars.count
        if count < length.lowerBound { return .tooShort }
        return count > length.upperBound ? .tooLong : nil
    }

    private func text(_ member: Int) -> String {
        let place = document.nodes[member].text
        let text = document.string(place)
        return place.isASCII ? text : JSONObject.composed(text)
    }

    /// The text in NFC.
    private static func composed(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: text._nfc)
        return String(scalars)
    }

    private func wholeNumber(
        _ member: Int, in range: ClosedRange<Int64>, at key: JSONName
    ) -> Int64? {
        switch document.nodes[member].kind {
        case .integer:
            let number = document.nodes[member].integer
            return range.contains(number) ? number : refuse(key, .outOfRange)
        case .real: return refuse(key, .notAnInteger)
        case .outOfRange: return refuse(key, .outOfRange)
        default: return refuse(key, .wrongType)
        }
    }

    private func scaled(
        _ member: Int, decimals: Int, in range: ClosedRange<Int64>, at key: JSONName
    ) -> Int64? {
        var unit: Int64 = 1
        for _ in 0..<decimals { unit *= 10 }
        switch document.nodes[member].kind {
        case .integer:
            let (scaled, isOver) = document.nodes[member].integer
                .multipliedReportingOverflow(by: unit)
            return !isOver && range.contains(scaled) ? scaled : refuse(key, .outOfRange)
        case .real:
            let scaled = Double(bitPattern: document.nodes[member].payload) * Double(unit)
            // Beyond this a double has no decimals left to be told apart.
            guard scaled.magnitude < 1e12 else { return refuse(key, .outOfRange) }
            let whole = scaled.rounded()
            guard (scaled - whole).magnitude < 1e-6 else { return refuse(key, .wrongFormat) }
            return range.contains(Int64(whole)) ? Int64(whole) : refuse(key, .outOfRange)
        case .outOfRange: return refuse(key, .outOfRange)
        default: return refuse(key, .wrongType)
        }
    }

    private func truth(_ member: Int, at key: JSONName) -> Bool? {
        guard document.nodes[member].kind == .boolean else { return refuse(key, .wrongType) }
        return document.nodes[member].payload != 0
    }
}

/// A document that a form is read from, what was found wrong in it, and where it was last looked.
private final class JSONReading {
    let document: JSONDocument
    let faults: JSONFaults
    /// The object that was last asked for a member, and what stands behind the one that was found:
    /// members are asked for in the order in which they are sent, most times.
    private var object = 0
    private var next = 1

    init(_ document: JSONDocument, _ faults: JSONFaults) {
        self.document = document
        self.faults = faults
    }

    func fault(_ code: JSONFault.Code, at node: Int) {
        faults.add(code, at: document.pointer(of: node))
    }

    /// The member of an object that has a name; nil when there is none.
    func member(_ name: JSONName, of node: Int) -> Int? {
        let end = Int(document.nodes[node].next)
        let start = object == node ? next : node + 1
        guard
            let found = document.member(name, from: start, to: end)
                ?? document.member(name, from: node + 1, to: start)
        else { return nil }
        object = node
        next = Int(document.nodes[found].next)
        return found
    }
}
