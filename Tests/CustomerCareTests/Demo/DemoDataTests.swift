import Electricity
import JSON
import Postgres
import Signing
import Synchronization
import Testing

@testable import CustomerCare

@Suite("Demo data")
struct DemoDataTests {
    private static let seed = DemoData.seed

    private static func customers(_ count: Int, seed: Int = seed) throws -> [DemoCustomer] {
        let population = DemoPopulation(words: try DemoWords(), seed: seed)
        return try (0..<count).map { try population.customer($0) }
    }

    private static func billing(on day: String, seed: Int = seed) throws -> DemoBilling {
        DemoBilling(
            calculator: BillCalculator(try TariffDocument.builtIn().book),
            calendar: DemoCalendar(
                today: try #require(LocalDate(day)), monthCount: DemoData.monthCount),
            seed: seed)
    }

    private static func text(_ customer: DemoCustomer) -> String { "\(customer)" }

    @Test("the same seed gives the same customers and bills, another seed others")
    func repeatable() throws {
        let first = try Self.customers(60)
        #expect(first.map(Self.text) == (try Self.customers(60)).map(Self.text))
        #expect(first.map(Self.text) == (try Self.customers(200)).prefix(60).map(Self.text))
        #expect(first.map(Self.text) != (try Self.customers(60, seed: 1)).map(Self.text))
        for customer in first {
            let entries = try Self.billing(on: "2026-11-25").entries(of: customer)
            #expect(entries == (try Self.billing(on: "2026-11-25").entries(of: customer)))
        }
    }

    @Test("codes and invoice ids are well-formed and nobody has the same")
    func unique() throws {
        let customers = try Self.customers(1_200)
        #expect(Set(customers.map(\.code)).count == customers.count)
        var ids: Set<String> = []
        var count = 0
        let billing = try Self.billing(on: "2026-11-25")
        for customer in customers {
            for entry in try billing.entries(of: customer) {
                for bill in entry.revisions {
                    ids.insert(bill.invoiceId)
                    count += 1
                    #expect(InvoiceId.comparable(bill.invoiceId) == bill.invoiceId)
                    #expect((8...9).contains(bill.invoiceId.utf8.count))
                }
            }
        }
        #expect(ids.count == count)
    }

    @Test(
        "the sums of every bill are right, on any day",
        arguments: ["2026-11-25", "2026-12-31", "2027-01-01", "2028-02-29", "2026-03-01"])
    func sums(day: String) throws {
        let billing = try Self.billing(on: day)
        for customer in try Self.customers(120) {
            var previous: [String: Int64] = [:]
            let entries = try billing.entries(of: customer)
            for entry in entries {
                for bill in entry.revisions { Self.check(bill, of: customer) }
                #expect(entry.paid >= 0 && entry.paid <= entry.billed)
                #expect(entry.pending >= 0 && entry.pending <= entry.billed - entry.paid)
                #expect(entry.newest.issuedOn <= billing.calendar.today.advanced(byDays: 3))
                for reading in entry.newest.readings {
                    let key = "\(reading.meterSerialNumber) \(reading.register)"
                    #expect(reading.openingReading == previous[key] ?? reading.openingReading)
                    previous[key] = reading.closingReading
                }
            }
            let months = entries.map { ($0.newest.month, $0.newest.periodNumber) }
            #expect(zip(months, months.dropFirst()).allSatisfy { $0 < $1 })
        }
    }

    private static func check(_ bill: DemoBill, of customer: DemoCustomer) {
        let readings = bill.readings.reduce(0) { $0 + $1.consumptionKWh }
        #expect(bill.consumptionKWh == readings, "\(customer.trait) \(bill.month)")
        #expect(bill.readings.allSatisfy { $0.closingReading >= $0.openingReading })
        #expect(bill.lines.allSatisfy { $0.amount == $0.quantityKWh * $0.unitPrice })
        #expect(bill.amountExcludingVAT == bill.lines.reduce(0) { $0 + $1.amount })
        #expect(bill.total == bill.amountExcludingVAT + bill.vat)
        let exact = bill.amountExcludingVAT * bill.vatBasisPoints
        #expect(abs(bill.vat * 10_000 - exact) <= 5_000)
        #expect(bill.periodStart <= bill.periodEnd && bill.periodEnd < bill.issuedOn)
        #expect(bill.issuedOn < bill.dueOn)
        #expect((1...customer.periodsPerMonth).contains(bill.periodNumber))
    }

    private func checkReactive(
        _ customer: DemoCustomer, _ entries: [DemoAccountEntry], _ billing: DemoBilling
    ) throws {
        let bills = try billing.reactiveEntries(of: customer, entries).map(\.newest)
        #expect(bills.count == entries.count)
        for (bill, active) in zip(bills, entries.map(\.newest)) {
            let reactive = try #require(bill.reactive)
            #expect(reactive.baseAmount == active.amountExcludingVAT)
            #expect(bill.consumptionKWh == active.consumptionKWh)
            #expect((bill.total > 0) == (customer.trait == .lowPowerFactor))
        }
        let factors = bills.map { $0.reactive?.powerFactorTenThousandths }
        switch customer.trait {
        case .idle:
            #expect(factors.map { $0 == nil }.suffix(2) == [false, true])
            #expect(bills.last?.consumptionKWh == 0)
        case .lowPowerFactor: #expect(factors.allSatisfy { $0.map { $0 < 9_000 } == true })
        default: #expect(factors.allSatisfy { $0.map { $0 > 9_000 } == true })
        }
    }

    @Test("the first thirty customers show every special case")
    func showcase() throws {
        let customers = try Self.customers(DemoTrait.showcaseCount)
        #expect(customers.count == 30)
        #expect(Set(customers.map(\.trait)) == Set(DemoTrait.allCases))
        let billing = try Self.billing(on: "2026-11-25")
        for customer in customers {
            let entries = try billing.entries(of: customer)
            let open = entries.filter { $0.paid < $0.billed }
            switch customer.trait {
            case .owesOneMonth:
                #expect(open.count == 1 && open[0] == entries.last)
            case .owesThreeMonths: #expect(open == Array(entries.suffix(3)))
            case .partlyPaid: #expect(open.count == 2 && open[0].paid > 0)
            case .paymentPending: #expect(open.last?.pending == open.last?.billed)
            case .inCredit: #expect(customer.credit > 0)
            case .timeOfUse:
                #expect(entries.last?.newest.lines.count == 3)
                #expect(customer.usagePurpose == .nonResidential)
            case .twoPeriods: #expect(customer.periodsPerMonth == 2)
            case .contractEnded:
                #expect(customer.contractStatus == .ended)
                #expect(billing.calendar.nextReading(of: customer) == nil)
            case .meterReplaced:
                let serials = entries.dropLast().last?.newest.readings.map(\.meterSerialNumber)
                #expect(Set(serials ?? []).count == 2)
            case .corrected:
                #expect(entries.contains { $0.newest.status == .corrected })
                #expect(entries.contains { $0.newest.revision == 2 })
            case .cancelled:
                #expect(entries.filter { $0.newest.status == .cancelled }.map(\.billed) == [0])
            case .estimated:
                #expect(entries.contains { $0.newest.readings.contains(where: \.isEstimated) })
            case .withoutPhone: #expect(customer.phone == nil)
            case .oldIdentityCard: #expect(customer.nationalId?.utf8.count == 9)
            case .oldPhone: #expect(customer.phone?.utf8.count == 11)
            case .honorific: #expect(customer.name.hasPrefix("Hộ "))
            case .surnameHo: #expect(customer.name.hasPrefix("Hồ "))
            case .severalHouseholds: #expect(customer.householdCount > 1)
            case .newCustomer: #expect((1...3).contains(entries.count))
            case .noConsumption:
                #expect(entries.dropLast().last?.newest.consumptionKWh == 0)
            case .lowPowerFactor, .goodPowerFactor, .idle:
                try checkReactive(customer, entries, billing)
            case .risingUse:
                let days = entries.suffix(2).map { entry in
                    DailyUse(
                        kWh: entry.newest.consumptionKWh,
                        dayCount: entry.newest.periodStart.dayCount(through: entry.newest.periodEnd)
                    )
                }
                let before = try #require(days.first ?? nil)
                #expect(days.last??.exceeds(percent: 130, of: before) == true)
            case .justConnected: #expect(entries.count == 1)
            case .ordinary, .singleRegister: break
            }
        }
    }
}
