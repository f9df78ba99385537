import Signing
import Testing

/// Standard Webhooks 1.0, spec/standard-webhooks.md.
@Suite("Signatures of webhooks")
struct WebhookSignatureTests {
    /// The secret of the published example.
    private static let published = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let code = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    @Test("the published example reproduces")
    func vector() throws {
        let secret = try #require(Base64.decode(Array(Self.published.utf8)))
        let header = WebhookSignature.header(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330,
            body: Array(#"{"test": 2432232314}"#.utf8), secrets: [secret])
        #expect(header == Self.code)
        #expect(WebhookSignature.text(of: secret) == "whsec_" + Self.published)
    }

    @Test("two secrets give two codes, in their order")
    func rotation() throws {
        let secret = try #require(Base64.decode(Array(Self.published.utf8)))
        let other = [UInt8](repeating: 7, count: 32)
        func header(_ secrets: [[UInt8]]) -> String {
            WebhookSignature.header(
                id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330,
                body: Array(#"{"test": 2432232314}"#.utf8), secrets: secrets)
        }
        #expect(header([other, secret]) == header([other]) + " " + Self.code)
        #expect(header([other]) != Self.code)
    }
}
