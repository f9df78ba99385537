import JSON
import Testing

@testable import CustomerCare

@Suite("listPayments")
struct ListPaymentsTests {
    @Test("payments are listed newest first, page by page, for their account only")
    func pages() async throws {
        try await TestService.run(paymentProviders: TestPayments.vietQR) { service in
            let payer = try await service.payer(["2026-08", "2026-09", "2026-10"])
            let id = try #require(payer.account.split(separator: "/").last)
            let path = "/v1/payments?account=\(id)"
            #expect(try await service.call("GET", path).json["items"].items.isEmpty)
            var made: [String?] = []
            for month in ["2026-08", "2026-09", "2026-10"] {
                service.clock.advance(seconds: 1)
                made.insert(try await service.pay(payer, [month]).json["paymentId"].string, at: 0)
            }
            let first = try await service.call("GET", path + "&limit=2")
            #expect(first.json["items"].items.map { $0["paymentId"].string } == Array(made[..<2]))
            let cursor = try #require(first.json["next"].string)
            #expect(first.headers["link"]?.contains("cursor=\(cursor)") == true)
            let rest = try await service.call("GET", path + "&limit=2&cursor=\(cursor)")
            #expect(rest.json["items"].items.map { $0["paymentId"].string } == [made[2]])
            #expect(rest.json["next"].isNull)
            #expect(try await service.call("GET", path + "&cursor=x").wrongFields == ["cursor"])
            let stranger = try await service.newAccount().split(separator: "/").last ?? ""
            let other = try await service.call("GET", "/v1/payments?account=\(stranger)")
            #expect(other.json["items"].items.isEmpty)
            let nobody = "0192f1a0-0000-7000-8000-00000000dead"
            #expect(
                try await service.call("GET", "/v1/payments?account=\(nobody)").problem
                    == "404 not_found")
        }
    }
}
