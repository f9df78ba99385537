@_spi(_Unicode) import Swift

/// Text that people give for other people to read: names, aliases.
enum PersonalText {
    /// The text in NFC without white space around it; nil when it may not be kept.
    ///
    /// Refused are blank texts, more scalars than `maximumScalars`, and the general categories
    /// that show nothing or change what is shown: control (Cc), format with bidi marks and
    /// zero-width characters (Cf), surrogate (Cs), private use (Co), unassigned with
    /// noncharacters (Cn), line and paragraph separators (Zl, Zp). A text of combining marks
    /// alone is refused as well.
    static func accepted(_ text: String, maximumScalars: Int) -> String? {
        var scalars = Array(text._nfc)
        // Line ends and tabs are white space too, but nobody has them in a name.
        while let last = scalars.last, isSpace(last) { scalars.removeLast() }
        let kept = scalars.drop(while: isSpace)
        guard !kept.isEmpty, kept.count <= maximumScalars, kept.allSatisfy(isVisible),
            kept.contains(where: { !isMark($0) && !isSpace($0) })
        else { return nil }
        return LetterForm.text(kept)
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .spaceSeparator
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator:
            false
        default: !isBlankLetter(scalar)
        }
    }

    /// Hangul fillers and the blank Braille pattern count as letters and symbols but show nothing.
    private static func isBlankLetter(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isDefaultIgnorableCodePoint || scalar == "\u{2800}"
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }
}
