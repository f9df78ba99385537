/// The field lines of one request, in the order in which they came.
///
/// One array of bytes and ranges into it: names are lower-cased in place, values are trimmed of
/// optional whitespace and otherwise as received.
package struct HeaderFields {
    /// Where name and value of a field line stand in `bytes`.
    struct Line {
        let name: Range<Int32>
        let value: Range<Int32>
    }

    /// The request's head with lower-cased field names.
    private(set) var bytes: [UInt8]
    private(set) var lines: [Line]

    init(bytes: [UInt8], lines: [Line]) {
        self.bytes = bytes
        self.lines = lines
    }

    /// How many lines carry the name, which must be given in lower case.
    package func count(of name: String) -> Int {
        var count = 0
        for line in lines where isNamed(line, name) { count += 1 }
        return count
    }

    /// The value of the only line with the name; nil when there is none or more than one.
    package func only(_ name: String) -> [UInt8]? {
        var found: Line?
        for line in lines where isNamed(line, name) {
            if found != nil { return nil }
            found = line
        }
        return found.map { Array(bytes[Int($0.value.lowerBound)..<Int($0.value.upperBound)]) }
    }

    /// The values of all lines with the name, joined with ", " (RFC 9110 section 5.3).
    package func combined(_ name: String) -> [UInt8]? {
        var joined: [UInt8]?
        for line in lines where isNamed(line, name) {
            let value = bytes[Int(line.value.lowerBound)..<Int(line.value.upperBound)]
            if joined == nil {
                joined = Array(value)
            } else {
                joined?.append(contentsOf: [0x2C, 0x20])
                joined?.append(contentsOf: value)
            }
        }
        return joined
    }

    /// The combined value as text, or nil when it is absent or not UTF-8.
    package func text(_ name: String) -> String? {
        combined(name).flatMap { String(validating: $0, as: UTF8.self) }
    }

    private func isNamed(_ line: Line, _ name: String) -> Bool {
        guard line.name.count == name.utf8.count else { return false }
        var position = Int(line.name.lowerBound)
        for byte in name.utf8 {
            if bytes[position] != byte { return false }
            position += 1
        }
        return true
    }
}
