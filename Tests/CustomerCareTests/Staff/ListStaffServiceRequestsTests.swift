import Testing

@testable import CustomerCare

@Suite("listStaffServiceRequests")
struct ListStaffServiceRequestsTests {
    private static let path = "/v1/staff/service-requests"

    @Test("the queue shows what is due first, page by page, without personal data")
    func queue() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let staff = try await service.newStaff()
            let account = try await service.newAccount()
            let customer = try await service.add(try TestCustomer())
            try await service.follow(customer, as: account)
            let slow = try await service.ask(
                "new-supply", TestService.newSupplyForm, as: account)
            let fast = try await service.report(customer.code, as: account)
            _ = try await service.completedRequest(of: account)
            let first = try await service.call(as: staff, "GET", Self.path + "?limit=1")
            #expect(first.status == 200)
            #expect(first.json["items"][0]["trackingCode"] == fast.json["trackingCode"])
            #expect(first.json["items"][0]["version"].int == 1)
            #expect(!first.text.contains("0901234567"))
            let cursor = try #require(first.json["next"].string)
            let second = try await service.call(
                as: staff, "GET", Self.path + "?limit=1&cursor=\(cursor)")
            #expect(second.json["items"][0]["trackingCode"] == slow.json["trackingCode"])
            #expect(second.json["next"].isNull)
        }
    }

    @Test("unit, service, state and lateness narrow the queue")
    func filters() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let staff = try await service.newStaff()
            let account = try await service.newAccount()
            let customer = try await service.add(try TestCustomer())
            try await service.follow(customer, as: account)
            _ = try await service.ask("new-supply", TestService.newSupplyForm, as: account)
            _ = try await service.report(customer.code, as: account)
            func count(_ query: String) async throws -> Int {
                let answer = try await service.call(as: staff, "GET", Self.path + query)
                return answer.json["items"].items.count
            }
            let units = try await service.database.script(
                "select unit_code from customers where customer_code = '\(customer.code)'")
            let unit = try #require(units.first?[0])
            #expect(try await count("") == 2)
            #expect(try await count("?unit=\(unit)") == 1)
            #expect(try await count("?unit=PB0101") == 0)
            #expect(try await count("?service=new-supply") == 1)
            #expect(try await count("?state=received") == 2)
            #expect(try await count("?state=processing") == 0)
            #expect(try await count("?late=true") == 0)
            service.clock.advance(seconds: 7_201)
            #expect(try await count("?late=true") == 1)
        }
    }

    @Test(
        "a wrong filter is named",
        arguments: [
            ("unit", "PB1"), ("service", "A%20b"), ("service", ""), ("state", "completed"),
            ("state", "x"),
            ("late", "yes"), ("limit", "0"), ("limit", "101"), ("cursor", "x"),
            ("cursor", "1_K7QM-2FXD-9TRA"),
        ])
    func wrong(name: String, value: String) async throws {
        try await TestService.run { service in
            let staff = try await service.newStaff()
            let answer = try await service.call(
                as: staff, "GET", Self.path + "?\(name)=\(value)")
            #expect(answer.problem == "422 invalid_request")
            #expect(answer.wrongFields == [name])
        }
    }
}
