/// Shows so much of personal data that its owner recognises it and nobody else learns it.
enum Mask {
    /// Each word's first letter, then a star per letter more, three at most: `N*** V** A`.
    static func name(_ name: String) -> String {
        name.split(whereSeparator: \.isWhitespace)
            .map { word in
                word.prefix(1) + String(repeating: "*", count: min(word.count - 1, 3))
            }
            .joined(separator: " ")
    }

    /// The first two and the last three digits, stars between: `09*****678`.
    ///
    /// Of a number with fewer than eight digits only the last two are shown.
    static func phone(_ phone: String) -> String {
        let digits = phone.filter { $0.isASCII && $0.isNumber }
        let head = digits.count < 8 ? 0 : 2
        let tail = digits.count < 8 ? 2 : 3
        let stars = max(0, digits.count - head - tail)
        return digits.prefix(head) + String(repeating: "*", count: stars) + digits.suffix(tail)
    }

    /// The first and the last two characters of an id, stars between: `38***21`.
    static func identifier(_ id: String) -> String {
        id.count < 8 ? "***" : "\(id.prefix(2))***\(id.suffix(2))"
    }

    /// The street and what lies around it: `*** Nguyễn Huệ, Phường 1, Tân An`.
    ///
    /// Of the first part everything up to the house number goes, or all of it when it has none; a
    /// street named by a number (`đường 30/4`) stays. Behind it, digits remain only in the names
    /// of wards, hamlets and the like, and never more than two in a row.
    static func address(_ address: String) -> String {
        let parts = address.split(separator: ",").map { part in
            part.split(whereSeparator: \.isWhitespace).map(String.init)
        }
        .filter { !$0.isEmpty }
        guard let first = parts.first else { return "" }
        return ([maskedHouse(first)] + parts.dropFirst().map(maskedPlace)).joined(separator: ", ")
    }

    private static let streetWords: Set<String> = ["đường", "phố", "quốc", "tỉnh", "hương"]
    private static let placeWords: Set<String> = [
        "phường", "xã", "thị", "quận", "huyện", "thành", "tp", "tp.", "tỉnh", "ấp", "khu", "khóm",
        "tổ", "đường", "phố", "p.", "q.", "kp", "kp.",
    ]
    private static let hidden = "***"

    private static func maskedHouse(_ words: [String]) -> String {
        let street = words.firstIndex { streetWords.contains($0.lowercased()) }
        let number = words.lastIndex { $0.contains(where: \.isNumber) }
        let start = street ?? number.map { $0 + 1 } ?? words.count
        return ([hidden] + words[start...].map(shortenDigits)).joined(separator: " ")
    }

    private static func maskedPlace(_ words: [String]) -> String {
        let isPlace = words.first.map { placeWords.contains($0.lowercased()) } ?? false
        return words.map { word in
            isPlace ? shortenDigits(word) : String(word.map { $0.isNumber ? "*" : $0 })
        }
        .joined(separator: " ")
    }

    /// Digits beyond the second of a run become stars: a number so long is no name of a place.
    private static func shortenDigits(_ word: String) -> String {
        var run = 0
        return String(
            word.map { character in
                run = character.isNumber ? run + 1 : 0
                return run > 2 ? "*" : character
            })
    }
}
