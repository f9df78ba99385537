import Signing
import Testing

/// RFC 9530 with its own values, and what is refused.
struct ContentDigestTests {
    private static let body = bytes(#"{"hello": "world"}"#)
    private static let sha256 = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"
    private static let sha512 =
        "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+"
        + "TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"
    private static let wrong = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"

    @Test(
        "a header value has one outcome for a body",
        arguments: [
            (sha256, .matches), (sha512, .matches), ("\(sha256), \(sha512)", .matches),
            ("\(sha512)\t ,\t\(sha256) ", .matches), ("md5=:AAAA:,\(sha256)", .matches),
            (wrong, .mismatch), ("\(wrong), \(sha512)", .mismatch),
            ("\(sha512), \(wrong)", .mismatch), ("sha-256=::", .mismatch),
            ("sha-256=:AAAA:", .mismatch), ("md5=:AAAA:", .noKnownAlgorithm),
            ("", .malformed), (",", .malformed), ("\(sha256),", .malformed),
            (",\(sha256)", .malformed), ("\(sha256), \(sha256)", .malformed),
            ("md5=:AAAA:, md5=:AAAA:, \(sha256)", .malformed), ("\(sha256);a=1", .malformed),
            ("sha-256", .malformed), ("sha-256=abc", .malformed), ("sha-256 =:AAAA:", .malformed),
            ("sha-256=:AAAA", .malformed), ("sha-256=:AAA:", .malformed),
            ("sha-256=:AAB=:", .malformed), ("sha-256=:AA AA:", .malformed),
            ("SHA-256=:AAAA:", .malformed), ("\(sha256) \(sha512)", .malformed),
            ("\(sha256)\u{A0}", .malformed), ("sha-256=\"AAAA\"", .malformed),
        ] as [(String, ContentDigest.Outcome)])
    func outcome(value: String, outcome: ContentDigest.Outcome) {
        #expect(ContentDigest.verify(headerValue: bytes(value), body: Self.body) == outcome)
        // The same body in pieces.
        let verifier = ContentDigestVerifier(headerValue: bytes(value))
        #expect((verifier == nil) == (outcome == .malformed))
        if let verifier {
            for byte in Self.body { verifier.update([byte]) }
            #expect(verifier.finish() == outcome)
        }
    }

    @Test("the value with a line end is that of the body with a line end")
    func lineEnd() {
        let body = Self.body + [UInt8(ascii: "\n")]
        #expect(ContentDigest.verify(headerValue: bytes(Self.wrong), body: body) == .matches)
        #expect(ContentDigest.headerValue(for: body) == bytes(Self.wrong))
    }

    @Test("a value that is too long is not looked at")
    func tooLong() {
        let value = bytes(Self.sha256) + [UInt8](repeating: UInt8(ascii: " "), count: 2_048)
        #expect(ContentDigest.verify(headerValue: value, body: Self.body) == .malformed)
    }
}
