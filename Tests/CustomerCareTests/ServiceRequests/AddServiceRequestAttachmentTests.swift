import Testing

@testable import CustomerCare

@Suite("addServiceRequestAttachment")
struct AddServiceRequestAttachmentTests {
    static let pdf = Array("%PDF-1.7\n".utf8)
    static let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0] + [UInt8](repeating: 7, count: 200_000)

    @Test("documents are kept, listed with the request, and the same content once")
    func kept() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let code = try await service.newRequest(of: account)
            let first = try await service.attach(
                Self.jpeg, "image/jpeg", to: code, of: account)
            #expect(first.status == 201)
            #expect(first.json["mediaType"].string == "image/jpeg")
            #expect(first.json["byteCount"].int == 200_004)
            let again = try await service.attach(
                Self.jpeg, "image/jpeg", to: code, of: account)
            #expect(again.status == 200)
            #expect(again.json["attachmentId"].string == first.json["attachmentId"].string)
            service.clock.advance(seconds: 1)
            _ = try await service.attach(Self.pdf, "application/pdf", to: code, of: account)
            let request = try await service.request(code, of: account)
            #expect(
                request.json["attachments"].items.map { $0["mediaType"].string } == [
                    "image/jpeg", "application/pdf",
                ])
        }
    }

    @Test("a document of five MiB is kept, one of a byte more is not")
    func size() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let code = try await service.newRequest(of: account)
            let most = Self.pdf + [UInt8](repeating: 0x20, count: 5_242_880 - Self.pdf.count)
            let taken = try await service.attach(most, "application/pdf", to: code, of: account)
            #expect(taken.status == 201)
            let refused = try await service.attach(
                most + [0x20], "application/pdf", to: code, of: account)
            #expect(refused.problem == "413 content_too_large")
        }
    }

    @Test("what is not what it calls itself, is of another kind, or is nothing is refused")
    func kinds() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let code = try await service.newRequest(of: account)
            let page = Array("<html><script>alert(1)</script>".utf8)
            for (content, type) in [
                (Self.pdf, "image/jpeg"), (page, "application/pdf"), (page, "text/html"),
                (page, "image/svg+xml"), (Self.pdf, "application/json"),
            ] {
                let answer = try await service.attach(content, type, to: code, of: account)
                #expect(answer.problem == "415 unsupported_media_type", "\(type)")
            }
            let empty = try await service.attach([], "application/pdf", to: code, of: account)
            #expect(empty.problem == "422 invalid_request")
            #expect(try await service.request(code, of: account).json["attachments"].items.isEmpty)
        }
    }

    @Test("every kind is told by its first bytes")
    func marks() {
        let beginnings: [(AttachmentKind, [UInt8])] = [
            (.jpeg, [0xFF, 0xD8, 0xFF, 0xDB]),
            (.png, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0]),
            (.webp, Array("RIFF\u{1}\u{2}\u{3}\u{4}WEBP".utf8)),
            (.heic, [0, 0, 0, 24] + Array("ftypheic".utf8)),
            (.pdf, Array("%PDF-2.0".utf8)),
        ]
        #expect(beginnings.count == AttachmentKind.allCases.count)
        for (kind, bytes) in beginnings {
            #expect(AttachmentKind(beginning: bytes) == kind)
            #expect(AttachmentKind(beginning: Array(bytes.dropFirst())) == nil)
        }
        #expect(AttachmentKind(beginning: []) == nil)
    }

    @Test("the eleventh document and one for a request that is over are refused with 409")
    func limits() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let code = try await service.newRequest(of: account)
            for number in 1...10 {
                let answer = try await service.attach(
                    Self.pdf + Array("\(number)".utf8), "application/pdf", to: code, of: account)
                #expect(answer.status == 201)
            }
            let full = try await service.attach(
                Self.pdf, "application/pdf", to: code, of: account)
            #expect(full.problem == "409 attachment_not_accepted")
            let same = try await service.attach(
                Self.pdf + Array("7".utf8), "application/pdf", to: code, of: account)
            #expect(same.status == 200)
            let over = try await service.completedRequest(of: account)
            let late = try await service.attach(
                Self.pdf, "application/pdf", to: over, of: account)
            #expect(late.problem == "409 attachment_not_accepted")
        }
    }

    @Test("a body that breaks off or is not the one that was signed leaves nothing behind")
    func broken() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let code = try await service.newRequest(of: account)
            let gone = try await service.attach(
                Self.jpeg, "image/jpeg", to: code, of: account
            ) { $0.breaksOff = true }
            #expect(gone.problem == "408 request_timeout")
            var request = TestRequest(
                "POST",
                "/v1/service-requests/\(code)/attachments?account=\(TestService.id(of: account))")
            request.body = Self.jpeg
            request.set("content-type", "image/jpeg")
            let client = service.database.client
            try request.sign(as: client, at: service.clock.now)
            request.body?[150_000] ^= 1
            #expect(try await service.send(request).problem == "401 unauthenticated")
            #expect(try await service.request(code, of: account).json["attachments"].items.isEmpty)
            #expect(try await service.attachmentFiles().isEmpty)
        }
    }

    @Test("a document of a deleted account is removed, one that is known is kept")
    func swept() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let code = try await service.newRequest(of: account)
            _ = try await service.attach(Self.pdf, "application/pdf", to: code, of: account)
            let other = try await service.newAccount()
            let kept = try await service.newRequest(of: other)
            _ = try await service.attach(Self.pdf, "application/pdf", to: kept, of: other)
            #expect(try await service.attachmentFiles().count == 2)
            #expect(try await service.call("DELETE", account).status == 204)
            // Too young: its row could be one that is still being written.
            try await service.sweepAttachments(runs: 64)
            #expect(try await service.attachmentFiles().count == 2)
            service.clock.advance(seconds: 3_601)
            try await service.sweepAttachments(runs: 64)
            #expect(try await service.attachmentFiles().count == 1)
            let left = try await service.request(kept, of: other)
            #expect(left.json["attachments"].items.count == 1)
        }
    }
}
