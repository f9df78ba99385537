import Signing
import Testing

/// The signature base, and what this service demands of a signature.
struct SignedMessageTests {
    private func signature(_ components: String, _ parameters: String = "") throws
        -> MessageSignature
    {
        try MessageSignature.parse(
            input: bytes("s=(\(components))\(parameters)"), signature: bytes("s=:AAAA:"))
    }

    private func base(
        _ components: String, path: String = "/a", query: String? = nil,
        fieldValues: [String: String] = [:]
    ) throws -> String {
        let message = SignedMessage(
            method: bytes("GET"), scheme: .https, authority: bytes("example.vn"),
            path: bytes(path), query: query.map(bytes))
        let base = try message.base(
            for: signature(components), appendField: fields(fieldValues))
        return String(decoding: base, as: UTF8.self)
    }

    @Test("derived components follow RFC 9421 section 2.2")
    func derived() throws {
        #expect(try base(#""@query""#) == "\"@query\": ?\n\"@signature-params\": (\"@query\")")
        #expect(try base(#""@query""#, query: "").hasPrefix("\"@query\": ?\n"))
        #expect(try base(#""@query""#, query: "a=%7E").hasPrefix("\"@query\": ?a=%7E\n"))
        #expect(try base(#""@path""#, path: "").hasPrefix("\"@path\": /\n"))
        #expect(try base(#""@path""#, path: "/%7Ea//b").hasPrefix("\"@path\": /%7Ea//b\n"))
        #expect(
            try base(#""@target-uri""#, query: "").hasPrefix(
                "\"@target-uri\": https://example.vn/a?\n"))
        #expect(
            try base(#""@target-uri""#, path: "").hasPrefix(
                "\"@target-uri\": https://example.vn/\n"))
        #expect(try base("") == "\"@signature-params\": ()")
    }

    @Test(
        "unknown derived components, absent fields and values with line ends are refused",
        arguments: [
            (#""@status""#, .unsupportedComponent), (#""@scheme""#, .unsupportedComponent),
            (#""@request-target""#, .unsupportedComponent),
            (#""@signature-params""#, .unsupportedComponent), (#""x-absent""#, .componentAbsent),
            (#""x-two-lines""#, .componentNotOneLine),
        ] as [(String, SignatureFault)])
    func refused(component: String, fault: SignatureFault) {
        #expect(throws: fault) {
            try base(component, fieldValues: ["x-two-lines": "a\n\"@path\": /b"])
        }
    }

    @Test("an empty field counts as covered")
    func emptyField() throws {
        #expect(try base(#""x""#, fieldValues: ["x": ""]).hasPrefix("\"x\": \n"))
    }

    @Test(
        "an authority is lower-cased and loses only its scheme's own port",
        arguments: [
            ("Example.VN", .https, "example.vn"), ("example.vn:443", .https, "example.vn"),
            ("example.vn:443", .http, "example.vn:443"), ("example.vn:80", .http, "example.vn"),
            ("localhost:8080", .http, "localhost:8080"), ("example.vn:", .https, "example.vn"),
            ("[::1]:443", .https, "[::1]"), ("[2001:DB8::80]", .http, "[2001:db8::80]"),
            ("example.vn:8443", .https, "example.vn:8443"), ("", .https, ""),
            ("\u{212A}.vn", .https, "\u{212A}.vn"),
        ] as [(String, SignedMessage.Scheme, String)])
    func authority(raw: String, scheme: SignedMessage.Scheme, normal: String) {
        #expect(
            SignedMessage.normalizedAuthority(bytes(raw), scheme: scheme) == bytes(normal))
    }

    private static let now: Int64 = 1_609_815_600
    private static let all =
        #""@method" "@authority" "@path" "@query" "content-type" "#
        + #""content-digest" "idempotency-key""#
    private static let good = #";created=1609815600;keyid="k";nonce="12345678""#

    private func verdict(
        _ components: String, _ parameters: String, hasBody: Bool = true, hasKey: Bool = true
    ) throws -> SignatureFault? {
        let signature = try signature(components, parameters)
        do {
            try SignaturePolicy().check(
                signature, hasBody: hasBody, hasIdempotencyKey: hasKey, now: Self.now)
            return nil
        } catch {
            return error
        }
    }

    @Test("a signature that covers and carries everything passes")
    func passes() throws {
        #expect(try verdict(Self.all, Self.good) == nil)
        #expect(try verdict(Self.all, Self.good + #";alg="hmac-sha256";tag="t""#) == nil)
        let short = #""@method" "@authority" "@target-uri""#
        #expect(try verdict(short, Self.good, hasBody: false, hasKey: false) == nil)
    }

    @Test(
        "each component left out is named",
        arguments: [
            ("@method", .componentMissingMethod), ("@authority", .componentMissingAuthority),
            ("@path", .componentMissingTarget), ("@query", .componentMissingTarget),
            ("content-type", .componentMissingContentType),
            ("content-digest", .componentMissingContentDigest),
            ("idempotency-key", .componentMissingIdempotencyKey),
        ] as [(String, SignatureFault)])
    func missingComponent(component: String, fault: SignatureFault) throws {
        let rest = Self.all.split(separator: " ").filter { $0 != "\"\(component)\"" }
        #expect(try verdict(rest.joined(separator: " "), Self.good) == fault)
    }

    @Test(
        "parameters that are missing or not of now are named",
        arguments: [
            (#";keyid="k";nonce="12345678""#, .createdMissing),
            (#";created=1609815600;nonce="12345678""#, .keyIdMissing),
            (#";created=1609815600;keyid="k""#, .nonceMissing),
            (#";created=1609815600;keyid="k";nonce="1234567""#, .nonceTooShort),
            (#";created=1609815900;keyid="k";nonce="12345678""#, nil),
            (#";created=1609815901;keyid="k";nonce="12345678""#, .createdOutsideWindow),
            (#";created=1609815300;keyid="k";nonce="12345678""#, nil),
            (#";created=1609815299;keyid="k";nonce="12345678""#, .createdOutsideWindow),
            (good + ";expires=1609815600", nil),
            (good + ";expires=1609815599", .expiresBeforeCreated),
            (#";created=1609815500;keyid="k";nonce="12345678";expires=1609815599"#, .expired),
            (good + #";alg="none""#, .algorithmNotSupported),
            (good + #";alg="HMAC-SHA256""#, .algorithmNotSupported),
            (good + #";alg="rsa-v1_5-sha256""#, .algorithmNotSupported),
        ] as [(String, SignatureFault?)])
    func parameters(parameters: String, fault: SignatureFault?) throws {
        #expect(try verdict(Self.all, parameters) == fault)
    }
}
