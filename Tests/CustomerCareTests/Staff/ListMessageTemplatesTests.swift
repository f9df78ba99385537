import JSON
import Testing

@testable import CustomerCare

@Suite("listMessageTemplates")
struct ListMessageTemplatesTests {
    @Test("every topic is listed with its parameters, its text and what is proposed")
    func listed() async throws {
        let database = try await TestDatabase.make()
        try await TestService.run(on: database) { service in
            let staff = try await service.newStaff()
            let path = "/v1/staff/message-templates"
            let list = try await service.call(as: staff, "GET", path)
            #expect(list.status == 200)
            let items = list.json["items"].items
            #expect(
                items.compactMap { $0["topic"].string } == MessageTopic.allCases.map(\.rawValue))
            #expect(items.allSatisfy { $0["version"].int == 0 && $0["proposal"].isNull })
            let welcome = try #require(items.first)
            #expect(welcome["parameters"][0]["name"].string == "customerCode")
            #expect(welcome["parameters"][0]["kind"].string == "text")
            #expect(welcome["vi"].string?.contains("{customerCode}") == true)
            #expect(try await service.call("GET", path).problem == "403 forbidden")
            let text = #"{"vi":"Chào {customerCode}","en":"Hello {customerCode}"}"#
            _ = try await service.call(as: staff, "POST", path + "/welcome/text", text)
            for (reader, isYours) in [(staff, true), (try await service.newStaff(), false)] {
                let proposal = try await service.call(as: reader, "GET", path)
                    .json["items"][0]["proposal"]
                #expect(proposal["vi"].string == "Chào {customerCode}")
                #expect(proposal["isYours"] == .boolean(isYours))
            }
        }
    }
}
