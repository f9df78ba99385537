@_spi(_Unicode) import Swift

/// The bare letters of a text: what remains of a Vietnamese word typed without diacritics.
enum LetterForm {
    /// Splits a text into words of letters and digits, each decomposed (NFD) and in lower case,
    /// its diacritics still there as combining marks.
    static func words(_ text: String) -> [[Unicode.Scalar]] {
        var words: [[Unicode.Scalar]] = []
        var isInWord = false
        for scalar in text._nfd {
            guard isPart(scalar) else {
                isInWord = false
                continue
            }
            if !isInWord {
                // A mark without a letter before it belongs to nothing.
                if isMark(scalar) { continue }
                words.append([])
                isInWord = true
            }
            words[words.count - 1].append(contentsOf: lowercase(scalar))
        }
        return words
    }

    /// The word without diacritics: `đường` becomes `duong`.
    static func bare(_ word: [Unicode.Scalar]) -> [Unicode.Scalar] {
        word.compactMap { scalar in
            if isMark(scalar) { return nil }
            // đ is a letter of its own and has no decomposition; ð stands in for it in old files.
            return scalar == "\u{111}" || scalar == "\u{F0}" ? "d" : scalar
        }
    }

    /// Scalars as a text.
    static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    private static func isPart(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return isASCIIPart(scalar) }
        return switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber, .letterNumber, .nonspacingMark, .spacingMark:
            true
        default: false
        }
    }

    private static func isASCIIPart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: false
        }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        !scalar.isASCII && scalar.properties.generalCategory == .nonspacingMark
    }

    private static func lowercase(_ scalar: Unicode.Scalar) -> String.UnicodeScalarView {
        scalar.properties.lowercaseMapping.unicodeScalars
    }
}
