import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("listDataReads")
struct ListDataReadsTests {
    @Test("staff with their reason, other followers and the account itself are told apart")
    func readers() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let staff = try await service.newStaff()
            let customer = try TestCustomer()
            let path = try await service.followed(customer)
            let home = path.split(separator: "/customers")[0]
            let other = try await service.newAccount()
            try await service.follow(customer, as: other)
            service.clock.advance(seconds: 1)
            _ = try await service.call("GET", path)
            service.clock.advance(seconds: 1)
            _ = try await service.call("GET", "\(other)/customers/\(customer.code)")
            service.clock.advance(seconds: 1)
            _ = try await service.call(
                as: staff, "POST", "/v1/staff/customer-searches",
                #"{"customerCode":"\#(customer.code)","purpose":"khách gọi"}"#)
            service.clock.advance(seconds: 1)
            let request = try await service.newRequest(of: String(home))
            _ = try await service.call(
                as: staff, "GET", "/v1/staff/service-requests/\(request)?purpose=xem")
            try await service.flushAudit()
            let answer = try await service.call("GET", "\(home)/data-reads")
            let reads = answer.json["items"].items.map {
                [$0["reader"].string, $0["action"].string, $0["purpose"].string]
            }
            #expect(
                reads == [
                    ["staff", "request_read", "xem"], ["staff", "customer_read", "khách gọi"],
                    ["follower", "profile_read", nil], ["self", "profile_read", nil],
                ])
            #expect(answer.json["from"].string == "2026-08-25")
            // Whoever knows no more than the name learns nothing of it.
            let low = try await service.newAccount()
            let id = try await service.addSubscription(customer.code.text, as: low)
            _ = try await service.call(
                "POST", "\(low)/subscriptions/\(id)/verification", #"{"name":"Nguyễn Văn An"}"#)
            let none = try await service.call("GET", "\(low)/data-reads")
            #expect(none.json["items"] == .array([]))
        }
    }
}
