import Electricity
import Testing

@testable import CustomerCare

/// A week of messages with a day on which Zalo is away, by a clock that jumps.
@Suite("A week of messages")
struct MessageWeekTests {
    @Test("each event is told once, by day, and a day without Zalo costs only what is past")
    func week() async throws {
        try await FakeZalo.run(at: "2026-11-23T06:00:00") { service, fake in
            let account = try await service.correspondent("an")
            var bill = TestBill("2026-11")
            bill.dueOn = "2026-11-28"
            var customer = try TestCustomer()
            customer.bills = [bill]
            try await service.follow(try await service.add(customer), as: account)
            let code = customer.code
            try await service.link(code, "routeBook", "R")
            try await service.database.script(
                """
                delete from outbox;
                insert into reading_schedules values
                    ('routeBook', 'R', '2026-11-01', 1, '2026-11-27', null, now())
                """)
            let scope = [("customerCode", code.text)]
            try await service.add(TestOutage("2026-11-26 08:00", "2026-11-26 11:00", scopes: scope))
            try await service.add(TestOutage("2026-11-29 08:00", "2026-11-29 11:00", scopes: scope))
            var told: [(hour: Int64, text: String)] = []
            // Every half hour, from Monday at six to Sunday at midnight.
            for step in 0..<(7 * 48 - 12) {
                let now = service.clock.now
                let today = LocalDate(of: now)
                let hour = (now.secondsSince1970 - today.start.secondsSince1970) / 3_600
                // Wednesday without Zalo (it answers, since the time of a circuit breaker is real);
                // whoever writes every day can be told by a text.
                fake.fail("\(today)" == "2026-11-25")
                if step.isMultiple(of: 40) { _ = try await service.correspondent("an") }
                try await service.announce()
                for _ in 0..<2 {
                    try await service.sendMessages()
                    service.clock.advance(seconds: 30)
                }
                for taken in fake.taken.dropFirst(told.count) { told.append((hour, taken.text)) }
                service.clock.advance(seconds: 1_740)
            }
            #expect(told.allSatisfy { (6..<22).contains($0.hour) }, "\(told.map(\.hour))")
            func count(_ beginning: String) -> Int {
                told.filter { $0.text.hasPrefix(beginning) }.count
            }
            #expect(count("Thông báo ngừng cấp điện") == 2)
            // The first is reminded of on the day without Zalo, and that is past afterwards; the
            // second on Saturday.
            #expect(count("Nhắc lịch ngừng cấp điện") == 2)
            #expect(count("Ngày 27/11/2026 điện lực ghi chỉ số") == 1)
            // Three days before, which is the day without Zalo: too late afterwards. One day after.
            #expect(count("Mã khách hàng \(code) chưa thanh toán") == 1)
            #expect(told.count == 6)
            #expect(try await service.database.count("outbox", "true") == 0)
            // Nothing was told twice, word for word.
            #expect(Set(told.map(\.text)).count == told.count)
        }
    }

    @Test("five instances that find the token ended change it once")
    func race() async throws {
        try await FakeZalo.run { service, fake in
            let account = try await service.correspondent("1")
            for _ in 0..<30 { _ = try await service.newRequest(of: account) }
            // Requests of thirty accounts lie in other slots, and so with other senders.
            for number in 2..<12 {
                _ = try await service.newRequest(of: try await service.correspondent("\(number)"))
            }
            fake.forgetAccess()
            func together(_ others: [TestService], _ depth: Int) async throws {
                if depth > 0 {
                    return try await TestService.run(on: service.database, zalo: fake.settings) {
                        try await together(others + [$0], depth - 1)
                    }
                }
                for _ in 0..<4 {
                    await withTaskGroup(of: Void.self) { group in
                        for one in others + [service] {
                            group.addTask {
                                do {
                                    try await one.sendMessages()
                                } catch {
                                    Issue.record(error)
                                }
                            }
                        }
                    }
                    service.clock.advance(seconds: 3)
                    for one in others { one.clock.advance(seconds: 3) }
                }
            }
            try await together([], 4)
            #expect(fake.refreshCount == 1)
            #expect(fake.taken.count == 40)
            #expect(Set(fake.taken.map(\.text)).count == 40)
        }
    }
}
