import JSON
import Testing

/// The reader that names every fault.
struct JSONObjectTests {
    private func read(
        _ text: String, _ body: (JSONObject) -> Void
    ) throws -> [JSONFault] {
        let faults = JSONFaults()
        let root = try JSONValue.parse(Array(text.utf8))
        if let object = JSONObject(root: root, faults: faults) { body(object) }
        return faults.list
    }

    private func fault(_ pointer: String, _ code: JSONFault.Code) -> JSONFault {
        JSONFault(pointer: pointer, code: code)
    }

    @Test("right values come out and leave no fault")
    func rightValues() throws {
        let faults = try read(
            #"{"s":"é😀","i":-3,"b":false,"o":{"x":1},"l":["a","b"],"n":null,"K":1}"#
        ) { object in
            #expect(object.string("s", length: 2...2) == "é😀")
            #expect(object.integer("i", in: -3...0) == -3)
            #expect(object.boolean("b") == false)
            #expect(object.object("o")?.integer("x", in: 0...1) == 1)
            #expect(object.strings("l", count: 1...2, length: 1...1) == ["a", "b"])
            #expect(object.optionalString("n", length: 1...2) == nil)
            #expect(object.optionalInteger("absent", in: 0...1) == nil)
            #expect(object.optionalBoolean("absent") == nil)
            #expect(object.optionalObject("absent") == nil)
            #expect(object.has("n") && object.isNull("n"))
            #expect(!object.has("absent") && !object.isNull("absent"))
            #expect(!object.has("\u{212A}"), "the Kelvin sign is not the letter K")
        }
        #expect(faults.isEmpty)
    }

    @Test("each wrong value is named with its own pointer and code")
    func wrongValues() throws {
        let faults = try read(
            """
            {"short":"","long":"abc","number":1,"real":2.0,"exponent":1e2,"huge":1e999,
             "big":99999999999999999999,"over":11,"text":"1","null":null,"few":[],"many":["a","b"],
             "items":["ok",7,"toolong",null],"object":[]}
            """
        ) { object in
            _ = object.string("short", length: 1...2)
            _ = object.optionalString("long", length: 1...2)
            _ = object.string("number", length: 1...2)
            for key: JSONName in ["real", "exponent", "huge", "big", "over", "text", "null"] {
                _ = object.integer(key, in: 0...10)
            }
            _ = object.boolean("text")
            _ = object.string("absent", length: 1...2)
            _ = object.strings("few", count: 1...1, length: 1...1)
            _ = object.strings("many", count: 1...1, length: 1...1)
            _ = object.strings("items", count: 1...9, length: 1...2)
            _ = object.strings("text", count: 1...9, length: 1...2)
            _ = object.object("object")
            object.fault("text", .wrongFormat)
            object.fault(nil, .notAllowed)
        }
        #expect(
            faults == [
                fault("#/short", .tooShort), fault("#/long", .tooLong),
                fault("#/number", .wrongType), fault("#/real", .notAnInteger),
                fault("#/exponent", .notAnInteger), fault("#/huge", .outOfRange),
                fault("#/big", .outOfRange), fault("#/over", .outOfRange),
                fault("#/text", .wrongType), fault("#/null", .missing),
                fault("#/text", .wrongType), fault("#/absent", .missing),
                fault("#/few", .tooFewItems), fault("#/many", .tooManyItems),
                fault("#/items/1", .wrongType), fault("#/items/2", .tooLong),
                fault("#/items/3", .wrongType), fault("#/text", .wrongType),
                fault("#/object", .wrongType), fault("#/text", .wrongFormat),
                fault("#", .notAllowed),
            ])
    }

    @Test("a decimal has no more decimals than asked for, and is told in units of the last one")
    func decimals() throws {
        let text =
            #"{"a":0.85,"b":1,"c":0.8505,"d":1.001,"e":1e300,"f":-0.1,"g":"1","h":null,"#
            + #""i":9223372036854775807,"j":99999999999999999999,"k":0.899}"#
        let faults = try read(text) { object in
            func decimal(_ name: JSONName) -> Int64? {
                object.optionalDecimal(name, decimals: 3, in: 0...1_000)
            }
            #expect(decimal("a") == 850)
            #expect(decimal("b") == 1_000)
            #expect(decimal("k") == 899)
            #expect(decimal("h") == nil)
            #expect(decimal("absent") == nil)
            for name: JSONName in ["c", "d", "e", "f", "g", "i", "j"] {
                #expect(decimal(name) == nil)
            }
        }
        #expect(
            faults == [
                fault("#/c", .wrongFormat), fault("#/d", .outOfRange), fault("#/e", .outOfRange),
                fault("#/f", .outOfRange), fault("#/g", .wrongType), fault("#/i", .outOfRange),
                fault("#/j", .outOfRange),
            ])
    }

    @Test("a root that is no object is a wrong type at the root", arguments: ["[]", "1", "null"])
    func wrongRoot(text: String) throws {
        let faults = try read(text) { _ in Issue.record("an object came out of \(text)") }
        #expect(faults == [fault("#", .wrongType)])
    }

    @Test("pointers of nested objects are escaped as RFC 6901 section 6 asks")
    func escapedPointers() throws {
        let faults = try read(#"{"a/b":{"m~n":{}}}"#) { object in
            let inner = object.object("a/b")?.object("m~n")
            inner?.fault("c%d e^f", .missing)
            inner?.fault("é?", .missing)
        }
        #expect(
            faults.map(\.pointer) == ["#/a~1b/m~0n/c%25d%20e%5Ef", "#/a~1b/m~0n/%C3%A9?"])
    }

    @Test("no more than a hundred faults are kept")
    func bounded() {
        let faults = JSONFaults()
        for index in 0..<1_000 { faults.add(.missing, at: "#/\(index)") }
        #expect(faults.list.count == JSONFaults.maximumCount)
        #expect(faults.list.last?.pointer == "#/99")
    }
}
