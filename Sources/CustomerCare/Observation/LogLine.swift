internal import Electricity
internal import Logging

/// One line of the log: a JSON object that no value can break out of.
///
/// Every control character, line separator and bidirectional control is written as an escape, so
/// that a line stays one line in every reader and shows on a terminal as what it is. Values are
/// cut at 512 bytes; a field that would make the line longer than 4 KiB is left out and told by
/// `"cut":true`.
struct LogLine {
    /// Bytes of a value that are taken, before escaping.
    static let maximumValueBytes = 512
    /// Bytes of a line without `"cut":true}` and the newline, 4,096 in all.
    private static let maximumBytes = 4_096 - 14

    /// What was written so far, UTF-8.
    private(set) var bytes: [UInt8] = []
    private var isCut = false

    init() {
        bytes.reserveCapacity(512)
    }

    /// Begins a new line in the room of the last one.
    mutating func begin(at time: Instant, level: Logger.Level, event: String) {
        bytes.removeAll(keepingCapacity: true)
        isCut = false
        append("{\"time\":\"")
        append(time)
        append("\",\"level\":\"")
        append(level.rawValue)
        append("\"")
        add("event", event)
    }

    /// Ends the object; no newline is added.
    mutating func end() {
        append(isCut ? ",\"cut\":true}" : "}")
    }

    /// Adds a field; the name is written as it is.
    mutating func add(_ name: StaticString, _ value: String) {
        add(name.description, value)
    }

    /// Adds a field; the name, which is of our own making, is written as it is.
    mutating func add(_ name: String, _ value: String) {
        let start = bytes.count
        append(",\"")
        append(name)
        append("\":\"")
        append(escaping: value)
        append("\"")
        keep(from: start)
    }

    /// Adds a field with a whole number.
    mutating func add(_ name: String, _ value: Int) {
        let start = bytes.count
        append(",\"")
        append(name)
        append("\":")
        append(decimal: value)
        keep(from: start)
    }

    /// Takes a field back that does not fit.
    private mutating func keep(from start: Int) {
        if bytes.count > Self.maximumBytes {
            bytes.removeSubrange(start...)
            isCut = true
        }
    }

    // MARK: Bytes

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func append(decimal value: Int) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        let start = bytes.count
        var magnitude = value.magnitude
        repeat {
            bytes.append(UInt8(truncatingIfNeeded: magnitude % 10) + 0x30)
            magnitude /= 10
        } while magnitude > 0
        bytes[start...].reverse()
    }

    private mutating func append(padded value: Int, digits: Int) {
        var divisor = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            bytes.append(UInt8(truncatingIfNeeded: value / divisor % 10) + 0x30)
            divisor /= 10
        }
    }

    /// RFC 3339 with milliseconds, in Vietnam's zone like every other instant of the service.
    private mutating func append(_ time: Instant) {
        let day = LocalDate(of: time)
        let date = day.components
        let second = time.secondsSince1970
        let secondOfDay = Int(second) + 7 * 3_600 - day.daysSince1970 * 86_400
        append(padded: date.year, digits: 4)
        bytes.append(UInt8(ascii: "-"))
        append(padded: date.month, digits: 2)
        bytes.append(UInt8(ascii: "-"))
        append(padded: date.day, digits: 2)
        bytes.append(UInt8(ascii: "T"))
        append(padded: secondOfDay / 3_600, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        append(padded: secondOfDay / 60 % 60, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        append(padded: secondOfDay % 60, digits: 2)
        bytes.append(UInt8(ascii: "."))
        let microsecond = Int(time.microsecondsSince1970 - second * 1_000_000)
        append(padded: microsecond / 1_000, digits: 3)
        append("+07:00")
    }

    private mutating func append(escaping value: String) {
        let utf8 = value.utf8
        // Most values are short plain ASCII: looked at once, copied at once.
        if utf8.count <= Self.maximumValueBytes, utf8.allSatisfy(Self.isPlain) {
            bytes.append(contentsOf: utf8)
            return
        }
        var taken = 0
        for scalar in value.unicodeScalars {
            taken += UTF8.width(scalar)
            if taken > Self.maximumValueBytes {
                append("\u{2026}")
                return
            }
            append(escaping: scalar)
        }
    }

    private mutating func append(escaping scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x00:
            // U+FFFD: many readers of JSON end a text at an escaped NUL.
            append("\\ufffd")
        case 0x22, 0x5C:
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(UInt8(truncatingIfNeeded: scalar.value))
        case 0x01..<0x20, 0x7F...0x9F, 0x61C, 0x200E...0x200F, 0x2028...0x202E,
            0x2066...0x2069, 0xFEFF:
            append("\\u")
            for shift in [12, 8, 4, 0] {
                let digit = UInt8(truncatingIfNeeded: scalar.value >> UInt32(shift)) & 0x0F
                bytes.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
            }
        default:
            for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                bytes.append(byte)
            }
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != 0x22 && byte != 0x5C
    }
}
