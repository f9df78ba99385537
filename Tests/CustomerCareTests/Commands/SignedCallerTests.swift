import Electricity
import Testing

@testable import CustomerCare

@Suite("Calls of commands")
struct SignedCallerTests {
    @Test(
        "what is no address or no secret is refused before anything is sent",
        arguments: [
            ("", "AAAA"), ("127.0.0.1:8080", "AAAA"), ("ftp://a", "AAAA"), ("http:/a", "AAAA"),
            ("http://", "AAAA"), ("http://a/b", "AAAA"), ("http://a", "?"), ("http://a", ""),
        ])
    func refused(url: String, secret: String) {
        #expect(throws: SignedCaller.Fault.self) {
            try SignedCaller(url: url, keyId: "k", secret: secret)
        }
    }

    @Test("an instant is told with its microseconds")
    func instants() throws {
        let instant = Instant(microsecondsSince1970: 1_795_568_400_000_042)
        #expect(instant.rfc3339WithMicroseconds == "2026-11-25T08:00:00.000042+07:00")
        #expect(Instant(rfc3339: instant.rfc3339WithMicroseconds) == instant)
    }
}
