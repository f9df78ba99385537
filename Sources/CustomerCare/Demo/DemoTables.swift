import Electricity
import JSON
import Postgres
import Signing

/// The rows of some demo customers, table by table, ready to be copied.
struct DemoTables {
    private(set) var customers = CopyRows(fieldCount: 19)
    private(set) var bills = CopyRows(fieldCount: 20)
    private(set) var balances = CopyRows(fieldCount: 9)
    private(set) var billCount = 0

    private let personalData: PersonalData
    private let asOf: Instant

    init(personalData: PersonalData, asOf: Instant) {
        self.personalData = personalData
        self.asOf = asOf
    }

    /// Ends the data of every table.
    mutating func finish() {
        customers.finish()
        bills.finish()
        balances.finish()
    }

    /// Adds a customer with everything that belongs to it.
    mutating func add(
        _ customer: DemoCustomer, nextReading: LocalDate?, _ entries: [DemoAccountEntry]
    ) throws(DemoError) {
        do {
            try add(customer, nextReading: nextReading)
        } catch {
            throw .signing(error)
        }
        for entry in entries {
            for bill in entry.revisions { add(bill, of: customer.code.text) }
            add(entry, of: customer.code.text)
        }
    }

    private mutating func add(
        _ customer: DemoCustomer, nextReading: LocalDate?
    ) throws(SigningError) {
        let code = customer.code
        var phone: [UInt8]?
        if let text = customer.phone { phone = try personalData.sealed(text, .phone, of: code) }
        var nationalId: [UInt8]?
        if let text = customer.nationalId {
            nationalId = try personalData.sealed(text, .nationalId, of: code)
        }
        customers.row()
        customers.text(code.text)
        customers.blob(try personalData.sealed(customer.name, .holderName, of: code))
        customers.blob(phone)
        customers.blob(nationalId)
        customers.blob(try personalData.sealed(customer.address, .address, of: code))
        customers.blob(personalData.holderNameIndex(customer.name))
        customers.blob(customer.phone.flatMap(personalData.phoneIndex))
        customers.blob(customer.nationalId.flatMap(personalData.nationalIdIndex))
        customers.text(customer.usagePurpose.rawValue)
        customers.int32(Int64(customer.householdCount))
        customers.int16(customer.periodsPerMonth)
        customers.text(customer.contractStatus.rawValue)
        customers.text(customer.unitCode)
        customers.date(nextReading)
        customers.int64(customer.credit)
        customers.timestamp(asOf)
        if let capacityKW = customer.trait.contractedCapacityKW {
            customers.int32(capacityKW)
        } else {
            customers.null()
        }
        customers.null()
        customers.null()
    }

    private mutating func add(_ bill: DemoBill, of code: String) {
        billCount += 1
        bills.row()
        bills.text(code)
        bills.date(bill.month.firstDay)
        bills.int16(bill.periodNumber)
        bills.text(DemoTables.kind(bill))
        bills.int16(bill.revision)
        bills.text(bill.status.rawValue)
        bills.text(bill.invoiceId)
        bills.date(bill.periodStart)
        bills.date(bill.periodEnd)
        bills.int64(bill.consumptionKWh)
        bills.int64(bill.amountExcludingVAT)
        bills.int32(bill.vatBasisPoints)
        bills.int64(bill.vat)
        bills.int64(bill.total)
        bills.date(bill.issuedOn)
        bills.date(bill.dueOn)
        if let reactive = bill.reactive {
            bills.blob(DemoTables.list([reactive]) { $1.writeReading(to: &$0) })
            bills.blob(DemoTables.list([reactive]) { $1.writeLine(to: &$0) })
        } else {
            bills.blob(DemoTables.list(bill.readings) { $1.write(to: &$0) })
            bills.blob(DemoTables.list(bill.lines) { $1.write(to: &$0) })
        }
        bills.timestamp(asOf)
        bills.null()
    }

    /// A JSON array with an object for each item.
    private static func list<Item>(
        _ items: [Item], _ write: (inout JSONWriter, Item) -> Void
    ) -> [UInt8] {
        var json = JSONWriter()
        json.array { json in
            for item in items { json.element { write(&$0, item) } }
        }
        return json.bytes
    }

    private mutating func add(_ entry: DemoAccountEntry, of code: String) {
        balances.row()
        balances.text(code)
        balances.date(entry.newest.month.firstDay)
        balances.int16(entry.newest.periodNumber)
        balances.text(DemoTables.kind(entry.newest))
        balances.int16(entry.newest.revision)
        balances.int64(entry.billed)
        balances.int64(entry.paid)
        balances.int64(entry.pending)
        balances.date(entry.newest.dueOn)
    }

    private static func kind(_ bill: DemoBill) -> String {
        bill.reactive == nil ? "active" : "reactive"
    }
}
