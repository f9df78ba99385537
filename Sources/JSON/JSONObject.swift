@_spi(_Unicode) import Swift

/// Reads the members of one object and records every one that is wrong.
///
/// Each method answers nil and adds a fault when the value is not what was asked for; an
/// `optional…` method also answers nil, without a fault, when the member is absent or `null`.
/// Read everything, then ask ``JSONFaults/isEmpty``. Unknown members are ignored. Texts are given
/// and measured in NFC, however they were composed.
package struct JSONObject {
    /// JSON Pointer of this object, `#` for the root.
    package var pointer: String { place.pointer }
    private let place: JSONPlace
    private let members: [JSONMember]
    private let faults: JSONFaults

    /// Takes the root of a body; anything but an object is `wrong_type` at `#`.
    package init?(root: JSONValue, faults: JSONFaults) {
        self.init(root, place: .root, faults: faults)
    }

    private init?(_ value: JSONValue, place: JSONPlace, faults: JSONFaults) {
        guard case .object(let members) = value else {
            faults.add(.wrongType, at: place.pointer)
            return nil
        }
        self.place = place
        self.members = members
        self.faults = faults
    }

    /// Whether the member is there, `null` included.
    package func has(_ key: String) -> Bool { value(key) != nil }

    /// Whether the member is there and is `null`.
    package func isNull(_ key: String) -> Bool {
        if case .null? = value(key) { true } else { false }
    }

    /// Whether the member is there and is not `null`.
    package func holds(_ key: String) -> Bool { present(key) != nil }

    /// Records a fault of the caller's own: of one member, or of the object when `key` is nil.
    package func fault(_ key: String?, _ code: JSONFault.Code) {
        faults.add(code, at: (key.map { .member($0, of: place) } ?? place).pointer)
    }

    /// A text whose length in Unicode scalars lies within `length`.
    package func string(_ key: String, length: ClosedRange<Int>) -> String? {
        required(key).flatMap { text($0, length: length, at: key) }
    }

    /// The same, or nothing.
    package func optionalString(_ key: String, length: ClosedRange<Int>) -> String? {
        present(key).flatMap { text($0, length: length, at: key) }
    }

    /// A whole number within `range`; `2.0` and `1e2` are not whole numbers.
    package func integer(_ key: String, in range: ClosedRange<Int64>) -> Int64? {
        required(key).flatMap { wholeNumber($0, in: range, at: key) }
    }

    /// The same, or nothing.
    package func optionalInteger(_ key: String, in range: ClosedRange<Int64>) -> Int64? {
        present(key).flatMap { wholeNumber($0, in: range, at: key) }
    }

    /// A number with at most so many decimals within `range`, in units of the last one: with two
    /// decimals `0.85` is 85.
    package func optionalDecimal(
        _ key: String, decimals: Int, in range: ClosedRange<Int64>
    ) -> Int64? {
        var unit: Int64 = 1
        for _ in 0..<decimals { unit *= 10 }
        switch present(key) {
        case nil: return nil
        case .integer(let number):
            let (scaled, isOver) = number.multipliedReportingOverflow(by: unit)
            return !isOver && range.contains(scaled) ? scaled : refuse(key, .outOfRange)
        case .real(let number):
            let scaled = number * Double(unit)
            // Beyond this a double has no decimals left to be told apart.
            guard scaled.magnitude < 1e12 else { return refuse(key, .outOfRange) }
            let whole = scaled.rounded()
            guard (scaled - whole).magnitude < 1e-6 else { return refuse(key, .wrongFormat) }
            return range.contains(Int64(whole)) ? Int64(whole) : refuse(key, .outOfRange)
        case .outOfRange: return refuse(key, .outOfRange)
        default: return refuse(key, .wrongType)
        }
    }

    /// `true` or `false`.
    package func boolean(_ key: String) -> Bool? {
        required(key).flatMap { truth($0, at: key) }
    }

    /// The same, or nothing.
    package func optionalBoolean(_ key: String) -> Bool? {
        present(key).flatMap { truth($0, at: key) }
    }

    /// An object within this one.
    package func object(_ key: String) -> JSONObject? {
        required(key).flatMap { nested($0, at: key) }
    }

    /// The same, or nothing.
    package func optionalObject(_ key: String) -> JSONObject? {
        present(key).flatMap { nested($0, at: key) }
    }

    /// An array of `count` texts; each wrong item is nil and named by its own pointer, such as
    /// `#/codes/1`.
    ///
    /// The items of an array that is too long are not looked at.
    package func strings(
        _ key: String, count: ClosedRange<Int>, length: ClosedRange<Int>
    ) -> [String?]? {
        guard let value = required(key) else { return nil }
        guard case .array(let items) = value else { return refuse(key, .wrongType) }
        if items.count > count.upperBound { return refuse(key, .tooManyItems) }
        if items.count < count.lowerBound { return refuse(key, .tooFewItems) }
        return items.enumerated().map { index, item in
            switch Self.checkedText(item, length: length) {
            case .success(let text): return text
            case .failure(let wrong):
                fault(key, item: index, wrong.code)
                return nil
            }
        }
    }

    /// An array of at most `count` words of a list; each other item is named by its own pointer.
    package func words(_ key: String, atMost count: Int, among list: [String]) -> [String]? {
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
    package func objects(_ key: String, count: ClosedRange<Int>) -> [JSONObject]? {
        guard let value = required(key) else { return nil }
        guard case .array(let items) = value else { return refuse(key, .wrongType) }
        if items.count > count.upperBound { return refuse(key, .tooManyItems) }
        if items.count < count.lowerBound { return refuse(key, .tooFewItems) }
        return items.enumerated().compactMap { index, item in
            JSONObject(item, place: .item(index, of: .member(key, of: place)), faults: faults)
        }
    }

    /// An item of an array that cannot be used.
    package func fault(_ key: String, item index: Int, _ code: JSONFault.Code) {
        faults.add(code, at: JSONPlace.item(index, of: .member(key, of: place)).pointer)
    }

    // MARK: - One value

    /// A member whose value cannot be used; it becomes a fault under its key.
    private struct Wrong: Error {
        let code: JSONFault.Code
    }

    private func value(_ key: String) -> JSONValue? {
        let look = JSONMember.look(of: key)
        for index in members.indices
        where members[index].look == look && members[index].isNamed(key) {
            return members[index].value
        }
        return nil
    }

    private func present(_ key: String) -> JSONValue? {
        let value = value(key)
        if case .null? = value { return nil }
        return value
    }

    private func required(_ key: String) -> JSONValue? {
        present(key) ?? refuse(key, .missing)
    }

    private func refuse<Value>(_ key: String, _ code: JSONFault.Code) -> Value? {
        fault(key, code)
        return nil
    }

    private func text(_ value: JSONValue, length: ClosedRange<Int>, at key: String) -> String? {
        switch Self.checkedText(value, length: length) {
        case .success(let text): text
        case .failure(let wrong): refuse(key, wrong.code)
        }
    }

    private static func checkedText(
        _ value: JSONValue, length: ClosedRange<Int>
    ) -> Result<String, Wrong> {
        guard case .string(let sent) = value else { return .failure(Wrong(code: .wrongType)) }
        let isASCII = sent.utf8.allSatisfy { $0 < 0x80 }
        let text = isASCII ? sent : composed(sent)
        let count = isASCII ? text.utf8.count : text.unicodeScalars.count
        if count < length.lowerBound { return .failure(Wrong(code: .tooShort)) }
        if count > length.upperBound { return .failure(Wrong(code: .tooLong)) }
        return .success(text)
    }

    /// The text in NFC.
    private static func composed(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: text._nfc)
        return String(scalars)
    }

    private func wholeNumber(
        _ value: JSONValue, in range: ClosedRange<Int64>, at key: String
    ) -> Int64? {
        switch value {
        case .integer(let number):
            range.contains(number) ? number : refuse(key, .outOfRange)
        case .real: refuse(key, .notAnInteger)
        case .outOfRange: refuse(key, .outOfRange)
        default: refuse(key, .wrongType)
        }
    }

    private func truth(_ value: JSONValue, at key: String) -> Bool? {
        if case .boolean(let truth) = value { return truth }
        return refuse(key, .wrongType)
    }

    private func nested(_ value: JSONValue, at key: String) -> JSONObject? {
        JSONObject(value, place: .member(key, of: place), faults: faults)
    }
}
