import Electricity
import JSON
import Testing

@testable import CustomerCare

/// POST /v1/accounts/{account}/subscriptions/{subscription}/verification: what counts as right.
@Suite("verifySubscription")
struct VerifySubscriptionTests {
    /// Holds each value against a stored customer, each from an account of its own.
    private static func expect(
        _ status: Int, _ method: String, _ values: [String], of customer: TestCustomer,
        by service: TestService
    ) async throws {
        for value in values {
            let verification = try await TestVerification(of: customer.code, by: service)
            let answer = try await verification.attempt(method, value)
            #expect(answer.status == status, "\(method) \(value)")
            if status == 422 { #expect(answer.code == "verification_failed", "\(value)") }
        }
    }

    // MARK: Works

    @Test(
        "one right value makes the subscription active, a name with low assurance",
        arguments: [
            ("name", "Nguyễn Văn An", "low"), ("phone", "0901234567", "standard"),
            ("nationalId", "080199012345", "standard"), ("invoiceId", "777001", "standard"),
        ])
    func works(_ method: String, _ value: String, _ assurance: String) async throws {
        try await TestService.run { service in
            var customer = try TestCustomer()
            var bill = TestBill("2026-10")
            bill.invoiceId = "777001"
            customer.bills = [bill]
            try await service.add(customer)
            let verification = try await TestVerification(of: customer.code, by: service)
            #expect(try await verification.profile().problem == "404 not_found")
            let answer = try await verification.attempt(method, value)
            #expect(answer.status == 200)
            #expect(answer.json["state"].string == "active")
            #expect(answer.json["assurance"].string == assurance)
            #expect(answer.json["customerCode"].string == customer.code.text)
            #expect(answer.json["verification"].isNull)
            let got = try await service.call("GET", verification.subscription)
            #expect(got.json == answer.json)
            let profile = try await verification.profile()
            #expect(profile.status == 200)
            #expect(profile.json["assurance"].string == assurance)
            #expect(profile.json["phone"].isNull == (assurance == "low"))
            #expect(profile.json["address"].isNull == (assurance == "low"))
        }
    }

    @Test("case, diacritics, spaces and honorifics of a name do not count")
    func names() async throws {
        try await TestService.run { service in
            let plain = try await service.add(try TestCustomer())
            try await Self.expect(
                200, "name",
                [
                    "nguyen van an", "NGUYỄN  VĂN AN", " NguyenVanAn ", "Ông Nguyễn Văn An",
                    "ong nguyen van an", "Bà Nguyễn Văn An", "HỘ ÔNG NGUYỄN VĂN AN",
                    "Nguye\u{302}\u{303}n Va\u{306}n An", "Nguyễn-Văn-An",
                ], of: plain, by: service)
            try await Self.expect(
                422, "name", ["Nguyễn Văn", "Nguyễn Văn Anh", "An", "Văn An", "Nguyễn An Văn"],
                of: plain, by: service)
            var household = try TestCustomer()
            household.name = "HỘ BÀ LÊ THỊ ĐÀO"
            try await service.add(household)
            try await Self.expect(
                200, "name", ["Lê Thị Đào", "le thi dao", "ho ba le thi dao", "Hộ Lê Thị Đào"],
                of: household, by: service)
            var surname = try TestCustomer()
            surname.name = "Hồ Văn Ông"
            try await service.add(surname)
            try await Self.expect(200, "name", ["ho van ong"], of: surname, by: service)
            try await Self.expect(422, "name", ["Văn Ông"], of: surname, by: service)
        }
    }

    @Test("a phone number is the same in every form it is told in")
    func phones() async throws {
        try await TestService.run { service in
            let mobile = try await service.add(try TestCustomer())
            try await Self.expect(
                200, "phone",
                [
                    "0901234567", "+84901234567", "84901234567", "0084901234567",
                    "+84 90 123 45 67", "090.123.4567", "090-1234567", " 0901234567 ",
                ], of: mobile, by: service)
            try await Self.expect(
                422, "phone", ["0901234568", "901234567", "+85901234567"], of: mobile, by: service)
            var old = try TestCustomer()
            old.phone = "0168 123 4567"
            try await service.add(old)
            var new = try TestCustomer()
            new.phone = "+84381234567"
            try await service.add(new)
            for customer in [old, new] {
                try await Self.expect(
                    200, "phone",
                    ["0381234567", "01681234567", "+841681234567", "841681234567", "84381234567"],
                    of: customer, by: service)
            }
        }
    }

    @Test("an identity card of nine or twelve digits is compared without spaces and dots")
    func nationalIds() async throws {
        try await TestService.run { service in
            let citizen = try await service.add(try TestCustomer())
            try await Self.expect(
                200, "nationalId", ["080199012345", "080 199 012 345", " 080.199.012345"],
                of: citizen, by: service)
            try await Self.expect(
                422, "nationalId", ["080199012346", "199012345"], of: citizen, by: service)
            var older = try TestCustomer()
            older.nationalId = "301 234 567"
            try await service.add(older)
            try await Self.expect(
                200, "nationalId", ["301234567", "301 234 567"], of: older, by: service)
            try await Self.expect(
                422, "nationalId", ["000301234567"], of: older, by: service)
        }
    }

    @Test("an invoice counts while it is one of the newest twelve months, for a year at most")
    func invoices() async throws {
        try await TestService.run(at: "2026-11-30T23:59:59") { service in
            var customer = try TestCustomer()
            customer.bills = ["2025-10", "2025-11", "2025-12", "2026-11"].map { TestBill($0) }
            try await service.add(customer)
            var other = try TestCustomer()
            other.bills = [TestBill("2025-11"), TestBill("2026-10")]
            try await service.add(other)
            let ids = customer.bills.map(\.invoiceId)
            let spaced = ids[3].prefix(2) + " " + ids[3].dropFirst(2)
            try await Self.expect(
                200, "invoiceId", [ids[2], ids[3], " \(spaced)"], of: customer, by: service)
            // The bill of this month has taken the place of the one a year ago.
            try await Self.expect(
                422, "invoiceId", [ids[0], ids[1], other.bills[1].invoiceId, "1"], of: customer,
                by: service)
            // Not yet where the bill of this month is still to come.
            try await Self.expect(
                200, "invoiceId", other.bills.map(\.invoiceId), of: other, by: service)
            service.clock.advance(seconds: 1)
            try await Self.expect(
                422, "invoiceId", [other.bills[0].invoiceId], of: other, by: service)
            try await Self.expect(200, "invoiceId", [ids[3]], of: customer, by: service)
        }
    }

    @Test("what is not known of a customer proves nothing")
    func unknownValues() async throws {
        try await TestService.run { service in
            var customer = try TestCustomer()
            customer.phone = nil
            customer.nationalId = nil
            try await service.add(customer)
            try await Self.expect(422, "phone", ["0901234567"], of: customer, by: service)
            try await Self.expect(422, "nationalId", ["080199012345"], of: customer, by: service)
            try await Self.expect(200, "name", ["Nguyễn Văn An"], of: customer, by: service)
        }
    }

    @Test("customers that are not residential are served like others")
    func nonResidential() async throws {
        try await TestService.run { service in
            var customer = try TestCustomer()
            customer.usagePurpose = .nonResidential
            try await service.add(customer)
            let verification = try await TestVerification(of: customer.code, by: service)
            #expect(try await verification.attempt("phone", "0901234567").status == 200)
            let profile = try await verification.profile()
            #expect(profile.json["usagePurpose"].string == "nonResidential")
        }
    }

    @Test("an active subscription answers as it is, whatever is tried, and nothing is counted")
    func alreadyActive() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let verification = try await TestVerification(of: customer.code, by: service)
            let active = try await verification.attempt("name", "Nguyễn Văn An")
            for phone in ["0999999999", "0901234567"] {
                let again = try await verification.attempt("phone", phone)
                #expect(again.status == 200)
                #expect(again.json == active.json)
            }
            let counts = try await service.database.script(
                """
                select (select coalesce(sum(attempts), 0) from follower_attempts
                        where customer_code = '\(customer.code)')
                    + (select coalesce(sum(attempts), 0) from customer_attempts
                        where customer_code = '\(customer.code)')
                """)
            #expect(counts == [["0"]])
        }
    }

    @Test("a right value told thrice at once makes one active subscription")
    func concurrency() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let verification = try await TestVerification(of: customer.code, by: service)
            let answers = try await service.atOnce(3) { _ in
                try await verification.attempt("phone", "0901234567")
            }
            #expect(answers.allSatisfy { $0.status == 200 })
            #expect(Set(answers.map(\.text)).count == 1)
        }
    }

    @Test("a new contract holder is verified under the same subscription")
    func reverification() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let verification = try await TestVerification(of: customer.code, by: service)
            #expect(try await verification.attempt("name", "Nguyễn Văn An").status == 200)
            try await service.database.script(
                """
                update subscriptions set state = 'reverification_required'
                where customer_code = '\(customer.code)';
                delete from followers where customer_code = '\(customer.code)'
                """)
            #expect(try await verification.profile().problem == "404 not_found")
            #expect(try await verification.fail(times: 1) == [4])
            let again = try await verification.attempt("phone", "0901234567")
            #expect(again.json["state"].string == "active")
            #expect(again.json["assurance"].string == "standard")
            #expect(try await verification.profile().json["assurance"].string == "standard")
        }
    }
}
