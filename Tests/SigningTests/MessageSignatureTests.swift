import Signing
import Testing

/// RFC 9421: published vectors, and every way to be refused.
struct MessageSignatureTests {
    @Test("vector B.2.5 of RFC 9421 verifies, and no changed byte of its base does")
    func vectorB25() throws {
        let signature = try parse(VectorB25.input, VectorB25.signature).get()
        #expect(signature.label == "sig-b25")
        #expect(signature.components == ["date", "@authority", "content-type"])
        #expect(signature.created == 1_618_884_473)
        #expect(signature.keyId == "test-shared-secret")
        #expect(signature.nonce == nil && signature.expires == nil && signature.tag == nil)
        let base = try VectorB25.message.base(
            for: signature, appendField: fields(VectorB25.fieldValues))
        #expect(base == bytes(VectorB25.base))
        let key = HMACSHA256Key(try #require(VectorB25.key))
        #expect(key.isCode(signature.signature, of: base))
        for index in base.indices {
            var changed = base
            changed[index] ^= 1
            #expect(!key.isCode(signature.signature, of: changed))
        }
    }

    @Test("what the PyPI client sends gives its base, its digest and its signature")
    func vectorPyPI() throws {
        let signature = try parse("sig1=\(VectorPyPI.parameters)", VectorPyPI.signature).get()
        #expect(signature.algorithm == "hmac-sha256")
        #expect(signature.nonce == "n-0001")
        #expect(signature.tag == "evnspc-cskh")
        let base = try VectorPyPI.message.base(
            for: signature,
            appendField: fields([
                "content-type": "application/json", "content-digest": VectorPyPI.digest,
            ]))
        #expect(base == bytes(VectorPyPI.base))
        #expect(HMACSHA256.code(for: base, key: VectorPyPI.key) == signature.signature)
        #expect(ContentDigest.headerValue(for: VectorPyPI.body) == bytes(VectorPyPI.digest))
    }

    @Test(
        "optional white space and leading zeros vanish from the canonical parameters",
        arguments: [
            #"  s=("a" "b");created=7;tag="x\"\\"  "#,
            #"s=(  "a"   "b"  );  created=0007; tag="x\"\\""#,
        ])
    func canonical(input: String) throws {
        let signature = try parse(input, " s=:AAAA: ").get()
        #expect(signature.parametersText == bytes(#"("a" "b");created=7;tag="x\"\\""#))
        #expect(signature.tag == #"x"\"#)
        #expect(signature.signature == [0, 0, 0])
    }

    @Test(
        "anything but one signature in the form we take is refused with its reason",
        arguments: [
            ("", .malformedSignatureInput), ("s", .malformedSignatureInput),
            ("s=", .malformedSignatureInput), ("s=1", .malformedSignatureInput),
            ("s=\"a\"", .malformedSignatureInput), ("S=()", .malformedSignatureInput),
            ("s =()", .malformedSignatureInput), ("s= ()", .malformedSignatureInput),
            ("s=(", .malformedSignatureInput), (#"s=("a""#, .malformedSignatureInput),
            (#"s=("a""b")"#, .malformedSignatureInput),
            ("s=(\"a\"\t\"b\")", .malformedSignatureInput),
            (#"s=("a", "b")"#, .malformedSignatureInput), ("s=(a)", .malformedSignatureInput),
            ("s=() x", .malformedSignatureInput), ("s=() ;created=1", .malformedSignatureInput),
            ("s=();", .malformedSignatureInput), ("s=();Created=1", .malformedSignatureInput),
            ("s=(\"a)", .malformedSignatureInput), (#"s=("a\n")"#, .malformedSignatureInput),
            ("s=(\"é\")", .malformedSignatureInput), ("\u{A0}s=()", .malformedSignatureInput),
            ("s=(),", .severalLabels), ("s=(), t=()", .severalLabels),
            ("s=(),s=()", .severalLabels),
            ("s=()\t,\tt=()", .severalLabels),
            (#"s=("A")"#, .malformedComponent), (#"s=("")"#, .malformedComponent),
            (#"s=("@")"#, .malformedComponent), (#"s=("a b")"#, .malformedComponent),
            (#"s=("a\"b")"#, .malformedComponent), (#"s=("a" "b" "a")"#, .duplicateComponent),
            (#"s=("a";bs)"#, .componentParameters), (#"s=("a";sf "b")"#, .componentParameters),
            (#"s=("a";key="x")"#, .componentParameters), (#"s=("a";req)"#, .componentParameters),
            (#"s=("@query-param";name="x")"#, .componentParameters),
            (#"s=("a";tr)"#, .componentParameters),
            ("s=();x=1", .unknownParameter), ("s=();created=1;x", .unknownParameter),
            ("s=();created=1;created=1", .duplicateParameter),
            (#"s=();nonce="a";nonce="b""#, .duplicateParameter),
            ("s=();created", .malformedParameter), ("s=();created=", .malformedParameter),
            ("s=();created=-1", .malformedParameter), ("s=();created=1.0", .malformedParameter),
            ("s=();created=\"1\"", .malformedParameter), ("s=();created=+1", .malformedParameter),
            ("s=();created=1234567890123456", .malformedParameter),
            ("s=();created=@1", .malformedParameter), ("s=();keyid=abc", .malformedParameter),
            ("s=();keyid=:AAAA:", .malformedParameter), ("s=();keyid=\"a", .malformedParameter),
            (#"s=();keyid="a\b""#, .malformedParameter), ("s=();keyid=\"\t\"", .malformedParameter),
            ("s=();keyid =\"a\"", .malformedParameter), ("s=();keyid= \"a\"", .malformedParameter),
            ("s=();keyid=\"a\u{7F}\"", .malformedParameter), ("s=();keyid=\"\"", .parameterLength),
            ("s=();keyid=\"\(String(repeating: "k", count: 65))\"", .parameterLength),
            ("s=();nonce=\"\(String(repeating: "n", count: 129))\"", .parameterLength),
            ("s=();tag=\"\(String(repeating: "t", count: 65))\"", .parameterLength),
            ("s=();tag=\"\(String(repeating: "t", count: 2_048))\"", .headerTooLong),
            (
                "s=(\((0..<17).map { "\"c\($0)\"" }.joined(separator: " ")))", .tooManyComponents
            ),
        ] as [(String, SignatureFault)])
    func refusedInput(input: String, fault: SignatureFault) {
        #expect(parse(input, "s=:AAAA:") == .failure(fault))
    }

    @Test(
        "a signature value is exactly one byte sequence under the same label",
        arguments: [
            ("", .malformedSignature), ("s", .malformedSignature), ("s=AAAA", .malformedSignature),
            ("s=\"AAAA\"", .malformedSignature), ("s=:AAAA", .malformedSignature),
            ("s=::", .malformedSignature), ("s=:AAA:", .malformedSignature),
            ("s=:AAB=:", .malformedSignature), ("s=:AA AA:", .malformedSignature),
            ("s=:AAAA:;a", .malformedSignature), ("s=(:AAAA:)", .malformedSignature),
            ("s=:AAAA:,", .severalLabels), ("s=:AAAA:, t=:AAAA:", .severalLabels),
            ("t=:AAAA:", .labelsDiffer), ("s2=:AAAA:", .labelsDiffer),
            ("s=:\(String(repeating: "A", count: 2_048)):", .headerTooLong),
        ] as [(String, SignatureFault)])
    func refusedSignature(signature: String, fault: SignatureFault) {
        #expect(parse("s=()", signature) == .failure(fault))
    }

    @Test("every prefix of both headers is refused, and none traps")
    func prefixes() {
        let input = Array(VectorB25.input.utf8)
        for end in 0..<input.count {
            let cut = String(decoding: input[..<end], as: UTF8.self)
            guard case .success(let signature) = parse(cut, VectorB25.signature) else { continue }
            // Cut between parameters, or within the digits of one: shorter, but never the same.
            #expect(signature.parametersText.count < input.count - "sig-b25=".utf8.count)
        }
        let value = Array(VectorB25.signature.utf8)
        for end in 0..<value.count {
            let cut = String(decoding: value[..<end], as: UTF8.self)
            #expect(parse(VectorB25.input, cut) == .failure(.malformedSignature))
        }
    }

    @Test("reasons are short words of their own")
    func reasons() {
        for fault in SignatureFault.allCases {
            #expect(fault.reason.utf8.allSatisfy { $0 == 0x5F || ($0 >= 0x61 && $0 <= 0x7A) })
            #expect(fault.reason.utf8.count <= 40)
        }
    }
}
