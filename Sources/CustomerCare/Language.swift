/// The language of texts for people.
package enum Language: String, Sendable, CaseIterable {
    /// Tiếng Việt.
    case vietnamese = "vi"
    /// English.
    case english = "en"

    /// What a terminal is set to, by LC_ALL, LC_MESSAGES or LANG, of which the first one that says
    /// anything counts; nil when that is neither language.
    init?(environment: [String: String]) {
        let names = ["LC_ALL", "LC_MESSAGES", "LANG"]
        let locale = names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        guard let locale, let language = Language(rawValue: String(locale.prefix(2))),
            locale.dropFirst(2).first.map({ "_.@".contains($0) }) ?? true
        else { return nil }
        self = language
    }

    /// Chooses by Accept-Language (RFC 9110 section 12.5.4); Vietnamese when nothing decides.
    init(accepting header: [UInt8]?) {
        self = .vietnamese
        guard let header, header.count <= Language.longestHeader else { return }
        var best = 0
        for range in header.split(separator: UInt8(ascii: ",")) {
            let parts = range.split(separator: UInt8(ascii: ";"))
            guard let name = parts.first.map(Language.trimmed), name.count >= 2 else { continue }
            let quality = Language.quality(parts.dropFirst())
            guard quality > best else { continue }
            let subtag = name.prefix(2).map { $0 | 0x20 }
            guard name.count == 2 || name[2] == UInt8(ascii: "-") else { continue }
            for language in [Language.vietnamese, .english]
            where Array(language.rawValue.utf8) == subtag {
                best = quality
                self = language
            }
        }
    }

    /// Bytes of a header that is worth reading; browsers send less than a hundred.
    private static let longestHeader = 512

    /// A weight in thousandths; 1,000 when there is none or it is malformed.
    private static func quality(_ parameters: ArraySlice<ArraySlice<UInt8>>) -> Int {
        for parameter in parameters {
            let text = trimmed(parameter)
            guard text.count >= 3, text[0] | 0x20 == UInt8(ascii: "q"), text[1] == 0x3D else {
                continue
            }
            var thousandths = 0
            var scale = 1_000
            for byte in text[2...] where byte != UInt8(ascii: ".") {
                guard byte >= 0x30, byte <= 0x39, scale > 0 else { return 1_000 }
                thousandths += Int(byte - 0x30) * scale
                scale /= 10
            }
            return min(thousandths, 1_000)
        }
        return 1_000
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        bytes.filter { $0 != 0x20 && $0 != 0x09 }
    }
}

/// A text for people in both languages.
struct Wording: Sendable, Equatable {
    let vietnamese: String
    let english: String

    /// The Vietnamese text first, as on the page.
    init(_ vietnamese: String, _ english: String) {
        self.vietnamese = vietnamese
        self.english = english
    }

    func text(in language: Language) -> String {
        switch language {
        case .vietnamese: vietnamese
        case .english: english
        }
    }
}
