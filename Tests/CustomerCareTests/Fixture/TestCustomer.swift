import Electricity
import JSON
import Postgres
import Signing
import Synchronization
import Testing

@testable import CustomerCare

/// A customer to be put into the database, with what a test does not care for already chosen.
struct TestCustomer: Sendable {
    let code: CustomerCode
    var name = "Nguyễn Văn An"
    var phone: String? = "0901234567"
    var nationalId: String? = "080199012345"
    var address = "12 Nguyễn Huệ, Phường 1, Tân An, Long An"
    var usagePurpose = UsagePurpose.residential
    var householdCount = 1
    var periodsPerMonth = 1
    var contractStatus = ContractStatus.active
    var nextReadingOn: LocalDate?
    /// In kW.
    var contractedCapacityKW: Int?
    var credit: Int64 = 0
    var bills: [TestBill] = []

    private static let count = Atomic<Int>(0)

    /// A customer with a code that no other test has.
    init() throws {
        code = try TestCustomer.newCode()
    }

    /// A well-formed code that no customer has.
    static func newCode() throws -> CustomerCode {
        let number = count.add(1, ordering: .relaxed).newValue
        let digits = String(number)
        let padding = String(repeating: "0", count: 7 - digits.utf8.count)
        return try #require(CustomerCode(exact: "PB0699" + padding + digits))
    }
}

/// One revision of a bill to be put into the database.
struct TestBill: Sendable {
    var month: String
    var periodNumber = 1
    var revision = 1
    var status = BillStatus.issued
    var invoiceId: String
    var total: Int64 = 108_000
    var paid: Int64 = 0
    var pending: Int64 = 0
    var dueOn: String?
    var kind = "active"
    var consumptionKWh = 50
    /// The days of the period; from 20 days before the month to its tenth when nil.
    var period: (start: String, end: String)?
    var readings = [TestBill.reading()]
    /// The charge lines as the contract has them; one of tier 1 over 50 kWh when nil.
    var lines: String?
    /// In VND; what is left of the total at 8 % when nil.
    var amountExcludingVAT: Int64?

    private static let count = Atomic<Int>(0)

    /// A bill of a month, `YYYY-MM`, with an invoice id that no other test has.
    init(_ month: String) {
        self.month = month
        invoiceId = String(50_000_000 + TestBill.count.add(1, ordering: .relaxed).newValue)
    }

    /// A bill of so many kWh for the whole of a month, by one reading.
    static func whole(_ month: String, kWh: Int, isEstimated: Bool = false) -> TestBill {
        var bill = TestBill(month)
        bill.consumptionKWh = kWh
        bill.readings = [
            TestBill.reading(opening: 100, closing: 100 + kWh, isEstimated: isEstimated)
        ]
        if let first = BillingMonth(month)?.firstDay {
            let last = first.advanced(byDays: first.month.dayCount - 1)
            bill.period = ("\(first)", "\(last)")
        }
        return bill
    }

    /// The line of a bill for reactive power, of which it needs one.
    static let reactiveLine =
        #"[{"reactiveEnergyKvarh":1,"powerFactorTenThousandths":null,"#
        + #""coefficientBasisPoints":0,"baseAmount":0}]"#

    /// One reading as the contract has it.
    static func reading(
        serial: String = "12345678", opening: Int = 100, closing: Int = 150,
        isEstimated: Bool = false
    ) -> String {
        """
        {"meterSerialNumber":"\(serial)","register":"total","openingReading":\(opening),\
        "closingReading":\(closing),"multiplier":1,"consumptionKWh":\(closing - opening),\
        "isEstimated":\(isEstimated)}
        """
    }
}

extension TestService {
    /// A new account, by the interface; its path.
    func newAccount() async throws -> String {
        let answer = try await call(
            "PUT", "/v1/accounts", #"{"zaloUserId":"\#(TestRequest.unique())"}"#)
        try #require(answer.status == 201)
        return "/v1/accounts/" + (try #require(answer.json["accountId"].string))
    }

    /// Puts a customer with its bills into the database.
    @discardableResult
    func add(_ customer: TestCustomer) async throws -> TestCustomer {
        let sealing = try PersonalData(masterKeys: [database.masterKey])
        let asOf = clock.now
        try await TestLoop.run(connection: database.ownerURL) { database in
            try await database.transaction {
                (transaction: Transaction<DatabaseError>) async throws(DatabaseError) in
                try await customer.insert(in: transaction, sealing, asOf: asOf)
            }
        }
        return customer
    }

    /// Follows a code of an account and verifies it by phone, by the interface.
    func follow(_ customer: TestCustomer, as account: String) async throws {
        let phone = try #require(customer.phone)
        let subscription = try await addSubscription(customer.code.text, as: account)
        let answer = try await call(
            "POST", "\(account)/subscriptions/\(subscription)/verification",
            #"{"phone":"\#(phone)"}"#)
        try #require(answer.status == 200)
    }

    /// Adds a pending subscription; its id.
    func addSubscription(_ code: String, as account: String) async throws -> String {
        let answer = try await call(
            "POST", "\(account)/subscriptions", TestService.declaring([code]))
        try #require(answer.status == 202)
        return try #require(answer.json["items"][0]["subscriptionId"].string)
    }

    /// An account that follows a customer with these bills; the path of the customer's resources.
    func followed(_ customer: TestCustomer) async throws -> String {
        try await add(customer)
        let account = try await newAccount()
        try await follow(customer, as: account)
        return "\(account)/customers/\(customer.code)"
    }

    /// The body that follows codes.
    static func declaring(_ codes: [String]) -> String {
        let list = codes.map { "\"\($0)\"" }.joined(separator: ",")
        return #"{"customerCodes":[\#(list)],"#
            + #""declaration":{"confirmed":true,"textVersion":"2026-01"}}"#
    }
}

extension TestCustomer {
    fileprivate func insert(
        in transaction: Transaction<DatabaseError>, _ data: PersonalData, asOf: Instant
    ) async throws(DatabaseError) {
        let sealed: (name: [UInt8], phone: [UInt8]?, nationalId: [UInt8]?, address: [UInt8])
        do {
            sealed = (
                try data.sealed(name, .holderName, of: code),
                try phone.map { (text) throws(SigningError) in
                    try data.sealed(text, .phone, of: code)
                },
                try nationalId.map { (text) throws(SigningError) in
                    try data.sealed(text, .nationalId, of: code)
                },
                try data.sealed(address, .address, of: code)
            )
        } catch {
            throw .unavailable(reason: "\(error)")
        }
        try await transaction.run(TestCustomer.insertUnit)
        try await transaction.run(
            TestCustomer.insertCustomer, .text(code.text), .bytes(sealed.name),
            .bytes(sealed.phone), .bytes(sealed.nationalId), .bytes(sealed.address),
            .bytes(data.holderNameIndex(name)), .bytes(phone.flatMap(data.phoneIndex)),
            .bytes(nationalId.flatMap(data.nationalIdIndex)), .text(usagePurpose.rawValue),
            .int64(Int64(householdCount)), .int64(Int64(periodsPerMonth)),
            .text(contractStatus.rawValue),
            .date(days1970: nextReadingOn.map { Int32($0.daysSince1970) }), .int64(credit),
            .timestamp(asOf), .int64(contractedCapacityKW.map(Int64.init)))
        for bill in bills { try await bill.insert(of: code, in: transaction, asOf: asOf) }
    }

    private static let insertUnit = Command(
        "test_unit",
        """
        -- The unit of all customers of tests.
        insert into managing_units values ('PB0699', 'Điện lực Thử Nghiệm') on conflict do nothing
        """)

    private static let insertCustomer = Command(
        "test_customer",
        """
        -- A customer.
        insert into customers (customer_code, sealed_holder_name, sealed_phone,
            sealed_national_id, sealed_address, holder_name_index, phone_index,
            national_id_index, usage_purpose, household_count, periods_per_month,
            contract_status, unit_code, next_reading_on, credit, as_of,
            contracted_capacity_kw)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'PB0699', $13, $14, $15, $16)
        """)
}

extension TestBill {
    fileprivate func insert(
        of code: CustomerCode, in transaction: Transaction<DatabaseError>, asOf: Instant
    ) async throws(DatabaseError) {
        guard let firstDay = BillingMonth(month)?.firstDay else {
            throw .unavailable(reason: "\(month) is no month")
        }
        let due = dueOn.flatMap { LocalDate($0) } ?? firstDay.advanced(byDays: 20)
        let amount = amountExcludingVAT ?? total * 100 / 108
        let line =
            #"[{"kind":"tier","tier":1,"register":null,"quantityKWh":50,"#
            + #""unitPrice":\#(amount / 50),"amount":\#(amount)}]"#
        let start = period.flatMap { LocalDate($0.start) } ?? firstDay.advanced(byDays: -20)
        let end = period.flatMap { LocalDate($0.end) } ?? firstDay.advanced(byDays: 9)
        try await transaction.run(
            TestBill.insertBill, .text(code.text), .date(firstDay), .int64(Int64(periodNumber)),
            .int64(Int64(revision)), .text(status.rawValue), .text(invoiceId), .int64(amount),
            .int64(total - amount), .int64(total), .date(due),
            .text("[" + readings.joined(separator: ",") + "]"), .text(lines ?? line),
            .timestamp(asOf), .text(kind), .int64(Int64(consumptionKWh)), .date(start), .date(end))
        let billed = status == .cancelled ? 0 : total
        try await transaction.run(
            TestBill.insertBalance, .text(code.text), .date(firstDay),
            .int64(Int64(periodNumber)), .int64(Int64(revision)), .int64(billed),
            .int64(min(paid, billed)), .int64(pending), .date(due), .text(kind))
    }

    private static let insertBill = Command(
        "test_bill",
        """
        -- One revision of a bill.
        insert into bills (customer_code, month, period_number, kind, revision, status,
            invoice_id, period_start, period_end, consumption_kwh, amount_excluding_vat,
            vat_rate_basis_points, vat, total, issued_on, due_on, readings, lines, as_of)
        values ($1, $2, $3, $14, $4, $5, $6, $16, $17, $15, $7, 800, $8, $9, $2::date + 10, $10,
            $11::json, $12::json, $13)
        """)

    private static let insertBalance = Command(
        "test_balance",
        """
        -- What is owed, by the newest revision.
        insert into bill_balances (customer_code, month, period_number, kind, revision, billed,
            paid, pending, due_on)
        values ($1, $2, $3, $9, $4, $5, $6, $7, $8)
        on conflict (customer_code, month, period_number, kind) do update
        set revision = excluded.revision, billed = excluded.billed, paid = excluded.paid,
            pending = excluded.pending, due_on = excluded.due_on
        """)
}
