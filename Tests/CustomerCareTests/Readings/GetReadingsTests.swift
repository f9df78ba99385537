import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("Get readings")
struct GetReadingsTests {
    @Test("the readings of a month are told, each register of each meter")
    func readings() async throws {
        try await TestService.run { service in
            let customer = try TestCustomer()
            let path = try await service.followed(customer) + "/readings"
            try await service.database.script(
                """
                insert into readings values
                    ('\(customer.code)', '2026-11-01', 1, 'B', 'total', 0, 12500, 40000, 500,
                        false, null, '2026-11-20', '2026-11-20 17:00+07'),
                    ('\(customer.code)', '2026-11-01', 1, 'A', 'total', 99990000, 40000, 1000, 50,
                        true, 'turnedOver', '2026-11-10', '2026-11-20 18:00+07'),
                    ('\(customer.code)', '2026-10-01', 1, 'A', 'total', 0, 1000, 1000, 1, false,
                        null, '2026-10-20', '2026-10-20 17:00+07')
                """)
            let answer = try await service.call("GET", path)
            #expect(answer.status == 200)
            let code = customer.code.text
            #expect(
                answer.text
                    == #"{"customerCode":"\#(code)","month":"2026-11","readings":["#
                    + #"{"periodNumber":1,"meterSerialNumber":"A","register":"total","#
                    + #""openingReading":99990,"closingReading":40,"multiplier":1,"#
                    + #""consumptionKWh":50,"isEstimated":true,"meterEvent":"turnedOver","#
                    + #""readOn":"2026-11-10","asOf":"2026-11-20T18:00:00+07:00"},"#
                    + #"{"periodNumber":1,"meterSerialNumber":"B","register":"total","#
                    + #""openingReading":0,"closingReading":12.5,"multiplier":40,"#
                    + #""consumptionKWh":500,"isEstimated":false,"meterEvent":null,"#
                    + #""readOn":"2026-11-20","asOf":"2026-11-20T17:00:00+07:00"}],"#
                    + #""reason":null,"asOf":"2026-11-20T18:00:00+07:00"}"#)
            let before = try await service.call("GET", path + "?month=2026-10").json
            #expect(before["readings"].items.count == 1)
        }
    }

    @Test(
        "without a reading there is the reason",
        arguments: [
            ("2026-10", "no_reading"), ("2026-11", "not_read_yet"), ("2026-12", "future_month"),
        ])
    func none(month: String, reason: String) async throws {
        try await TestService.run { service in
            let path = try await service.followed(try TestCustomer()) + "/readings?month=\(month)"
            let answer = try await service.call("GET", path)
            #expect(answer.status == 200)
            #expect(answer.json["readings"] == .array([]))
            #expect(answer.json["reason"].string == reason)
            #expect(!answer.json["asOf"].isNull)
        }
    }

    @Test("a stranger, a caller without a signature and a malformed month see nothing")
    func refused() async throws {
        try await TestService.run { service in
            let path = try await service.followed(try TestCustomer()) + "/readings"
            try await service.expectStrangersRefused(path)
            try await service.expectUnsignedRefused(path)
            for month in ["2026-13", "11/2026", "", "2026-11-01"] {
                let answer = try await service.call("GET", path + "?month=\(month)")
                #expect(answer.problem == "422 invalid_request")
                #expect(answer.wrongFields == ["month"])
            }
            try await service.expectRevalidation(path, caching: "private, no-cache")
        }
    }
}
