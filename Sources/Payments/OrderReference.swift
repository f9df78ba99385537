package import Electricity

/// Makes our references of orders and refunds: the day in Vietnam and 80 random bits.
package enum OrderReference {
    /// Digits and capitals without those that people mistake for each other (Crockford).
    private static let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    private static let randomDigits = 16

    /// A reference in the form the provider wants: ZaloPay asks for `yymmdd_` (at most 40), a bank
    /// transfer carries letters and digits only (at most 25).
    package static func make(
        for provider: ProviderName, now: Instant, random: () -> UInt64
    ) -> String {
        var text = provider == .vietQR ? Array("EVN".utf8) : []
        Compact.append(LocalDate(of: now), to: &text)
        if provider != .vietQR { text.append(UInt8(ascii: "_")) }
        var bits = random()
        for position in 0..<randomDigits {
            // Twelve digits of five bits are in a word; what is left of it is thrown away.
            if position == randomDigits / 2 { bits = random() }
            text.append(digits[Int(bits & 31)])
            bits >>= 5
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// Dates and times as providers write them, in Vietnam's zone and without signs.
enum Compact {
    /// `yymmdd`.
    static func append(_ date: LocalDate, to text: inout [UInt8]) {
        var full: [UInt8] = []
        date.append(to: &full)
        text.append(contentsOf: full.dropFirst(2).filter { $0 != UInt8(ascii: "-") })
    }

    /// `yyyyMMddHHmmss`.
    static func dateTime(_ instant: Instant) -> String {
        var full: [UInt8] = []
        instant.append(to: &full)
        let digits = full.prefix(19).filter { $0 >= 0x30 && $0 <= 0x39 }
        return String(decoding: digits, as: UTF8.self)
    }
}
