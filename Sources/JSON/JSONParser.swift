import CJansson

extension JSONValue {
    /// Reads exactly one JSON text (RFC 8259) with nothing but white space around it.
    ///
    /// Stricter than the RFC where it leaves room: no duplicate names, no byte order mark, no
    /// unpaired surrogates, no NUL, and at most `maximumDepth` arrays and objects within each
    /// other. A number that no 64-bit integer or double holds is ``outOfRange``, not an error.
    package static func parse(
        _ bytes: [UInt8], maximumDepth: Int = 32
    ) throws(JSONSyntaxError) -> JSONValue {
        try JSONScan.check(bytes, maximumDepth: maximumDepth)
        switch load(bytes, outOfRange: []) {
        case .success(let value):
            return value
        case .failure(let failure) where failure.isNumericOverflow:
            let numbers = JSONScan.replacingOutOfRangeNumbers(in: bytes)
            return try load(numbers.bytes, outOfRange: numbers.replaced)
                .mapError { JSONSyntaxError($0.reason, at: $0.position, in: bytes) }.get()
        case .failure(let failure):
            throw JSONSyntaxError(failure.reason, at: failure.position, in: bytes)
        }
    }
}

/// What jansson said, without its text: that quotes the input.
private struct Failure: Error {
    let reason: JSONSyntaxError.Reason
    let position: Int
    let isNumericOverflow: Bool

    init(_ error: json_error_t) {
        // jansson keeps the code in the last byte of the text (its json_error_code()).
        let code = unsafe withUnsafeBytes(of: error.text) { unsafe UInt32($0.last ?? 0) }
        position = Int(error.position)
        isNumericOverflow = code == json_error_numeric_overflow.rawValue
        reason =
            switch code {
            case json_error_invalid_utf8.rawValue: .invalidUTF8
            case json_error_premature_end_of_input.rawValue: .unexpectedEnd
            case json_error_end_of_input_expected.rawValue: .trailingBytes
            case json_error_null_character.rawValue, json_error_null_byte_in_key.rawValue: .nul
            case json_error_duplicate_key.rawValue: .duplicateName
            case json_error_stack_overflow.rawValue: .tooDeep
            case json_error_out_of_memory.rawValue: .outOfMemory
            default: .syntax
            }
    }
}

/// Parses, and copies the tree into Swift values; the C tree is gone afterwards.
private func load(_ bytes: [UInt8], outOfRange: [Int]) -> Result<JSONValue, Failure> {
    var error = json_error_t()
    let flags = Int(JSON_REJECT_DUPLICATES | JSON_DECODE_ANY)
    let root = unsafe bytes.withUnsafeBytes { buffer in
        unsafe json_loadb(
            buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count, flags, &error)
    }
    guard let root = unsafe root else { return .failure(Failure(error)) }
    defer { unsafe json_decref(root) }
    var copy = TreeCopy(outOfRange: outOfRange)
    return .success(unsafe copy.value(of: root))
}

/// Copies a jansson tree in document order, counting numbers on the way.
private struct TreeCopy {
    /// Ordinals of the numbers that were replaced in the text, ascending.
    let outOfRange: [Int]
    private var numbersSeen = 0
    private var nextOutOfRange = 0

    init(outOfRange: [Int]) { self.outOfRange = outOfRange }

    mutating func value(of node: UnsafeMutablePointer<json_t>) -> JSONValue {
        switch unsafe node.pointee.type {
        case JSON_OBJECT: return unsafe object(node)
        case JSON_ARRAY:
            let count = unsafe json_array_size(node)
            var items: [JSONValue] = []
            items.reserveCapacity(count)
            for index in 0..<count {
                if let item = unsafe json_array_get(node, index) {
                    items.append(unsafe value(of: item))
                }
            }
            return .array(items)
        case JSON_STRING:
            return .string(
                unsafe text(json_string_value(node), count: json_string_length(node)))
        case JSON_INTEGER:
            return isNextNumberOutOfRange()
                ? .outOfRange : .integer(Int64(unsafe json_integer_value(node)))
        case JSON_REAL:
            return isNextNumberOutOfRange() ? .outOfRange : .real(unsafe json_real_value(node))
        case JSON_TRUE: return .boolean(true)
        case JSON_FALSE: return .boolean(false)
        default: return .null
        }
    }

    /// jansson iterates in the order of insertion, which is the order of the document.
    private mutating func object(_ node: UnsafeMutablePointer<json_t>) -> JSONValue {
        var members: [JSONMember] = []
        members.reserveCapacity(unsafe json_object_size(node))
        var iterator = unsafe json_object_iter(node)
        while let current = unsafe iterator {
            let name = unsafe text(
                json_object_iter_key(current), count: json_object_iter_key_len(current))
            if let member = unsafe json_object_iter_value(current) {
                members.append(JSONMember(name: name, value: unsafe value(of: member)))
            }
            unsafe iterator = unsafe json_object_iter_next(node, current)
        }
        return .object(members)
    }

    private mutating func isNextNumberOutOfRange() -> Bool {
        defer { numbersSeen += 1 }
        guard nextOutOfRange < outOfRange.count, outOfRange[nextOutOfRange] == numbersSeen else {
            return false
        }
        nextOutOfRange += 1
        return true
    }

    /// jansson has checked the UTF-8, so nothing is repaired here.
    private func text(_ start: UnsafePointer<CChar>?, count: Int) -> String {
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: count)
        return unsafe String(decoding: bytes, as: UTF8.self)
    }
}
