import Testing

@testable import CustomerCare

@Suite("Text on a terminal")
struct TextTableTests {
    @Test("columns stand below each other, numbers on the right, and no line ends with spaces")
    func columns() {
        var table = TextTable(["CODE", "PLACE", "OWED"], numeric: [2])
        table.add(["PB1", "Phường 1, Tân An", "9"])
        table.add(["PB23", "-", "1.234"])
        #expect(
            table.lines == [
                "CODE  PLACE              OWED",
                "PB1   Phường 1, Tân An      9",
                "PB23  -                 1.234",
            ])
        var texts = TextTable(["A", "LAST"])
        texts.add(["x", ""])
        #expect(texts.lines == ["A  LAST", "x"])
    }

    @Test(
        "a letter is one column wide however it is written, and wide ones are two",
        arguments: [
            ("", 0), ("abc", 3), ("Nguyễn Văn Ước", 14),
            // The same decomposed: e, circumflex, tilde.
            ("Nguye\u{302}\u{303}n", 6), ("đ", 1), ("電力", 4), ("…→", 2), ("🔌", 2),
        ])
    func width(text: String, columns: Int) {
        #expect(TerminalText.width(text) == columns)
        #expect(TerminalText.padded(text, to: columns + 1) == text + " ")
        #expect(TerminalText.padded(text, to: columns + 1, onTheLeft: true) == " " + text)
    }

    @Test(
        "what a terminal would obey is written out, what it shows stays",
        arguments: [
            ("Tân An", "Tân An"), ("\u{1B}[31mred", "\\u001b[31mred"), ("a\u{7}", "a\\u0007"),
            ("a\u{9B}2J", "a\\u009b2J"), ("x\u{7F}", "x\\u007f"), ("a\r\nb\t", "a\\r\\nb\\t"),
            ("\u{202E}txt", "\\u202etxt"), ("a\u{200B}b", "a\\u200bb"), ("\u{2028}", "\\u2028"),
            ("\u{E0001}", "\\udb40\\udc01"),
        ])
    func obeyed(text: String, shown: String) {
        #expect(TerminalText.visible(text) == shown)
        var table = TextTable([text])
        table.add(["-"])
        #expect(table.lines.first == shown)
    }
}
