/// One wrong value in a well-formed body: where, and what kind of wrong.
package struct JSONFault: Equatable, Sendable {
    /// What is wrong; the raw value goes to the caller.
    package enum Code: String, Sendable, CaseIterable {
        case missing
        case wrongType = "wrong_type"
        case notAnInteger = "not_an_integer"
        case outOfRange = "out_of_range"
        case tooShort = "too_short"
        case tooLong = "too_long"
        case tooFewItems = "too_few_items"
        case tooManyItems = "too_many_items"
        case wrongFormat = "wrong_format"
        case notAllowed = "not_allowed"
    }

    /// JSON Pointer as a URI fragment (RFC 6901 section 6), such as `#/customerCodes/1`.
    package let pointer: String
    /// What is wrong there.
    package let code: Code

    /// Makes a fault; `pointer` is already escaped.
    package init(pointer: String, code: Code) {
        self.pointer = pointer
        self.code = code
    }
}

/// Collects the faults of one body in the order they were found; belongs to one loop.
package final class JSONFaults {
    /// Further faults are dropped: an answer must not grow with a hostile body.
    package static let maximumCount = 100

    /// The faults so far, at most ``maximumCount``.
    package private(set) var list: [JSONFault] = []

    /// Starts without faults.
    package init() {}

    /// Whether nothing was wrong so far.
    package var isEmpty: Bool { list.isEmpty }

    /// Keeps one more fault, unless there are too many already.
    package func add(_ code: JSONFault.Code, at pointer: String) {
        if list.count < Self.maximumCount {
            list.append(JSONFault(pointer: pointer, code: code))
        }
    }
}

/// JSON Pointers in their URI fragment form (RFC 6901 section 6).
enum JSONPointer {
    /// The pointer of a child: `parent`, a slash, and the escaped name.
    static func child(_ name: String, of parent: String) -> String {
        var bytes = Array(parent.utf8)
        bytes.append(UInt8(ascii: "/"))
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "~"): bytes += [UInt8(ascii: "~"), UInt8(ascii: "0")]
            case UInt8(ascii: "/"): bytes += [UInt8(ascii: "~"), UInt8(ascii: "1")]
            case _ where isFragmentByte(byte): bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let hexDigits = Array("0123456789ABCDEF".utf8)

    /// The characters that a fragment holds as they are (RFC 3986 section 3.5).
    private static func isFragmentByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._!$&'()*+,;=:@?".utf8.contains(byte)
        }
    }
}
