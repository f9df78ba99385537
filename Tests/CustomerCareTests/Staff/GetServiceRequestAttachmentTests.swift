import Testing

@testable import CustomerCare

@Suite("getServiceRequestAttachment")
struct GetServiceRequestAttachmentTests {
    private static func path(
        _ code: String, _ id: String, _ purpose: String = "x%C3%A9t"
    ) -> String {
        "/v1/staff/service-requests/\(code)/attachments/\(id)?purpose=\(purpose)"
    }

    @Test("staff get the document as a file, and it is noted down who read it and why")
    func read() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let code = try await service.newRequest(of: account)
            let content = AddServiceRequestAttachmentTests.jpeg
            let made = try await service.attach(content, "image/jpeg", to: code, of: account)
            let id = try #require(made.json["attachmentId"].string)
            let staff = try await service.newStaff()
            let answer = try await service.call(as: staff, "GET", Self.path(code, id))
            #expect(answer.status == 200)
            #expect(answer.body == content)
            #expect(answer.headers["content-type"] == "application/octet-stream")
            #expect(
                answer.headers["content-disposition"]
                    == "attachment; filename=\"\(code)-\(id).jpg\"")
            #expect(answer.headers["x-content-type-options"] == "nosniff")
            let noted = try await service.database.count(
                "staff_actions", "subject = '\(code)/\(id)' and action = 'attachment_read'")
            #expect(noted == 1)
        }
    }

    @Test("on the disk nothing of it can be read, and a changed file is not given out")
    func sealed() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let code = try await service.newRequest(of: account)
            let content = AddServiceRequestAttachmentTests.jpeg
            let made = try await service.attach(content, "image/jpeg", to: code, of: account)
            let id = try #require(made.json["attachmentId"].string)
            let file = try #require(try await service.attachmentFiles().first)
            let bytes = try #require(TestFiles.read(file))
            #expect(bytes.count > content.count)
            #expect(bytes.firstRange(of: content.prefix(200)) == nil)
            let staff = try await service.newStaff()
            // Cut off after the first piece, or with one bit changed.
            for broken in [Array(bytes.prefix(65_570)), Array(bytes.dropLast()) + [bytes[0] ^ 1]] {
                try TestFiles.write(broken, to: file)
                let answer = try await service.call(as: staff, "GET", Self.path(code, id))
                #expect(answer.problem == "500 internal_error")
            }
        }
    }

    @Test("without a purpose, of another request, or of no request it is not given out")
    func refused() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            let code = try await service.newRequest(of: account)
            let other = try await service.newRequest(of: account)
            let made = try await service.attach(
                AddServiceRequestAttachmentTests.pdf, "application/pdf", to: code, of: account)
            let id = try #require(made.json["attachmentId"].string)
            let staff = try await service.newStaff()
            let aimless = try await service.call(as: staff, "GET", Self.path(code, id, ""))
            #expect(aimless.wrongFields == ["purpose"])
            for path in [
                Self.path(other, id), Self.path(code, TestRequest.unknownId()),
                Self.path(code, "nothing"), Self.path("K7QM-2FXD-9TRA", id),
            ] {
                #expect(
                    try await service.call(as: staff, "GET", path).problem == "404 not_found")
            }
        }
    }
}
