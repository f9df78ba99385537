import Testing

@testable import CustomerCare

@Suite("getTariff")
struct GetTariffTests {
    private static func get(_ query: String, by service: TestService) async throws -> TestAnswer {
        try await service.send(TestRequest("GET", "/v1/tariffs" + query))
    }

    @Test("the prices of a day are told with documents, validity and confidence")
    func works() async throws {
        try await TestService.run { service in
            let json = try await Self.get("?on=2026-04-01", by: service).json
            #expect(json["on"].string == "2026-04-01")
            #expect(json["tariffVersion"].int == 1)
            let tariff = json["tariff"]
            #expect(tariff["decision"].string == "1279/QĐ-BCT")
            #expect(tariff["validFrom"].string == "2025-05-10" && tariff["validTo"].isNull)
            let categories = tariff["categories"].items
            #expect(
                categories.map { $0["purpose"].string } == [
                    "residential", "residentialPrepaid", "undeclaredTenants", "business",
                    "production", "hospitalsAndSchools", "publicLightingAndOffices",
                ])
            #expect(
                categories[0]["tiers"].items.map { $0["unitPrice"].int }
                    == [1_984, 2_050, 2_380, 2_998, 3_350, 3_460])
            #expect(
                categories[0]["tiers"].items.map { $0["widthKWh"].int }
                    == [50, 50, 100, 100, 100, nil])
            #expect(categories[1]["unitPrice"].int == 2_909)
            #expect(categories[2]["unitPrice"].int == 2_380)
            #expect(categories[3]["voltageClasses"][0]["peakPrice"].int == 5_422)
            #expect(categories[3]["voltageClasses"][2]["fromVolts"].int == 22_000)
            #expect(categories[5]["voltageClasses"][0]["peakPrice"].isNull)
            #expect(json["vatRate"]["ratePercent"].int == 8)
            #expect(json["vatRate"]["document"].string?.contains("204/2025/QH15") == true)
            #expect(json["reactive"]["coefficients"].items.count == 30)
            #expect(json["drafts"][0]["decision"].string == "14/2025/QĐ-TTg")
            #expect(json["drafts"][0]["validFrom"].isNull)
            #expect(json["drafts"][0]["categories"][0]["tiers"].items.count == 5)
        }
    }

    @Test(
        "each day has the prices of its decision, to the day",
        arguments: [
            ("2019-03-20", "648/QĐ-BCT"), ("2023-05-03", "648/QĐ-BCT"),
            ("2023-05-04", "1062/QĐ-BCT"),
            ("2023-11-08", "1062/QĐ-BCT"), ("2023-11-09", "2941/QĐ-BCT"),
            ("2024-10-11", "2699/QĐ-BCT"), ("2025-05-09", "2699/QĐ-BCT"),
            ("2025-05-10", "1279/QĐ-BCT"), ("2027-11-26", "1279/QĐ-BCT"),
        ])
    func days(day: String, decision: String) async throws {
        try await TestService.run { service in
            let json = try await Self.get("?on=\(day)", by: service).json
            #expect(json["tariff"]["decision"].string == decision)
        }
    }

    @Test("one purpose of use can be asked for, and no day is today")
    func purpose() async throws {
        try await TestService.run { service in
            let json = try await Self.get("?purpose=production", by: service).json
            #expect(json["on"].string == "2026-11-25")
            let categories = json["tariff"]["categories"].items
            #expect(categories.map { $0["purpose"].string } == ["production"])
            #expect(categories[0]["voltageClasses"].items.count == 4)
            // The draft does not price production.
            #expect(json["drafts"][0]["categories"].items.isEmpty)
        }
    }

    @Test("uncertain prices bear their confidence")
    func confidence() async throws {
        try await TestService.run { service in
            let json = try await Self.get("?on=2024-12-01&purpose=production", by: service).json
            #expect(json["tariff"]["categories"][0]["confidence"].string == "low-medium")
        }
    }

    @Test(
        "what is no day, too early, too late, unknown or said twice is refused",
        arguments: [
            ("?on=2026-02-30", ["on"]), ("?on=", ["on"]), ("?on=2019-03-19", ["on"]),
            ("?on=2027-11-27", ["on"]), ("?purpose=x", ["purpose"]),
            ("?on=2026-04-01&on=2026-04-01", ["on"]), ("?on=1&purpose=", ["on", "purpose"]),
        ])
    func refused(query: String, wrong: [String]) async throws {
        try await TestService.run { service in
            let answer = try await Self.get(query, by: service)
            #expect(answer.problem == "422 invalid_request")
            #expect(answer.wrongFields == wrong)
        }
    }

    @Test("the answer is public and kept for a minute")
    func caching() async throws {
        try await TestService.run { service in
            try await service.expectRevalidation(
                "/v1/tariffs?on=2026-04-01", caching: "public, max-age=60")
        }
    }
}
