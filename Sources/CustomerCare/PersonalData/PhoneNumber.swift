/// Compares telephone numbers (số điện thoại) as people type them.
enum PhoneNumber {
    /// The number in its national form of today, with a leading zero; nil when it is none.
    ///
    /// Spaces, dots and dashes between the digits and one `+` before them are accepted, and 8 to
    /// 15 digits (E.164 allows 15). `+84`, `0084` and `84` stand for the zero. Mobile numbers of
    /// eleven digits become those of ten that replaced them.
    static func comparable(_ typed: String) -> String? {
        var digits: [UInt8] = []
        var hasPlus = false
        for byte in typed.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits.append(byte)
            case UInt8(ascii: " "), UInt8(ascii: "."), UInt8(ascii: "-"): continue
            case UInt8(ascii: "+") where digits.isEmpty && !hasPlus: hasPlus = true
            default: return nil
            }
        }
        guard digitCounts.contains(digits.count) else { return nil }
        let national = nationalForm(digits, hasPlus: hasPlus)
        return String(decoding: renumbered(national), as: UTF8.self)
    }

    /// The number as Zalo wants it: 84 in place of the zero, digits only; nil when it is none.
    static func international(_ typed: String) -> String? {
        guard let national = comparable(typed), national.hasPrefix("0") else { return nil }
        return "84" + national.dropFirst()
    }

    private static let digitCounts = 8...15
    private static let countryCode = Array("84".utf8)
    private static let zero = UInt8(ascii: "0")

    private static func nationalForm(_ digits: [UInt8], hasPlus: Bool) -> [UInt8] {
        let hasZeros = digits.starts(with: [zero, zero] + countryCode)
        let rest = digits.dropFirst(hasZeros ? 2 : 0)
        guard rest.starts(with: countryCode) else { return digits }
        let subscriber = rest.dropFirst(countryCode.count)
        // Without a sign of its own, 84 is the country only before nine or ten digits more.
        let isMarked = hasPlus || hasZeros
        guard isMarked || (9...10).contains(subscriber.count) else { return digits }
        // "+84 (0) …" is common, though wrong.
        return [zero] + subscriber.drop { $0 == zero }
    }

    /// Decision 798/QĐ-BTTTT of the Ministry of Information and Communications (25 May 2018): from
    /// 15 September 2018 on, 21 mobile codes of three digits became codes of two; the seven digits
    /// of the subscriber stayed.
    private static func renumbered(_ national: [UInt8]) -> [UInt8] {
        guard national.count == 11, national[0] == zero,
            let code = newCodes[String(decoding: national[1...3], as: UTF8.self)]
        else { return national }
        return [zero] + Array(code.utf8) + national[4...]
    }

    private static let newCodes = [
        // Viettel
        "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38",
        "169": "39",
        // MobiFone
        "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
        // VinaPhone
        "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
        // Vietnamobile, Gmobile
        "186": "56", "188": "58", "199": "59",
    ]
}
