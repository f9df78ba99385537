import Electricity
import JSON
import Testing

@testable import CustomerCare

@Suite("Answer a message")
struct AnswerMessageTests {
    private static func body(_ text: String) -> String {
        #"{"text":"\#(text)"}"#
    }

    /// An account that follows these customers; its path.
    private static func account(
        following customers: [TestCustomer], in service: TestService
    ) async throws -> String {
        let account = try await service.newAccount()
        for customer in customers {
            try await service.add(customer)
            try await service.follow(customer, as: account)
        }
        return account
    }

    @Test("a month is answered for every followed code, as its look-up answers")
    func month() async throws {
        try await TestService.run { service in
            var customers = try (0..<2).map { _ in try TestCustomer() }
            customers[0].bills = [TestBill("2026-10")]
            let account = try await Self.account(following: customers, in: service)
            let answer = try await service.call(
                "POST", "\(account)/messages", Self.body("10/2026"))
            #expect(answer.status == 200)
            #expect(answer.json["intent"].string == "billOfMonth")
            #expect(answer.json["month"].string == "2026-10")
            #expect(answer.json["language"].string == "vi")
            let results = answer.json["results"].items
            #expect(results.count == 2)
            for (customer, result) in zip(customers, results) {
                let bill = try await service.call(
                    "GET", "\(account)/customers/\(customer.code)/bills/2026-10")
                #expect(result == bill.json)
            }
            let text = try #require(answer.json["text"].string)
            #expect(text.contains("Tiền điện tháng 10/2026:"))
            #expect(
                text.contains(
                    "\(customers[0].code): 50 kWh, 108.000 đồng, hạn 21/10/2026, chưa thanh toán."))
            #expect(text.contains("\(customers[1].code): không có hóa đơn."))
        }
    }

    @Test("a month that has not come is said to be one")
    func future() async throws {
        try await TestService.run(at: "2026-12-31T23:59:59") { service in
            let account = try await Self.account(following: [try TestCustomer()], in: service)
            let path = "\(account)/messages"
            let next = try await service.call("POST", path, Self.body("1/2027"))
            #expect(next.json["results"][0]["reason"].string == "future_month")
            #expect(next.json["text"].string?.contains("tháng này chưa tới") == true)
            service.clock.advance(seconds: 1)
            let now = try await service.call("POST", path, Self.body("1/2027"))
            #expect(now.json["results"][0]["reason"].string == "not_issued_yet")
            let current = try await service.call("POST", path, Self.body("tien dien"))
            #expect(current.json["month"].string == "2027-01")
        }
    }

    @Test("each look-up of the menu gives its answer in words of the account's language")
    func lookUps() async throws {
        try await TestService.run { service in
            var customer = try TestCustomer()
            customer.nextReadingOn = LocalDate("2026-12-05")
            customer.bills = [TestBill("2026-09"), TestBill("2026-10")]
            let account = try await Self.account(following: [customer], in: service)
            var outage = TestOutage(
                "2026-11-25 22:00", "2026-11-26 02:00",
                scopes: [("customerCode", customer.code.text)])
            outage.place = "Phường 1 http://evil.example"
            try await service.add(outage)
            let cases = [
                ("nợ", "debts", "debts", "còn nợ 216.000 đồng.\n- 09/2026: 108.000 đồng"),
                (
                    "cúp điện", "outages", "outages",
                    "- 22:00 25/11/2026 - 02:00 26/11/2026: theo kế hoạch, Bảo trì, Phường 1"
                ),
                ("ghi điện", "readingSchedule", "reading-schedule", "chưa có lịch ghi điện."),
                ("CSPK", "reactiveBill", "reactive-bills/current", "không áp dụng."),
                (
                    "tiền điện", "currentBill", "bills/2026-11",
                    "chưa có hóa đơn. Ngày ghi điện tới: 05/12/2026."
                ),
                (
                    customer.code.text, "customerCode", "bills/2026-11",
                    "chưa có hóa đơn. Ngày ghi điện tới: 05/12/2026."
                ),
            ]
            for (text, intent, resource, said) in cases {
                let answer = try await service.call(
                    "POST", "\(account)/messages", Self.body(text)
                ) { $0.set("accept-language", "en") }
                #expect(answer.json["intent"].string == intent)
                #expect(answer.headers["content-language"] == "vi")
                let message = try #require(answer.json["text"].string)
                #expect(message.contains(said), "\(message)")
                #expect(!message.contains("://"))
                let lookUp = try await service.call(
                    "GET", "\(account)/customers/\(customer.code)/\(resource)")
                #expect(answer.json["results"].items == [lookUp.json], "\(intent)")
            }
            let english = try await service.database.script(
                "update accounts set locale = 'en' where account_id = '\(account.suffix(36))'")
            #expect(english.isEmpty)
            let answer = try await service.call("POST", "\(account)/messages", Self.body("debt"))
            #expect(answer.json["language"].string == "en")
            #expect(answer.json["text"].string?.hasPrefix("What is owed:\n") == true)
        }
    }

    @Test("ten codes with outages fit into one message")
    func tenCodes() async throws {
        try await TestService.run { service in
            let customers = try (0..<10).map { _ in try TestCustomer() }
            let account = try await Self.account(following: customers, in: service)
            for customer in customers {
                for day in 10...17 {
                    var outage = TestOutage(
                        "2026-12-\(day) 08:00", "2026-12-\(day) 11:30",
                        scopes: [("customerCode", customer.code.text)])
                    outage.place = String(repeating: "Ấp Một ", count: 40)
                    try await service.add(outage)
                }
            }
            let answer = try await service.call(
                "POST", "\(account)/messages", Self.body("cúp điện"))
            let text = try #require(answer.json["text"].string)
            #expect(text.utf16.count <= 2_000)
            #expect(answer.json["results"].items.count == 10)
            #expect(text.contains("- và 3 nữa"))
            #expect(text.hasSuffix("gửi mã khách hàng để xem riêng."))
        }
    }

    @Test("a code that is not followed, and one that does not exist, are answered alike")
    func unknownCode() async throws {
        try await TestService.run { service in
            let stranger = try await service.add(try TestCustomer())
            let account = try await Self.account(following: [], in: service)
            var texts: Set<String?> = []
            for code in [stranger.code, try TestCustomer.newCode()] {
                let answer = try await service.call(
                    "POST", "\(account)/messages", Self.body(code.text))
                #expect(answer.json["intent"].string == "customerCode")
                #expect(answer.json["results"].items.isEmpty)
                texts.insert(answer.json["text"].string)
            }
            #expect(texts.count == 1)
            let none = try await service.call("POST", "\(account)/messages", Self.body("nợ"))
            #expect(none.json["text"].string?.hasPrefix("Bạn chưa đăng ký mã") == true)
        }
    }

    @Test("what needs no look-up is answered without one")
    func said() async throws {
        try await TestService.run { service in
            let account = try await service.newAccount()
            for (text, said) in [
                ("xin chào", "MM/YYYY"), ("13/2021", "MM/YYYY"), ("\\uD83D\\uDC4D", "MM/YYYY"),
                ("\\u202E\\u200B", "MM/YYYY"), ("tổng đài", "1900"), ("hướng dẫn", "- "),
                ("thêm mã", "Đăng ký mã KH"), ("tính tiền", "số hộ"),
            ] {
                let answer = try await service.call(
                    "POST", "\(account)/messages", Self.body(text))
                #expect(answer.status == 200)
                #expect(answer.json["text"].string?.contains(said) == true, "\(text)")
                #expect(answer.json["results"].items.isEmpty)
            }
        }
    }

    @Test("a text is one of 1 to 2,000 characters")
    func malformed() async throws {
        try await TestService.run { service in
            let path = try await service.newAccount() + "/messages"
            let long = String(repeating: "ợ", count: 2_001)
            for body in ["{}", #"{"text":""}"#, #"{"text":1}"#, Self.body(long)] {
                let answer = try await service.call("POST", path, body)
                #expect(answer.problem == "422 invalid_request", "\(body.prefix(20))")
                #expect(answer.wrongFields == ["#/text"])
            }
            let longest = Self.body(String(long.dropLast()))
            #expect(try await service.call("POST", path, longest).status == 200)
        }
    }

    @Test("another account's name is one that is not there; unsigned is refused")
    func refused() async throws {
        try await TestService.run { service in
            let path = "/v1/accounts/\(TestRequest.unknownId())/messages"
            let unknown = try await service.call("POST", path, Self.body("nợ"))
            #expect(unknown.problem == "404 not_found")
            let unsigned = try await service.callUnsigned("POST", path, Self.body("nợ"))
            #expect(unsigned.problem == "401 unauthenticated")
        }
    }
}
