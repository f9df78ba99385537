import RawStructuredFieldValues
import Signing
import Testing

/// Apple's structured-field parser as a second opinion on what we accept.
struct StructuredFieldOracleTests {
    @Test("whatever we accept, the library accepts with the same content, for mutated headers")
    func mutations() throws {
        let seeds = [
            VectorB25.input, "sig1=\(VectorPyPI.parameters)",
            #"s=( "a"  "@b" );created=0;  expires=999;tag="a\"\\b""#,
        ]
        let inserts = Array("\"\\;=() ,\t0a-.:@é".utf8)
        var accepted = 0
        for seed in seeds.map(bytes) {
            for index in seed.indices {
                for insert in inserts {
                    let replaced = seed[..<index] + [insert] + seed[(index + 1)...]
                    let inserted = seed[..<index] + [insert] + seed[index...]
                    let deleted = seed[..<index] + seed[(index + 1)...]
                    for mutant in [replaced, inserted, deleted] where try agree(Array(mutant)) {
                        accepted += 1
                    }
                }
            }
        }
        #expect(accepted > 500, "the mutations must not all be refused")
    }

    /// Whether we accept the bytes; fails the test when the library sees something else in them.
    private func agree(_ input: [UInt8]) throws -> Bool {
        var labelParser = StructuredFieldValueParser(input)
        let members = Result { try labelParser.parseDictionaryFieldValue() }
        guard let label = try? members.get().first.map({ $0.0 }) else {
            // Without the library's label, try ours: the bytes before the equals sign.
            let own = Array(input.drop { $0 == 0x20 }.prefix { $0 != UInt8(ascii: "=") })
            #expect(throws: SignatureFault.self, "\(String(decoding: input, as: UTF8.self))") {
                try MessageSignature.parse(input: input, signature: own + bytes("=:AAAA:"))
            }
            return false
        }
        guard
            let signature = try? MessageSignature.parse(
                input: input, signature: bytes("\(label)=:AAAA:"))
        else { return false }
        let dictionary = try members.get()
        #expect(dictionary.count == 1)
        guard case .innerList(let list)? = dictionary[label] else {
            Issue.record(
                "the library sees no inner list in \(String(decoding: input, as: UTF8.self))")
            return true
        }
        let components = list.bareInnerList.map { item in
            item.rfc9651Parameters.isEmpty ? text(item.rfc9651BareItem) : nil
        }
        #expect(components == signature.components)
        var parameters: [String: RFC9651BareItem] = [:]
        for (name, value) in list.rfc9651Parameters { parameters[name] = value }
        #expect(number(parameters.removeValue(forKey: "created")) == signature.created)
        #expect(number(parameters.removeValue(forKey: "expires")) == signature.expires)
        #expect(text(parameters.removeValue(forKey: "keyid")) == signature.keyId)
        #expect(text(parameters.removeValue(forKey: "nonce")) == signature.nonce)
        #expect(text(parameters.removeValue(forKey: "alg")) == signature.algorithm)
        #expect(text(parameters.removeValue(forKey: "tag")) == signature.tag)
        #expect(parameters.isEmpty)
        #expect(try canonical(list) == signature.parametersText)
        return true
    }

    private func canonical(_ list: InnerList) throws -> [UInt8] {
        var serializer = StructuredFieldValueSerializer()
        return try serializer.writeListFieldValue([.innerList(list)])
    }

    private func text(_ item: RFC9651BareItem?) -> String? {
        if case .string(let text)? = item { text } else { nil }
    }

    private func number(_ item: RFC9651BareItem?) -> Int64? {
        if case .integer(let number)? = item { Int64(number) } else { nil }
    }
}
