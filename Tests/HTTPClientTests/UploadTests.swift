import HTTP
import HTTPClient
import Testing

@Suite("Content that is read as it is sent")
struct UploadTests {
    private struct Broken: Error {}

    private static var bounds: HTTPCaller.Bounds {
        var bounds = HTTPCaller.Bounds()
        bounds.allowsPlainText = true
        return bounds
    }

    @Test("all pieces arrive in their order, with the fields of the request")
    func pieces() async throws {
        let peer = try await PeerFixture { request, _ in
            Response(status: 202, body: (request.fields.only("x-a") ?? []) + request.body)
        }
        var rest = ["ab", "c", String(repeating: "d", count: 50_000)].map { Array($0.utf8) }
        let upload = Upload(byteCount: 50_003) { rest.isEmpty ? [] : rest.removeFirst() }
        let reply = try HTTPCaller.sendBlocking(
            OutgoingRequest(method: .put, url: peer.url("/x"), fields: [("X-A", "1")]),
            upload: upload, bounds: Self.bounds)
        #expect(reply.status == 202)
        #expect(reply.body.count == 50_004)
        #expect(Array(reply.body.prefix(5)) == Array("1abcd".utf8))
        #expect(peer.requests.first?.hasPrefix("PUT /x") == true)
    }

    @Test("what cannot be read breaks the call off, and says why")
    func broken() async throws {
        let peer = try await PeerFixture { _, _ in Response(status: 200) }
        let upload = Upload(byteCount: 10) { throw Broken() }
        #expect(throws: CallFault.self) {
            try HTTPCaller.sendBlocking(
                OutgoingRequest(method: .put, url: peer.url("/")), upload: upload,
                bounds: Self.bounds)
        }
        #expect(upload.fault is Broken)
    }

    @Test("a PUT of what is in hand arrives as one, and the tag of the answer comes back")
    func inHand() async throws {
        let peer = try await PeerFixture { request, _ in
            var response = Response(status: 200, body: request.fields.only("expect") ?? [])
            response.add("ETag", "\"v7\"")
            return response
        }
        let reply = try HTTPCaller.sendBlocking(
            OutgoingRequest(method: .put, url: peer.url("/x"), body: Array("{}".utf8)),
            bounds: Self.bounds)
        #expect(reply == IncomingReply(status: 200, body: [], entityTag: "\"v7\""))
        #expect(peer.requests == ["PUT /x {}"])
        let without = try await PeerFixture { _, _ in Response(status: 200) }
        let bare = try HTTPCaller.sendBlocking(.get(without.url("/")), bounds: Self.bounds)
        #expect(bare.entityTag == nil)
    }
}
