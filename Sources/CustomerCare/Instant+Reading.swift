import Electricity

extension Instant {
    /// Reads an instant as RFC 3339 has it: `2026-11-25T08:00:00+07:00`, with `Z` or an offset, and
    /// up to six decimals of a second; nil for anything else, a leap second included.
    init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[10] == UInt8(ascii: "T"),
            let date = LocalDate(String(text.prefix(10))),
            let hour = Instant.two(bytes, 11, 0...23), bytes[13] == UInt8(ascii: ":"),
            let minute = Instant.two(bytes, 14, 0...59), bytes[16] == UInt8(ascii: ":"),
            let second = Instant.two(bytes, 17, 0...59)
        else { return nil }
        var place = 19
        var microseconds: Int64 = 0
        if bytes[place] == UInt8(ascii: ".") {
            let digits = bytes[(place + 1)...].prefix { (0x30...0x39).contains($0) }
            guard (1...6).contains(digits.count) else { return nil }
            microseconds = digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
            for _ in digits.count..<6 { microseconds *= 10 }
            place += 1 + digits.count
        }
        guard let offset = Instant.offset(Array(bytes[place...])) else { return nil }
        let day = Int64(date.daysSince1970) * 86_400
        let seconds = day + hour * 3_600 + minute * 60 + second - offset
        self.init(microsecondsSince1970: seconds * 1_000_000 + microseconds)
    }

    /// Two digits within a range.
    private static func two(
        _ bytes: [UInt8], _ place: Int, _ range: ClosedRange<Int64>
    ) -> Int64? {
        let digits = bytes[place..<(place + 2)]
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let number = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
        return range.contains(number) ? number : nil
    }

    /// Seconds by which a zone is ahead.
    private static func offset(_ bytes: [UInt8]) -> Int64? {
        if bytes == [UInt8(ascii: "Z")] { return 0 }
        guard bytes.count == 6, bytes[3] == UInt8(ascii: ":"),
            bytes[0] == UInt8(ascii: "+") || bytes[0] == UInt8(ascii: "-"),
            let hours = two(bytes, 1, 0...23), let minutes = two(bytes, 4, 0...59)
        else { return nil }
        let seconds = hours * 3_600 + minutes * 60
        return bytes[0] == UInt8(ascii: "-") ? -seconds : seconds
    }
}

extension Instant {
    /// The instant with its microseconds, as RFC 3339 has it.
    var rfc3339WithMicroseconds: String {
        let microseconds = microsecondsSince1970 - secondsSince1970 * 1_000_000
        let digits = String(1_000_000 + microseconds).dropFirst()
        let whole = description
        return "\(whole.dropLast(6)).\(digits)\(whole.suffix(6))"
    }
}
