/// The code of a service request (mã yêu cầu), such as `K7QM-2FXD-9TRC`.
///
/// 55 random bits that nobody guesses, and a check character that finds every single wrong
/// character and every two that changed places. It has no 0, O, 1 and I, which sound and look
/// alike on the telephone.
struct TrackingCode: Sendable, Hashable {
    /// With hyphens, as people are shown it.
    let text: String

    private static let alphabet = Array("23456789ABCDEFGHJKLMNPQRSTUVWXYZ".utf8)
    private static let symbolCount = 12
    private static let hyphen = UInt8(ascii: "-")

    /// Makes a code of random bits, of which 55 are used.
    init(random bits: UInt64) {
        var symbols = (0..<(TrackingCode.symbolCount - 1)).map { Int(bits >> (5 * $0) & 31) }
        symbols.append(0)
        let sum = TrackingCode.sum(symbols)
        // The last weight times the check character must undo the sum of all others.
        symbols[symbols.count - 1] =
            (0..<32).first {
                TrackingCode.product($0, TrackingCode.weight(symbols.count - 1)) == sum
            } ?? 0
        text = TrackingCode.text(of: symbols)
    }

    /// Reads a code as people type it: any case, hyphens and spaces anywhere; nil when a character
    /// must be wrong.
    init?(typed: String) {
        var symbols: [Int] = []
        for byte in typed.utf8 where byte != TrackingCode.hyphen && byte != UInt8(ascii: " ") {
            let upper = byte >= 0x61 && byte <= 0x7A ? byte - 0x20 : byte
            guard symbols.count < TrackingCode.symbolCount,
                let symbol = TrackingCode.alphabet.firstIndex(of: upper)
            else { return nil }
            symbols.append(symbol)
        }
        guard symbols.count == TrackingCode.symbolCount, TrackingCode.sum(symbols) == 0 else {
            return nil
        }
        text = TrackingCode.text(of: symbols)
    }

    private static func text(of symbols: [Int]) -> String {
        var bytes: [UInt8] = []
        for (place, symbol) in symbols.enumerated() {
            if place > 0, place.isMultiple(of: 4) { bytes.append(hyphen) }
            bytes.append(alphabet[symbol])
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: The field of 32 elements, by the polynomial x^5 + x^2 + 1

    /// Zero for a code without fault: the weights differ, so one wrong character or two exchanged
    /// ones always leave something.
    private static func sum(_ symbols: [Int]) -> Int {
        symbols.enumerated().reduce(0) { $0 ^ product($1.element, weight($1.offset)) }
    }

    /// The power of the primitive element that weighs a place; the first 31 powers all differ.
    private static func weight(_ place: Int) -> Int {
        (0...place).reduce(1) { power, _ in product(power, 2) }
    }

    private static func product(_ left: Int, _ right: Int) -> Int {
        var (product, factor) = (0, left)
        for bit in 0..<5 {
            if right >> bit & 1 == 1 { product ^= factor }
            factor <<= 1
            if factor & 32 != 0 { factor ^= 37 }
        }
        return product
    }
}
