/// Text as a terminal shows it.
enum TerminalText {
    /// The text on one line, with everything a terminal would obey, and everything that changes
    /// what is seen, written out as an escape of JSON.
    ///
    /// What others have typed must not move the cursor, change the colour or hide a part of the
    /// line.
    static func visible(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text }
        var shown = ""
        for scalar in text.unicodeScalars {
            if isObeyed(scalar) {
                shown += escape(scalar)
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    /// Columns that the text takes, which holds nothing that ``visible(_:)`` escapes.
    static func width(_ text: String) -> Int {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
        return text.unicodeScalars.reduce(0) { $0 + width($1) }
    }

    /// Text with spaces behind it, or in front of it, up to so many columns.
    static func padded(_ text: String, to columns: Int, onTheLeft isRight: Bool = false) -> String {
        let padding = String(repeating: " ", count: max(0, columns - width(text)))
        return isRight ? padding + text : text + padding
    }

    /// Whether a terminal does something other than showing it, or shows nothing.
    static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator:
            true
        default: false
        }
    }

    /// A scalar as `\u009b`; two of them beyond the basic plane (RFC 8259 section 7).
    static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        default: break
        }
        return scalar.utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }

    private static func width(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        // Vietnamese may come decomposed: a letter and up to two marks are one column.
        case .nonspacingMark, .enclosingMark: 0
        default: isWide(scalar) ? 2 : 1
        }
    }

    /// Scalars of two columns: the blocks that UAX #11 gives as wide or full width.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,
            0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
