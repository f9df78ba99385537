import Electricity
import Postgres
import Testing

@testable import CustomerCare

/// What many customers are told at a time.
@Suite("Announcements")
struct AnnouncerTests {
    /// An account that has just written to the page, with so many followed customers.
    private static func follower(
        _ name: String, _ count: Int, by service: TestService,
        _ adjust: (inout TestCustomer) -> Void = { _ in }
    ) async throws -> (account: String, codes: [CustomerCode]) {
        let account = try await service.correspondent(name)
        var codes: [CustomerCode] = []
        for _ in 0..<count {
            var customer = try TestCustomer()
            adjust(&customer)
            try await service.follow(try await service.add(customer), as: account)
            codes.append(customer.code)
        }
        // The welcome is another test's.
        try await service.database.script("delete from outbox")
        return (account, codes)
    }

    /// Announces, lets the moment pass in which messages are gathered, and sends.
    private static func tell(_ service: TestService) async throws {
        try await service.announce()
        service.clock.advance(seconds: 20)
        try await service.sendMessages()
    }

    @Test("an outage is told once, one message for all codes of an account")
    func published() async throws {
        try await FakeZalo.run { service, fake in
            let an = try await Self.follower("an", 3, by: service)
            let binh = try await Self.follower("binh", 1, by: service)
            let other = try await Self.follower("other", 1, by: service)
            for code in an.codes + binh.codes {
                try await service.link(code, "transformer", "T1")
            }
            try await service.link(other.codes[0], "transformer", "T2")
            // A link that has ended by then, and one that begins later, are none.
            try await service.link(other.codes[0], "feeder", "F1", to: "2026-11-30")
            try await service.add(
                TestOutage(
                    "2026-12-01 08:00", "2026-12-01 16:00",
                    scopes: [("transformer", "T1"), ("feeder", "F1")]))
            for _ in 0..<3 { try await Self.tell(service) }
            #expect(Set(fake.taken.map(\.to)) == ["oa-an", "oa-binh"])
            #expect(fake.taken.count == 2)
            let text = try #require(fake.taken.first { $0.to == "oa-an" }?.text)
            let codes = an.codes.map(\.text).sorted().joined(separator: ", ")
            #expect(text.hasPrefix("Thông báo ngừng cấp điện (theo kế hoạch): \(codes).\n"))
            #expect(text.contains("Bắt đầu: 08:00 01/12/2026."))
            #expect(text.contains("Dự kiến có điện lại: 16:00 01/12/2026."))
            #expect(text.contains("Mã xác thực tin: "))
            #expect(try await service.database.count("outbox", "true") == 0)
            let list = try await service.call("GET", an.account + "/notifications")
            #expect(list.json["items"][0]["topic"].string == "outage_published")
            #expect(list.json["items"][0]["customerCode"].isNull)
            #expect(list.json["items"][1]["topic"].isNull)
            #expect(
                try await service.database.count("announcements", "message_count = 4") == 1)
        }
    }

    @Test("what becomes of an outage is told: changed, cancelled, back again")
    func changes() async throws {
        try await FakeZalo.run { service, fake in
            let an = try await Self.follower("an", 1, by: service)
            func outage(_ start: String, _ end: String) async throws -> String {
                try await service.add(
                    TestOutage(start, end, scopes: [("customerCode", an.codes[0].text)]))
            }
            func change(_ id: String, _ sets: String) async throws {
                try await service.database.script(
                    "update outages set version = version + 1, \(sets) where outage_id = '\(id)'")
                try await Self.tell(service)
            }
            let first = try await outage("2026-12-01 08:00", "2026-12-01 16:00")
            let second = try await outage("2026-11-25 09:00", "2026-11-25 16:00")
            try await Self.tell(service)
            try await change(
                first,
                "starts_at = '2026-12-02 08:00+07', expected_end_at = null,"
                    + " kind = 'unplanned'")
            try await change(first, "cancelled_at = '2026-11-25 11:00+07'")
            try await change(first, "reason = 'Khác'")
            try await change(
                second,
                "restored_at = '2026-11-25 10:30+07',"
                    + " over_at = '2026-11-25 10:30+07'")
            try await change(second, "reason = 'Khác'")
            let beginnings = fake.taken.map { String($0.text.prefix { $0 != "(" && $0 != ":" }) }
            #expect(
                beginnings == [
                    "Thông báo ngừng cấp điện ", "Thông báo ngừng cấp điện ",
                    "Thay đổi lịch ngừng cấp điện ", "Hủy lịch ngừng cấp điện", "Đã có điện lại",
                ])
            // A fault has no end that anybody knows.
            #expect(!fake.taken[2].text.contains("Dự kiến"))
            #expect(fake.taken[4].text.contains("Lúc 10:30 25/11/2026."))
        }
    }

    @Test("drafts, and outages that were over before anybody was told, are told to nobody")
    func silent() async throws {
        try await FakeZalo.run { service, fake in
            let an = try await Self.follower("an", 1, by: service)
            let scope = [("customerCode", an.codes[0].text)]
            var draft = TestOutage("2026-12-01 08:00", "2026-12-01 16:00", scopes: scope)
            draft.isDraft = true
            var cancelled = TestOutage("2026-12-01 08:00", "2026-12-01 16:00", scopes: scope)
            cancelled.cancelled = "2026-11-24 08:00"
            let past = TestOutage("2026-11-25 05:00", "2026-11-25 09:00", scopes: scope)
            for outage in [draft, cancelled, past] { try await service.add(outage) }
            try await Self.tell(service)
            #expect(fake.taken.isEmpty)
            #expect(try await service.database.count("announcements", "outage_id is not null") == 0)
            // A draft that is published is told then.
            try await service.database.script(
                "update outages set published_at = '2026-11-25 10:00+07' where published_at is null"
            )
            try await Self.tell(service)
            #expect(fake.taken.count == 1)
        }
    }

    @Test("a day before, those are reminded who were told long ago, and not those told just now")
    func reminders() async throws {
        try await FakeZalo.run { service, fake in
            let an = try await Self.follower("an", 1, by: service)
            let scope = [("customerCode", an.codes[0].text)]
            try await service.add(TestOutage("2026-11-28 08:00", "2026-11-28 16:00", scopes: scope))
            try await Self.tell(service)
            try service.clock.set("2026-11-27T07:59:00")
            _ = try await service.correspondent("an")
            try await service.add(TestOutage("2026-11-28 09:00", "2026-11-28 10:00", scopes: scope))
            try await Self.tell(service)
            #expect(fake.taken.count == 2)
            try service.clock.set("2026-11-27T09:30:00")
            for _ in 0..<3 { try await Self.tell(service) }
            let reminders = fake.taken.filter { $0.text.hasPrefix("Nhắc lịch ngừng cấp điện") }
            #expect(reminders.count == 1)
            #expect(reminders.first?.text.contains("08:00 28/11/2026") == true)
        }
    }

    @Test("the day before a reading is told at nine, by code or by route book")
    func readingDay() async throws {
        try await FakeZalo.run(at: "2026-11-25T07:29:00") { service, fake in
            let an = try await Self.follower("an", 3, by: service)
            for code in an.codes { try await service.link(code, "routeBook", "R1") }
            // The second has a day of its own, another one.
            try await service.database.script(
                """
                insert into reading_schedules values
                    ('routeBook', 'R1', '2026-11-01', 1, '2026-11-26', '2026-11-25', now()),
                    ('customerCode', '\(an.codes[1])', '2026-11-01', 1, '2026-11-30', null, now())
                """)
            try await Self.tell(service)
            #expect(try await service.database.count("outbox", "topic = 'reading_day'") == 0)
            try service.clock.set("2026-11-25T07:30:00")
            try await Self.tell(service)
            #expect(fake.taken.isEmpty)
            try service.clock.set("2026-11-25T09:00:00")
            try await service.sendMessages()
            let codes = [an.codes[0], an.codes[2]].map(\.text).sorted().joined(separator: ", ")
            #expect(fake.taken.count == 1)
            #expect(
                fake.taken.first?.text.hasPrefix(
                    "Ngày 26/11/2026 điện lực ghi chỉ số công tơ của mã khách hàng \(codes).\n"
                        + "Dời từ ngày 25/11/2026.") == true)
        }
    }

    @Test("debts are told before and after their day, and not when somebody pays meanwhile")
    func debts() async throws {
        try await FakeZalo.run(at: "2026-11-25T08:00:00") { service, fake in
            func customer(_ name: String, due: String, paid: Int64 = 0, pending: Int64 = 0)
                async throws -> CustomerCode
            {
                var bill = TestBill("2026-11")
                bill.dueOn = due
                bill.paid = paid
                bill.pending = pending
                return try await Self.follower(name, 1, by: service) { $0.bills = [bill] }.codes[0]
            }
            _ = try await customer("before", due: "2026-11-28")
            let part = try await customer("part", due: "2026-11-24", paid: 100_000)
            _ = try await customer("late", due: "2026-11-20")
            _ = try await customer("other", due: "2026-11-23")
            _ = try await customer("paid", due: "2026-11-24", paid: 108_000)
            _ = try await customer("paying", due: "2026-11-24", pending: 108_000)
            try await Self.tell(service)
            #expect(try await service.database.count("outbox", "topic = 'debt_reminder'") == 3)
            // One pays before nine.
            try await service.database.script(
                "update bill_balances set paid = billed where due_on = '2026-11-20'")
            try service.clock.set("2026-11-25T09:00:00")
            try await service.sendMessages()
            #expect(Set(fake.taken.map(\.to)) == ["oa-before", "oa-part"])
            #expect(
                fake.taken.contains {
                    $0.text.hasPrefix(
                        "Mã khách hàng \(part) chưa thanh toán 8.000 đồng tiền điện, hạn thanh toán"
                            + " 24/11/2026.")
                })
            // The same day is announced once, on any number of instances.
            try await Self.tell(service)
            #expect(fake.taken.count == 2)
            #expect(try await service.database.count("outbox", "true") == 0)
        }
    }

    @Test("the bills of an import are told: the new ones as issued, the others as corrected")
    func bills() async throws {
        try await FakeZalo.run { service, fake in
            var corrected = TestBill("2026-11")
            corrected.revision = 2
            corrected.status = .corrected
            corrected.total = 54_000
            let an = try await Self.follower("an", 1, by: service) {
                $0.bills = [TestBill("2026-11")]
            }
            let binh = try await Self.follower("binh", 1, by: service) {
                $0.bills = [TestBill("2026-11"), corrected]
            }
            // What arrived earlier is no news.
            let early = try await Self.follower("early", 1, by: service) {
                $0.bills = [TestBill("2026-11")]
            }
            try await service.database.script(
                """
                update bills set as_of = '2026-11-20' where customer_code = '\(early.codes[0])'
                    or (customer_code = '\(binh.codes[0])' and revision = 1)
                """)
            let now = service.clock.now
            for topic in [MessageTopic.billIssued, .billCorrected] {
                try await service.queue(
                    Announcement(
                        topic: topic,
                        audience: .bills(try #require(BillingMonth("2026-11")), asOf: now),
                        event: "bills/1", sendAt: now))
            }
            try await Self.tell(service)
            #expect(fake.taken.count == 2)
            #expect(
                fake.taken.contains {
                    $0.to == "oa-an"
                        && $0.text.hasPrefix(
                            "Hóa đơn tiền điện kỳ 11/2026 của mã khách hàng \(an.codes[0]): 50 kWh,"
                                + " 108.000 đồng.")
                })
            #expect(
                fake.taken.contains {
                    $0.to == "oa-binh" && $0.text.contains("đã được điều chỉnh")
                        && $0.text.contains("54.000 đồng")
                })
        }
    }

    @Test("who does not want a topic is not told, from the moment they say so")
    func muted() async throws {
        try await FakeZalo.run { service, fake in
            let an = try await Self.follower("an", 1, by: service)
            let late = try await Self.follower("late", 1, by: service)
            func mute(_ account: String, _ topics: String) async throws {
                let list = try await service.call("GET", account + "/subscriptions")
                let id = try #require(list.json["items"][0]["subscriptionId"].string)
                let answer = try await service.call(
                    "PATCH", "\(account)/subscriptions/\(id)", #"{"mutedTopics":[\#(topics)]}"#)
                #expect(answer.status == 200)
            }
            for code in an.codes + late.codes { try await service.link(code, "feeder", "F") }
            try await mute(an.account, #""outage_published""#)
            try await service.add(
                TestOutage("2026-12-01 08:00", "2026-12-01 16:00", scopes: [("feeder", "F")]))
            try await service.announce()
            #expect(try await service.database.count("outbox", "true") == 1)
            try await mute(late.account, #""outage_published","debt_reminder""#)
            service.clock.advance(seconds: 20)
            try await service.sendMessages()
            #expect(fake.taken.isEmpty)
            // And wanted again.
            try await mute(an.account, "")
            try await service.database.script("update outages set version = 2")
            try await Self.tell(service)
            #expect(fake.taken.map(\.to) == ["oa-an", "oa-late"] || fake.taken.count == 2)
        }
    }

    @Test("a follower who leaves before the message goes is not told")
    func gone() async throws {
        try await FakeZalo.run { service, fake in
            let an = try await Self.follower("an", 2, by: service)
            for code in an.codes { try await service.link(code, "feeder", "F") }
            try await service.add(
                TestOutage("2026-12-01 08:00", "2026-12-01 16:00", scopes: [("feeder", "F")]))
            try await service.announce()
            let list = try await service.call("GET", an.account + "/subscriptions")
            let first = list.json["items"][0]
            let id = try #require(first["subscriptionId"].string)
            #expect(
                try await service.call("DELETE", "\(an.account)/subscriptions/\(id)").status == 204)
            service.clock.advance(seconds: 20)
            try await service.sendMessages()
            #expect(fake.taken.count == 1)
            #expect(fake.taken[0].text.contains(first["customerCode"].string ?? "-") == false)
            let another = try #require(an.codes.first { $0.text != first["customerCode"].string })
            #expect(fake.taken[0].text.contains(another.text))
        }
    }

    @Test("no more than fifteen a day come by themselves; the rest comes the next day")
    func enough() async throws {
        try await FakeZalo.run { service, fake in
            let an = try await Self.follower("an", 1, by: service)
            for hour in 0..<17 {
                try await service.add(
                    TestOutage(
                        "2026-12-02 0\(hour % 10):\(hour < 10 ? "00" : "30")", "2026-12-02 20:00",
                        scopes: [("customerCode", an.codes[0].text)]))
            }
            for _ in 0..<4 { try await Self.tell(service) }
            #expect(fake.taken.count == 15)
            try service.clock.set("2026-11-26T08:10:00")
            try await service.sendMessages()
            #expect(fake.taken.count == 17)
        }
    }

    @Test("what is of no use any more is not sent: an outage that is over after a day without Zalo")
    func useless() async throws {
        try await FakeZalo.run { service, fake in
            let an = try await Self.follower("an", 1, by: service)
            let scope = [("customerCode", an.codes[0].text)]
            try await service.add(TestOutage("2026-11-25 12:00", "2026-11-25 16:00", scopes: scope))
            try await service.add(TestOutage("2026-12-25 12:00", "2026-12-25 16:00", scopes: scope))
            fake.goDown(true)
            try await Self.tell(service)
            fake.goDown(false)
            try service.clock.set("2026-11-26T10:00:00")
            _ = try await service.correspondent("an")
            for _ in 0..<3 {
                try await service.sendMessages()
                service.clock.advance(seconds: 3)
            }
            #expect(fake.taken.count == 1)
            #expect(fake.taken.first?.text.contains("25/12/2026") == true)
            #expect(try await service.database.count("outbox", "true") == 0)
        }
    }

    @Test("two announcers at once write each message once")
    func together() async throws {
        try await FakeZalo.run { service, fake in
            let an = try await Self.follower("an", 5, by: service)
            for code in an.codes { try await service.link(code, "feeder", "F") }
            try await service.add(
                TestOutage("2026-12-01 08:00", "2026-12-01 16:00", scopes: [("feeder", "F")]))
            try await TestService.run(on: service.database, zalo: fake.settings) { second in
                async let one: Void = service.announce()
                async let two: Void = second.announce()
                _ = try await (one, two)
            }
            try await service.announce()
            #expect(try await service.database.count("outbox", "true") == 5)
            #expect(
                try await service.database.count(
                    "announcements", "done_at is not null and message_count = 5") == 1)
        }
    }

    @Test("one that was cut off goes on behind its cursor, and doubles nothing that is sent")
    func cutOff() async throws {
        try await FakeZalo.run { service, _ in
            let an = try await Self.follower("an", 5, by: service)
            for code in an.codes { try await service.link(code, "feeder", "F") }
            try await service.add(
                TestOutage("2026-12-01 08:00", "2026-12-01 16:00", scopes: [("feeder", "F")]))
            try await service.announce()
            // As after a death behind the first range, whose messages have been sent.
            let codes = an.codes.map(\.text).sorted()
            try await service.database.script(
                """
                delete from outbox;
                insert into leases values ('announcements', gen_random_uuid(),
                    '2026-11-25 10:01+07');
                update announcements set done_at = null, code_cursor = '\(codes[1])'
                """)
            try await service.announce()
            #expect(try await service.database.count("outbox", "true") == 0)
            service.clock.advance(seconds: 60)
            try await service.announce()
            let rows = try await service.database.script(
                "select customer_code from outbox order by 1")
            #expect(rows.map { $0[0] } == Array(codes[2...]))
        }
    }

    @Test("SQL names messages and slots as the service does")
    func names() async throws {
        let database = try await TestDatabase.shared()
        for name in ["", "welcome/x/y", "Tân An"] {
            let row = try await database.script("select message_id_of('\(name)')")
            #expect(row[0][0] == UUID(ofMessage: name).description)
        }
        for _ in 0..<20 {
            let account = TestRequest.unknownId()
            let row = try await database.script("select slot_of('\(account)')")
            #expect(row[0][0] == "\(Slot.of(account))")
        }
    }
}

extension TestService {
    /// Writes an announcement down, as whatever causes it does.
    func queue(_ announcement: Announcement) async throws {
        let now = clock.now
        try await TestLoop.run(connection: database.serviceURL) { database in
            try await database.transaction {
                (transaction: Transaction<Problem>) async throws(Problem) in
                try await announcement.queue(at: now, in: transaction)
            }
        }
    }
}
