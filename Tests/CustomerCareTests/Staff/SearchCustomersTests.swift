import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("searchCustomers")
struct SearchCustomersTests {
    private static let place = "/v1/staff/customer-searches"

    @Test("customers are found by what they say, and whom it showed is noted down with the reason")
    func found() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let staff = try await service.newStaff()
            var customer = try TestCustomer()
            customer.phone = "0912345678"
            customer.nationalId = "079300001234"
            customer.name = "Hộ Trần Thị Bé"
            customer.credit = 5_000
            customer.bills = [TestBill("2026-10"), TestBill("2026-11")]
            _ = try await service.followed(customer)
            try await service.add(try TestCustomer())
            for claim in [
                #""customerCode":" \#(customer.code.text.lowercased())""#,
                #""phone":"+84 912 345 678""#, #""nationalId":"079 300 001 234""#,
                #""holderName":"tran thi be""#,
            ] {
                let answer = try await service.call(
                    as: staff, "POST", Self.place, #"{\#(claim),"purpose":"khách hỏi nợ"}"#)
                #expect(answer.status == 200, "\(claim)")
                #expect(answer.json["items"].items.count == 1, "\(claim)")
                let item = answer.json["items"][0]
                #expect(item["customerCode"].string == customer.code.text)
                #expect(item["holderName"].string == "Hộ Trần Thị Bé")
                #expect(item["phone"].string == "0912345678")
                #expect(item["owed"].int == 216_000)
                #expect(item["credit"].int == 5_000)
                #expect(item["followerCount"].int == 1)
                #expect(!answer.text.contains("079300001234"))
            }
            let noted = try await service.database.script(
                """
                select action, subject, purpose, count(*) from staff_actions
                group by 1, 2, 3 order by 1, 2
                """)
            #expect(
                noted == [
                    ["customer_read", customer.code.text, "khách hỏi nợ", "4"],
                    ["customers_searched", "customerCode", "khách hỏi nợ", "1"],
                    ["customers_searched", "holderName", "khách hỏi nợ", "1"],
                    ["customers_searched", "nationalId", "khách hỏi nợ", "1"],
                    ["customers_searched", "phone", "khách hỏi nợ", "1"],
                ])
        }
    }

    @Test("no more than twenty are shown, and only those are noted down")
    func many() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let staff = try await service.newStaff()
            for _ in 0..<21 { try await service.add(try TestCustomer()) }
            let answer = try await service.call(
                as: staff, "POST", Self.place, #"{"phone":"0901234567","purpose":"test"}"#)
            #expect(answer.json["items"].items.count == 20)
            #expect(answer.json["isTruncated"] == .boolean(true))
            #expect(
                try await service.database.count("staff_actions", "action = 'customer_read'") == 20)
            let none = try await service.call(
                as: staff, "POST", Self.place, #"{"phone":"0999999999","purpose":"test"}"#)
            #expect(none.json["items"] == .array([]))
            #expect(none.json["isTruncated"] == .boolean(false))
        }
    }

    @Test("nobody is shown more than three hundred customers in an hour")
    func bound() async throws {
        try await TestService.run(on: try await TestDatabase.make()) { service in
            let staff = try await service.newStaff()
            let code = try await service.add(try TestCustomer()).code
            let body = #"{"customerCode":"\#(code)","purpose":"test"}"#
            #expect(try await service.call(as: staff, "POST", Self.place, body).status == 200)
            try await service.database.script(
                """
                insert into staff_actions
                select client_id, gen_random_uuid(), action, subject, purpose, request_id,
                    happened_at
                from staff_actions, generate_series(1, 299) where action = 'customer_read'
                """)
            let refused = try await service.call(as: staff, "POST", Self.place, body)
            #expect(refused.problem == "429 rate_limited")
            #expect(refused.headers["retry-after"] == "3600")
            let other = try await service.newStaff()
            #expect(try await service.call(as: other, "POST", Self.place, body).status == 200)
            service.clock.advance(seconds: 3_601)
            #expect(try await service.call(as: staff, "POST", Self.place, body).status == 200)
        }
    }

    @Test(
        "what cannot be searched for is named",
        arguments: [
            ("{}", ["#", "#/purpose"]),
            (
                #"{"phone":"0901234567","holderName":"a","purpose":"test"}"#,
                ["#/phone", "#/holderName"]
            ),
            (#"{"phone":"12","purpose":"test"}"#, ["#/phone"]),
            (#"{"customerCode":"PB1","purpose":"test"}"#, ["#/customerCode"]),
            (#"{"nationalId":"1","purpose":"test"}"#, ["#/nationalId"]),
            (#"{"holderName":"...","purpose":"test"}"#, ["#/holderName"]),
            (#"{"phone":"0901234567","purpose":"ab"}"#, ["#/purpose"]),
            (#"{"phone":901234567,"purpose":"test"}"#, ["#/phone"]),
        ])
    func malformed(body: String, fields: [String]) async throws {
        try await TestService.run { service in
            let staff = try await service.newStaff()
            let answer = try await service.call(as: staff, "POST", Self.place, body)
            #expect(answer.wrongFields == fields)
            #expect(try await service.call("POST", Self.place, body).problem == "403 forbidden")
        }
    }
}
