import Electricity
import JSON
import Testing

@testable import CustomerCare

/// How often a value may be guessed: five times for an account and a code in 24 hours, twenty
/// times for a code over all accounts.
@Suite("verifySubscription, too often")
struct VerificationLimitTests {
    private static let day: Int64 = 86_400

    @Test("the fifth wrong value is told as wrong, then no value is looked at for 24 hours")
    func fifth() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let verification = try await TestVerification(of: customer.code, by: service)
            #expect(try await verification.fail(times: 5) == [4, 3, 2, 1, 0])
            for phone in ["0999999999", "0901234567"] {
                let locked = try await verification.attempt("phone", phone)
                #expect(locked.problem == "429 verification_locked")
                #expect(locked.headers["retry-after"] == "86400")
                #expect(locked.json["lockedUntil"].string == "2026-11-26T10:00:00+07:00")
            }
            let got = try await service.call("GET", verification.subscription)
            #expect(got.json["verification"]["attemptsLeft"].int == 0)
            #expect(
                got.json["verification"]["lockedUntil"].string == "2026-11-26T10:00:00+07:00")
            #expect(try await verification.profile().problem == "404 not_found")
        }
    }

    @Test("the fifth wrong value is told to those who know the customer by more than a name")
    func warning() async throws {
        let database = try await TestDatabase.make()
        try await TestService.run(on: database) { service in
            let customer = try await service.add(try TestCustomer())
            let owner = try await service.newAccount()
            try await service.follow(customer, as: owner)
            let neighbour = try await TestVerification(of: customer.code, by: service)
            #expect(try await neighbour.attempt("name", customer.name).status == 200)
            let stranger = try await TestVerification(of: customer.code, by: service)
            try await stranger.fail(times: 4)
            func warned() async throws -> [String] {
                try await database.script(
                    """
                    select account_id from outbox
                    where topic = 'verification_warning' and customer_code = '\(customer.code)'
                    """
                ).compactMap { $0[0] }
            }
            #expect(try await warned() == [])
            try await stranger.fail(times: 1)
            #expect(try await warned() == [TestService.id(of: owner)])
            // Another stranger on the same day is no news.
            try await TestVerification(of: customer.code, by: service).fail(times: 5)
            #expect(try await warned() == [TestService.id(of: owner)])
        }
    }

    @Test("the lock ends when 24 hours have passed, not a second before")
    func lockEnds() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let first = try await TestVerification(of: customer.code, by: service)
            try await first.fail(times: 5)
            service.clock.advance(seconds: Self.day - 1)
            // The pending subscription has expired; following the code anew does not help.
            let early = try await TestVerification(
                of: customer.code, as: first.account, by: service)
            #expect(try await early.attemptsLeft() == 0)
            let locked = try await early.attempt("phone", "0901234567")
            #expect(locked.problem == "429 verification_locked")
            #expect(locked.headers["retry-after"] == "1")
            service.clock.advance(seconds: 1)
            #expect(try await early.attemptsLeft() == 5)
            #expect(try await early.fail(times: 1) == [4])
            #expect(try await early.attempt("phone", "0901234567").status == 200)
        }
    }

    @Test("removing a subscription and adding it again gives no further attempts")
    func removing() async throws {
        try await TestService.run { service in
            let code = try TestCustomer.newCode()
            let first = try await TestVerification(of: code, by: service)
            try await first.fail(times: 3)
            #expect(try await service.call("DELETE", first.subscription).status == 204)
            let second = try await TestVerification(of: code, as: first.account, by: service)
            #expect(try await second.attemptsLeft() == 2)
            #expect(try await second.fail(times: 2) == [1, 0])
            #expect(try await second.attempt("name", "An").problem == "429 verification_locked")
        }
    }

    @Test("a code that nobody has is locked as a real one")
    func unknownCode() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let real = try await TestVerification(of: customer.code, by: service)
            let unknown = try await TestVerification(
                of: try TestCustomer.newCode(), by: service)
            try await real.fail(times: 5)
            try await unknown.fail(times: 5)
            let first = try await real.attempt("phone", "0901234567")
            let second = try await unknown.attempt("phone", "0901234567")
            #expect(first.problem == "429 verification_locked")
            #expect(first.comparable == second.comparable)
            #expect(first.headers["retry-after"] == second.headers["retry-after"])
        }
    }

    @Test("a right value leaves all five attempts for the next time")
    func forgiven() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let first = try await TestVerification(of: customer.code, by: service)
            try await first.fail(times: 4)
            #expect(try await first.attempt("phone", "0901234567").status == 200)
            #expect(try await service.call("DELETE", first.subscription).status == 204)
            let second = try await TestVerification(
                of: customer.code, as: first.account, by: service)
            #expect(try await second.attemptsLeft() == 5)
        }
    }

    @Test("the lock is of one account and one code")
    func scope() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let other = try await service.add(try TestCustomer())
            let stranger = try await TestVerification(of: customer.code, by: service)
            try await stranger.fail(times: 5)
            // Five of a stranger do not lock the owner out.
            let owner = try await TestVerification(of: customer.code, by: service)
            #expect(try await owner.attemptsLeft() == 5)
            #expect(try await owner.attempt("phone", "0901234567").status == 200)
            // Nor the stranger out of a code of his own.
            let own = try await TestVerification(
                of: other.code, as: stranger.account, by: service)
            #expect(try await own.attempt("phone", "0901234567").status == 200)
        }
    }

    @Test("a code is closed to everybody after twenty wrong values over all accounts")
    func twenty() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            for _ in 0..<4 {
                let stranger = try await TestVerification(of: customer.code, by: service)
                try await stranger.fail(times: 5)
                service.clock.advance(seconds: 60)
            }
            let owner = try await TestVerification(of: customer.code, by: service)
            let locked = try await owner.attempt("phone", "0901234567")
            #expect(locked.problem == "429 verification_locked")
            // From the first of the twenty on.
            #expect(locked.json["lockedUntil"].string == "2026-11-26T10:00:00+07:00")
            #expect(locked.headers["retry-after"] == String(Self.day - 240))
            // What was not looked at is not counted.
            #expect(try await owner.attemptsLeft() == 5)
            service.clock.advance(seconds: Self.day - 240)
            let later = try await TestVerification(
                of: customer.code, as: owner.account, by: service)
            #expect(try await later.attempt("phone", "0901234567").status == 200)
        }
    }

    @Test("right values over many accounts never close a code")
    func manyRightValues() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            for _ in 0..<22 {
                let verification = try await TestVerification(of: customer.code, by: service)
                #expect(try await verification.attempt("phone", "0901234567").status == 200)
            }
        }
    }

    @Test("of a hundred wrong values at once five are looked at")
    func concurrency() async throws {
        try await TestService.run { service in
            let customer = try await service.add(try TestCustomer())
            let verification = try await TestVerification(of: customer.code, by: service)
            let answers = try await service.atOnce(100) { _ in
                try await verification.attempt("phone", "0999999999")
            }
            let looked = answers.filter { $0.problem == "422 verification_failed" }
            #expect(looked.compactMap { $0.json["attemptsLeft"].int }.sorted() == [0, 1, 2, 3, 4])
            let locked = answers.filter { $0.problem == "429 verification_locked" }
            #expect(locked.count == 95)
            #expect(locked.allSatisfy { $0.headers["retry-after"] == "86400" })
            let counted = try await service.database.script(
                """
                select attempts from customer_attempts where customer_code = '\(customer.code)'
                """)
            #expect(counted == [["5"]])
        }
    }

    @Test("of wrong values from many accounts at once twenty are looked at")
    func concurrencyOverAccounts() async throws {
        try await TestService.run { service in
            let code = try await service.add(try TestCustomer()).code
            var verifications: [TestVerification] = []
            for _ in 0..<10 {
                verifications.append(try await TestVerification(of: code, by: service))
            }
            let all = verifications
            let answers = try await service.atOnce(40) { number in
                try await all[number % 10].attempt("phone", "0999999999")
            }
            #expect(answers.count { $0.problem == "422 verification_failed" } == 20)
            #expect(answers.count { $0.problem == "429 verification_locked" } == 20)
        }
    }

    @Test("an account that guesses at many codes is stopped after sixty")
    func sixty() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            for _ in 0..<12 {
                let verification = try await TestVerification(
                    of: try TestCustomer.newCode(), as: account, by: service)
                try await verification.fail(times: 5)
                #expect(
                    try await service.call("DELETE", verification.subscription).status == 204)
            }
            let customer = try await service.add(try TestCustomer())
            let right = try await TestVerification(of: customer.code, as: account, by: service)
            let locked = try await right.attempt("phone", "0901234567")
            #expect(locked.problem == "429 verification_locked")
            #expect(locked.headers["retry-after"] == "86400")
        }
    }
}
