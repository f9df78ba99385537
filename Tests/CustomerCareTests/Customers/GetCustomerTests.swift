import Electricity
import Testing

@testable import CustomerCare

@Suite("getCustomer")
struct GetCustomerTests {
    @Test("the profile of a code verified by phone is shown masked, with every field")
    func works() async throws {
        try await TestService.run(at: "2026-11-25T10:00:00") { service in
            let customer = try TestCustomer()
            let path = try await service.followed(customer)
            let answer = try await service.call("GET", path)
            #expect(answer.status == 200)
            #expect(
                answer.text
                    == #"{"customerCode":"\#(customer.code)","holderName":"N*** V** A*","#
                    + #""phone":"09*****567","#
                    + #""address":"*** Nguyễn Huệ, Phường 1, Tân An, Long An","#
                    + #""usagePurpose":"residential","householdCount":1,"periodsPerMonth":1,"#
                    + #""contractStatus":"active","#
                    + #""managingUnit":{"code":"PB0699","name":"Điện lực Thử Nghiệm"},"#
                    + #""assurance":"standard","asOf":"2026-11-25T10:00:00+07:00"}"#)
        }
    }

    @Test("who knows only the name sees neither phone nor address")
    func lowAssurance() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let account = try await service.newAccount()
            let subscription = try await service.addSubscription(customer.code.text, as: account)
            let verified = try await service.call(
                "POST", "\(account)/subscriptions/\(subscription)/verification",
                #"{"name":"nguyen van an"}"#)
            #expect(verified.status == 200)
            let answer = try await service.call("GET", "\(account)/customers/\(customer.code)")
            #expect(answer.json["assurance"].string == "low")
            #expect(answer.json["holderName"].string == "N*** V** A*")
            #expect(answer.json["phone"].isNull)
            #expect(answer.json["address"].isNull)
            #expect(answer.json.names.contains("phone"))
        }
    }

    @Test("a customer without a phone, of another purpose, with many households")
    func otherValues() async throws {
        try await TestService.run { service in
            var customer = try TestCustomer()
            customer.phone = nil
            customer.name = "CÔNG TY TNHH Một Thành Viên"
            customer.usagePurpose = .nonResidential
            customer.householdCount = 120
            try await service.add(customer)
            let account = try await service.newAccount()
            let subscription = try await service.addSubscription(customer.code.text, as: account)
            let verified = try await service.call(
                "POST", "\(account)/subscriptions/\(subscription)/verification",
                #"{"nationalId":"080199012345"}"#)
            #expect(verified.status == 200)
            let answer = try await service.call("GET", "\(account)/customers/\(customer.code)")
            #expect(answer.json["phone"].isNull)
            #expect(answer.json["assurance"].string == "standard")
            #expect(answer.json["holderName"].string == "C*** T* T*** M** T*** V***")
            #expect(answer.json["usagePurpose"].string == "nonResidential")
            #expect(answer.json["householdCount"].int == 120)
        }
    }

    @Test("a contract that ends later is shown as ended")
    func endedContract() async throws {
        try await TestService.run { service in
            let customer = try TestCustomer()
            let path = try await service.followed(customer)
            try await service.database.script(
                """
                update customers set contract_status = 'ended'
                where customer_code = '\(customer.code)'
                """)
            let answer = try await service.call("GET", path)
            #expect(answer.status == 200)
            #expect(answer.json["contractStatus"].string == "ended")
        }
    }

    @Test("a read of the profile is noted in the audit, with client, code and request")
    func audit() async throws {
        try await TestService.run { service in
            let customer = try TestCustomer()
            let path = try await service.followed(customer)
            let answer = try await service.call("GET", path)
            try await service.flushAudit()
            let rows = try await service.database.script(
                """
                select e.action, e.request_id, c.key_id from audit_events e
                join clients c on c.client_id = e.client_id
                where e.customer_code = '\(customer.code)' and e.action = 'profile_read'
                """)
            #expect(
                rows == [
                    [
                        "profile_read", answer.headers["x-request-id"],
                        service.database.client.keyId,
                    ]
                ])
        }
    }

    @Test("sealed data of another customer is not shown, but an error without it")
    func swappedSeals() async throws {
        try await TestService.run { service in
            let other = try await service.add(try TestCustomer())
            let customer = try TestCustomer()
            let path = try await service.followed(customer)
            try await service.database.script(
                """
                update customers c set sealed_holder_name = o.sealed_holder_name
                from customers o
                where c.customer_code = '\(customer.code)' and o.customer_code = '\(other.code)'
                """)
            let answer = try await service.call("GET", path)
            #expect(answer.status == 500)
            #expect(answer.code == "internal_error")
            #expect(!answer.text.contains("seal"))
        }
    }

    @Test("a stranger and a caller without a signature see nothing")
    func refused() async throws {
        try await TestService.run { service in
            let path = try await service.followed(try TestCustomer())
            try await service.expectStrangersRefused(path)
            try await service.expectUnsignedRefused(path)
            try await service.expectMalformedCodesRefused { code, account in
                "/v1/accounts/\(account)/customers/\(code)"
            }
            try await service.expectRevalidation(path, caching: "private, no-cache")
        }
    }
}
