import JSON
import Testing

@testable import CustomerCare

@Suite("Tables of an import")
struct CSVReaderTests {
    private func read(_ text: [UInt8], by size: Int) throws -> [ContentRecord] {
        var reader = CSVReader(numbers: ["n"], truths: ["t"])
        var records: [ContentRecord] = []
        for start in stride(from: 0, to: text.count, by: size) {
            records += try reader.take(Array(text[start..<min(start + size, text.count)]))
        }
        return records + (try reader.finish())
    }

    private func read(_ text: String) throws -> [ContentRecord] {
        let whole = try read(Array(text.utf8), by: 1_000_000)
        for size in 1...5 { #expect(try read(Array(text.utf8), by: size) == whole, "\(size)") }
        return whole
    }

    private func object(_ members: [(String, JSONValue)]) -> ContentRecord.Content {
        .value(JSONDocument(.object(members.map { JSONMember(name: $0.0, value: $0.1) })))
    }

    @Test("fields are quoted or not, over several lines, with any end and a mark of byte order")
    func fields() throws {
        let records = try read(
            "\u{FEFF}a,n,t\r\n"
                + "x,12,true\r\n\r\n\"y, \"\"z\"\"\nw\",-1.5,0\n,,\n\"\",1e2,yes\n\" q\",null,1")
        #expect(
            records == [
                ContentRecord(
                    line: 2,
                    content: object([
                        ("a", .string("x")), ("n", .integer(12)), ("t", .boolean(true)),
                    ])),
                ContentRecord(
                    line: 4,
                    content: object([
                        ("a", .string("y, \"z\"\nw")), ("n", .real(-1.5)), ("t", .boolean(false)),
                    ])),
                ContentRecord(line: 6, content: object([])),
                ContentRecord(
                    line: 7,
                    content: object([
                        ("a", .string("")), ("n", .real(100)), ("t", .string("yes")),
                    ])),
                ContentRecord(
                    line: 8,
                    content: object([("a", .string(" q")), ("n", .null), ("t", .boolean(true))])),
            ])
    }

    @Test("the first row says what parts the fields, and columns are paths into the line")
    func paths() throws {
        for separator in [",", ";", "\t"] {
            let text = "a/b,l/0/n,l/1/n,c\n1,2,3,4\n".replacing(",", with: separator)
            #expect(
                try read(text).map(\.content) == [
                    object([
                        ("a", .object([JSONMember(name: "b", value: .string("1"))])),
                        (
                            "l",
                            .array([
                                .object([JSONMember(name: "n", value: .integer(2))]),
                                .object([JSONMember(name: "n", value: .integer(3))]),
                            ])
                        ), ("c", .string("4")),
                    ])
                ])
        }
    }

    @Test("a row that is malformed is named, and those around it are taken")
    func faults() throws {
        let records = try read("a,b\n1\n1,2,3\n1\"2,3\n\"1\"2,3\n1,2\n\"1,2\n")
        #expect(
            records.map(\.content) == [
                .fault(field: "#", code: "wrong_columns"),
                .fault(field: "#", code: "wrong_columns"),
                .fault(field: "#", code: "invalid_csv"), .fault(field: "#", code: "invalid_csv"),
                object([("a", .string("1")), ("b", .string("2"))]),
                .fault(field: "#", code: "invalid_csv"),
            ])
        #expect(records.map(\.line) == [2, 3, 4, 5, 6, 7])
        let encoding = try read(Array("a,b\nx,".utf8) + [0xC3, 0x28, 0x0A], by: 3)
        #expect(encoding.map(\.content) == [.fault(field: "#/b", code: "wrong_encoding")])
        let wide = try read(Array("a,b\nx,".utf8) + [0x00, 0x0A], by: 3)
        #expect(wide.map(\.content) == [.fault(field: "#/b", code: "wrong_encoding")])
    }

    @Test(
        "a table without names, with the same one twice or with endless rows is refused",
        arguments: ["", "\n", "a,a\n1,2", "a,,b\n", "a/\n", "a\"b\n", "a/b/c/d/e\n"])
    func refused(text: String) {
        #expect(throws: ContentFault.noHeader) { try read(Array(text.utf8), by: 7) }
    }

    @Test("neither a million columns nor an endless field take memory")
    func bounds() {
        let columns = Array(String(repeating: "a,", count: 1_000_000).utf8)
        #expect(throws: ContentFault.tooLong(line: 1)) { try read(columns, by: 65_536) }
        let field = Array(("a\n\"" + String(repeating: "x\n", count: 40_000)).utf8)
        #expect(throws: ContentFault.tooLong(line: 2)) { try read(field, by: 65_536) }
    }
}
