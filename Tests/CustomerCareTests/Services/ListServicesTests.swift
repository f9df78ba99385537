import Testing

@testable import CustomerCare

@Suite("listServices")
struct ListServicesTests {
    @Test("everybody sees the catalogue in both languages, and may keep it")
    func catalogue() async throws {
        try await TestService.run { service in
            let vietnamese = try await service.callUnsigned("GET", "/v1/services")
            #expect(vietnamese.status == 200)
            #expect(vietnamese.headers["cache-control"] == "public, max-age=3600")
            let names = vietnamese.json["items"].items.compactMap { $0["service"].string }
            #expect(names.count >= 8)
            #expect(Set(names).count == names.count)
            #expect(names.contains("new-supply"))
            #expect(vietnamese.json["items"][0]["name"].string == "Đăng ký mua điện")
            #expect(vietnamese.json["items"][0]["serviceLevel"]["unit"].string == "workingDay")
            var request = TestRequest("GET", "/v1/services")
            request.set("accept-language", "en")
            let english = try await service.send(request)
            #expect(english.json["items"][0]["name"].string == "New electricity supply")
            let payment = english.json["items"].items.first { $0["service"].string == "payment" }
            #expect(payment?["madeAt"].string == "/v1/payments")
            #expect(payment?["serviceLevel"].isNull == true)
        }
    }
}
