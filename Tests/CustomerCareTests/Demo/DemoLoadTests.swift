import Electricity
import JSON
import Postgres
import Signing
import Synchronization
import Testing

@testable import CustomerCare

@Suite("Loading demo data")
struct DemoLoadTests {
    /// What one load has told and given.
    private struct Loaded: Sendable {
        let file: DemoFile
        let progress: [DemoData.Progress]
    }

    private static func load(
        _ shared: TestDatabase, on now: String, customers: Int = 40, key: MasterKey? = nil
    ) async throws -> Loaded {
        let clock = try TestClock(now)
        let keys = [key ?? shared.masterKey]
        return try await TestLoop.run(connection: shared.ownerURL) { database in
            let data = try DemoData(
                database: database, masterKeys: keys,
                world: World(now: { clock.now }, randomBytes: World.real.randomBytes),
                customerCount: customers)
            var progress: [DemoData.Progress] = []
            let file = try await data.load(
                baseURL: "http://a", adminURL: "http://b", report: { progress.append($0) })
            return Loaded(file: file, progress: progress)
        }
    }

    /// Everything that was billed and is owed, as text.
    private static func contents(_ database: TestDatabase) async throws -> [[String?]] {
        try await database.script(
            """
            select customer_code, month::text, period_number::text, revision::text, total::text,
                invoice_id, readings::text, lines::text from bills
            union all
            select customer_code, month::text, period_number::text, revision::text, billed::text,
                paid::text, pending::text, due_on::text from bill_balances
            order by 1, 2, 3, 4, 5, 6
            """)
    }

    @Test("data is loaded once a day, made anew the next, and its clients stay")
    func reload() async throws {
        let database = try await TestDatabase.make()
        try await database.script("update clients set name = 'x', revoked_at = created_at")
        let first = try await Self.load(database, on: "2026-11-24T10:00:00")
        #expect(first.progress.contains { if case .stored(40, _) = $0 { true } else { false } })
        #expect(first.file.clients.map(\.name) == DemoData.clients.map(\.name))
        #expect(first.file.customers.count == DemoTrait.showcaseCount)
        let contents = try await Self.contents(database)
        #expect(contents.count > 40 * 24)

        let again = try await Self.load(database, on: "2026-11-24T23:59:59")
        #expect(again.progress.first == .upToDate(customers: 40))
        #expect(again.file.text == first.file.text)
        #expect(try await Self.contents(database) == contents)

        let next = try await Self.load(database, on: "2026-11-25T00:00:00")
        #expect(next.progress.first == .outdated(try #require(LocalDate("2026-11-24"))))
        #expect(next.file.clients.map(\.secret) == first.file.clients.map(\.secret))
        let codes = try await database.script("select count(*) from customers")
        #expect(codes == [["40"]])
    }

    @Test("what is stored adds up, revision by revision")
    func sums() async throws {
        let database = try await TestDatabase.make()
        _ = try await Self.load(database, on: "2026-11-25T10:00:00", customers: 60)
        let wrong = try await database.script(
            """
            select customer_code, month from bills b where
                kind = 'active' and (
                    consumption_kwh <> (select sum((r ->> 'consumptionKWh')::bigint)
                        from json_array_elements(readings) r)
                    or amount_excluding_vat <> coalesce((select sum((l ->> 'amount')::bigint)
                        from json_array_elements(lines) l), 0))
                or kind = 'reactive' and (lines -> 0 ->> 'reactiveEnergyKvarh')::bigint
                    <> (select sum((r ->> 'closingReading')::bigint
                        - (r ->> 'openingReading')::bigint) from json_array_elements(readings) r)
                or total <> amount_excluding_vat + vat
            union all
            select n.customer_code, n.month from bill_balances n
            left join bills b on b.customer_code = n.customer_code and b.month = n.month
                and b.period_number = n.period_number and b.kind = n.kind
                and b.revision = n.revision
            where n.billed is distinct from case b.status when 'cancelled' then 0 else b.total end
                or n.due_on <> b.due_on
                or exists (select from bills l where l.customer_code = n.customer_code
                    and l.month = n.month and l.period_number = n.period_number
                    and l.kind = n.kind and l.revision > n.revision)
            """)
        #expect(wrong.isEmpty, "\(wrong)")
        let orphans = try await database.script(
            """
            select count(*) from bills b where not exists (
                select from bill_balances n where n.customer_code = b.customer_code
                    and n.month = b.month and n.period_number = b.period_number
                    and n.kind = b.kind)
            """)
        #expect(orphans == [["0"]])
    }

    @Test("a database with other customers is refused and left as it is")
    func foreignCustomers() async throws {
        let database = try await TestDatabase.make()
        _ = try await Self.load(database, on: "2026-11-24T10:00:00")
        let contents = try await Self.contents(database)
        await #expect(throws: DemoError.foreignCustomers) {
            // Another number of customers.
            _ = try await Self.load(database, on: "2026-11-25T10:00:00", customers: 39)
        }
        await #expect(throws: DemoError.foreignCustomers) {
            _ = try await Self.load(database, on: "2026-11-25T10:00:00", customers: 41)
        }
        let otherKey = try MasterKey.random()
        await #expect(throws: DemoError.foreignCustomers) {
            _ = try await Self.load(database, on: "2026-11-25T10:00:00", key: otherKey)
        }
        try await database.script(
            "update customers set customer_code = 'PB99990000001' where customer_code = ("
                + "select min(customer_code) from customers)")
        await #expect(throws: DemoError.foreignCustomers) {
            _ = try await Self.load(database, on: "2026-11-25T10:00:00")
        }
        #expect(try await Self.contents(database) == contents)
    }

    @Test("the file tells of each client and customer in one line of JSON")
    func file() async throws {
        let database = try await TestDatabase.make()
        try await database.script("update clients set name = 'x', revoked_at = created_at")
        let file = try await Self.load(database, on: "2026-11-25T10:00:00", customers: 1).file
        let json = try JSONValue.parse(file.text)
        #expect(json.names == ["baseUrl", "adminUrl", "clients", "customers"])
        #expect(json["baseUrl"].string == "http://a")
        #expect(json["clients"].items.count == 5)
        #expect(json["clients"][0].names == ["name", "keyId", "secret", "scopes"])
        #expect(json["customers"].items.count == 30)
        #expect(
            json["customers"][0].names == [
                "customerCode", "name", "phone", "nationalId", "invoiceId", "usagePurpose",
                "periodsPerMonth", "contractStatus", "note",
            ])
        let lines = file.text.split(separator: 0x0A)
        #expect(lines.count == 5 + 30 + 8)
    }
}
