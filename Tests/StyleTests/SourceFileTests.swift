import Testing

/// What all rules stand on: a fault here would blind them without a failing rule.
@Suite("Source files")
struct SourceFileTests {
    @Test(
        "code is told from comments and literals",
        arguments: [
            ("a // word\nb", "a \nb"),
            ("a /* word /* word */ word */ b", "a  b"),
            ("a \"word\" b", "a \"\" b"),
            ("a \"\\\"word\" b", "a \"\" b"),
            ("a \"word \\(c) word\" b", "a \"(c)\" b"),
            ("a \"\\(c(\"word\"))\" b", "a \"(c(\"\"))\" b"),
            ("a #\"\"word\\(word)\"# b", "a #\"\"# b"),
            ("a \"\"\"\n  \"word\" // word\n  \"\"\" b", "a \"\"\"\n\"\"\" b"),
            ("a \"https://word\" b", "a \"\" b"),
        ])
    func scanning(_ text: String, _ code: String) {
        func dense(_ text: String) -> String { text.filter { $0 != " " && $0 != "\n" } }
        let file = SourceFile("A.swift", text)
        #expect(dense(String(decoding: file.code, as: UTF8.self)) == dense(code))
        #expect(file.code.count == file.bytes.count)
    }

    @Test("a comment is kept apart from the code")
    func comments() {
        let file = SourceFile("A.swift", "let a = \"// no\" // yes\n")
        #expect(String(decoding: file.comments, as: UTF8.self).contains("// yes"))
        #expect(!String(decoding: file.comments, as: UTF8.self).contains("no"))
    }

    @Test("a literal knows its place, its form and whether it is interpolated")
    func literals() throws {
        let file = SourceFile("A.swift", "f(\"a\", \"\"\"\n  b\\(c)\n  \"\"\")\n")
        #expect(file.literals.map(\.offset) == [2, 7])
        #expect(file.literals.map(\.isMultiLine) == [false, true])
        #expect(file.literals.map(\.isInterpolated) == [false, true])
        #expect(file.literals.first?.text == "a")
    }

    @Test("an offset leads to its line, the first of which is one")
    func lines() {
        let file = SourceFile("Sources/HTTP/A+B.swift", "a\n\nb\n")
        #expect([0, 1, 2, 3, 4].map(file.line(at:)) == [1, 1, 2, 3, 3])
        #expect(file.lines == ["a", "", "b"])
        #expect(file.module == "HTTP" && file.name == "A+B.swift" && file.stem == "A+B")
        #expect(file.folder == "Sources/HTTP/")
    }

    @Test("a word is found only where it is whole")
    func wholeWords() {
        let text = Array("Date() asDate() Date()Date() Dated".utf8)
        #expect(offsets(of: "Date()", in: text) == [0, 16, 22])
        #expect(offsets(of: "Date", in: text) == [0, 16, 22])
    }

    @Test("a type's header is read up to its brace")
    func headers() {
        let file = SourceFile(
            "A.swift", "struct A<B: C>: D, E where B: F {}\nextension G: H {}\nenum I { case j }\n")
        let found = inheritances(in: file)
        #expect(found.map(\.type) == ["A", "G", "I"])
        #expect(found.map(\.supertypes) == [["D", "E"], ["H"], []])
    }

    @Test("an operation's name has its forms for files and statements")
    func names() {
        #expect(upperCamelCase("listBills") == "ListBills")
        #expect(snakeCase("ListBills") == "list_bills")
    }
}
