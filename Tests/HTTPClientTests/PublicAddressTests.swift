import HTTP
import HTTPClient
import Testing

@Suite("Public addresses")
struct PublicAddressTests {
    @Test(
        "the ranges of IANA's registry are not public, their neighbours are",
        arguments: [
            ("0.0.0.0", false), ("0.255.255.255", false), ("1.0.0.0", true),
            ("9.255.255.255", true), ("10.0.0.0", false), ("10.255.255.255", false),
            ("11.0.0.0", true), ("100.63.255.255", true), ("100.64.0.0", false),
            ("100.127.255.255", false), ("100.128.0.0", true), ("127.0.0.1", false),
            ("128.0.0.0", true), ("169.253.255.255", true), ("169.254.169.254", false),
            ("172.15.255.255", true), ("172.16.0.0", false), ("172.31.255.255", false),
            ("172.32.0.0", true), ("192.0.0.8", false), ("192.0.2.1", false),
            ("192.88.99.1", false), ("192.168.1.1", false), ("192.169.0.0", true),
            ("198.17.255.255", true), ("198.18.0.0", false), ("198.19.255.255", false),
            ("198.51.100.1", false), ("203.0.113.9", false), ("203.0.114.0", true),
            ("223.255.255.255", true), ("224.0.0.1", false), ("255.255.255.255", false),
            ("118.69.108.1", true),
        ])
    func v4(text: String, isPublic: Bool) {
        let bytes = text.split(separator: ".").compactMap { UInt8($0) }
        #expect(PublicAddress.isPublic(v4: bytes) == isPublic, "\(text)")
    }

    @Test(
        "of version 6 only global unicast is public, without what holds other addresses",
        arguments: [
            ("00000000000000000000000000000001", false),
            ("00000000000000000000000000000000", false),
            ("00000000000000000000ffff7f000001", false),
            ("0064ff9b00000000000000007f000001", false),
            ("fe800000000000000000000000000001", false),
            ("fc000000000000000000000000000001", false),
            ("fd123456789a00000000000000000001", false),
            ("ff020000000000000000000000000001", false),
            ("20010000000000000000000000000001", false),
            ("200101ff000000000000000000000001", false),
            ("20010200000000000000000000000001", true),
            ("20010db8000000000000000000000001", false),
            ("20027f00000100000000000000000001", false),
            ("3fff0fff000000000000000000000001", false),
            ("3fff1000000000000000000000000001", true),
            ("240004001000000000000000000000c8", true),
        ])
    func v6(hex: String, isPublic: Bool) {
        let digits = Array(hex.utf8)
        let bytes = stride(from: 0, to: 32, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16)
        }
        #expect(bytes.count == 16)
        #expect(PublicAddress.isPublic(v6: bytes) == isPublic, "\(hex)")
    }

    @Test("neither an address nor a name of this machine is connected to, whatever it answers")
    func refused() async throws {
        let peer = try await PeerFixture { _, _ in Response(status: 200) }
        for host in ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"] {
            let url = "http://\(host):\(peer.port)/"
            let fault = try await withCaller({ $0.refusesPrivateAddresses = true }) {
                caller, _ -> CallFault? in
                do {
                    _ = try await caller.send(.get(url))
                    return nil
                } catch let fault as CallFault {
                    return fault
                }
            }
            guard case .notSent = fault else {
                Issue.record("\(host): \(String(describing: fault))")
                continue
            }
        }
        #expect(peer.requests.isEmpty)
    }

    @Test("how long to wait is read from the answer, in seconds or as a date")
    func retryAfter() async throws {
        let peer = try await PeerFixture { request, _ in
            var response = Response(status: 503)
            if request.target.path == Array("/seconds".utf8) { response.add("Retry-After", "120") }
            return response
        }
        let urls = ["/seconds", "/nothing"].map(peer.url)
        let seconds = try await withCaller { caller, _ in
            [
                try await caller.send(.get(urls[0])).retryAfterSeconds,
                try await caller.send(.get(urls[1])).retryAfterSeconds,
            ]
        }
        #expect(seconds == [120, 0])
    }
}
