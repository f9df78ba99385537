import Testing

@testable import JSON

/// The list of values that a text is read into.
struct JSONDocumentTests {
    private static let text = #"""
        {"a":[1,{"x/y":null,"~":[]},-2.5],"ab":"é","\u0063d":"\"\\e\u0301","big":1e999,
         "o":{"a":true,"ab":{"":false}},"n":9223372036854775808}
        """#

    @Test("a list and the tree of it say the same, and either makes the other")
    func tree() throws {
        let document = try JSONDocument(Array(Self.text.utf8))
        let tree = document.value
        #expect(JSONDocument(tree) == document)
        #expect(JSONDocument(tree).value == tree)
        #expect(tree == (try JSONValue.parse(Array(Self.text.utf8))))
        #expect(tree.member("cd") == .string("\"\\e\u{301}"))
        #expect(JSONDocument.null.value == .null)
        #expect(document != JSONDocument.null)
    }

    @Test("a part of bytes is read where it stands")
    func part() throws {
        let bytes = Array(#"xx{"name":"\u0041b","k":[7]}yy"#.utf8)
        let document = try JSONDocument(bytes, 2..<bytes.count - 2)
        let faults = JSONFaults()
        let object = try #require(JSONObject(root: document, faults: faults))
        #expect(object.string("name", length: 2...2) == "Ab")
        #expect(document.value.member("k") == .array([.integer(7)]))
        let error = #expect(throws: JSONSyntaxError.self) {
            try JSONDocument(bytes, 1..<bytes.count)
        }
        #expect(error?.byteOffset == 0)
    }

    @Test("every value has its pointer, and is found by its name wherever was looked before")
    func pointers() throws {
        let document = try JSONDocument(Array(Self.text.utf8))
        #expect(
            document.nodes.indices.map { document.pointer(of: $0) } == [
                "#", "#/a", "#/a/0", "#/a/1", "#/a/1/x~1y", "#/a/1/~0", "#/a/2", "#/ab", "#/cd",
                "#/big", "#/o", "#/o/a", "#/o/ab", "#/o/ab/", "#/n",
            ])
        let faults = JSONFaults()
        let object = try #require(JSONObject(root: document, faults: faults))
        let nested = try #require(object.object("o"))
        for _ in 0..<2 {
            // In the order of the text, against it, and in turns with another object.
            for name: JSONName in ["a", "ab", "cd", "big", "o", "n", "o", "cd", "ab", "a"] {
                #expect(object.has(name), "\(name.text)")
                #expect(nested.boolean("a") == true)
                #expect(nested.has("ab") && !nested.has("cd"))
            }
        }
        #expect(!object.has("b") && !object.has("") && !object.has("ac"))
        #expect(object.string("cd", length: 3...3) == "\"\\\u{E9}", "texts are given in NFC")
        #expect(faults.isEmpty)
    }

    @Test("names that look the same are told apart, few or many")
    func names() throws {
        // Of equal length, with the same first, middle and last byte.
        let names = (0..<60).map { "a\($0 / 10)m\($0 % 10)z" }
        let members = names.enumerated().map { "\"\($1)\":\($0)" }
        for count in [2, 31, 32, 33, 60] {
            let text = "{" + members.prefix(count).joined(separator: ",") + "}"
            let faults = JSONFaults()
            let root = try JSONDocument(Array(text.utf8))
            let object = try #require(JSONObject(root: root, faults: faults))
            for (index, name) in names.enumerated() {
                let found = object.optionalInteger(JSONName(name), in: 0...99)
                #expect(found == (index < count ? Int64(index) : nil), "\(count) \(name)")
            }
            for twice in [0, count / 2, count - 1] {
                let again = text.dropLast() + ",\"\(names[twice])\":1}"
                let error = #expect(throws: JSONSyntaxError.self) {
                    try JSONDocument(Array(again.utf8))
                }
                #expect(error?.reason == .duplicateName)
                #expect(error?.byteOffset == again.utf8.count - 3)
            }
        }
    }
}
