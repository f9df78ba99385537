import Electricity
import JSON
import Postgres
import Signing

/// Finds customers by what they say on the telephone; who searches, why, and whom it shows is noted
/// down in the same transaction.
///
/// What is searched for is in the body, since addresses are logged by every machine on the way.
struct SearchCustomers: Endpoint {
    static let route = Route.post("/v1/staff/customer-searches").requiring(.staff)

    /// Customers of one answer: who gets more has to say more.
    private static let most = 20

    /// Customers that one person is shown in an hour: a key that is stolen must not walk them all.
    private static let mostInAnHour: Int64 = 300
    private static let hourSeconds: Int64 = 3_600

    /// What is searched for: exactly one of these.
    private enum Claim: String, CaseIterable {
        case customerCode, phone, nationalId, holderName
    }

    private let claim: Claim
    private let value: String
    private let purpose: String

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        let faults = JSONFaults()
        let object = JSONObject(root: body, faults: faults)
        let claims = Claim.allCases.filter { object?.holds(JSONName($0)) ?? false }
        if claims.isEmpty { object?.fault(nil, .missing) }
        if claims.count > 1 {
            for claim in claims { object?.fault(JSONName(claim), .notAllowed) }
        }
        let claim = claims.first ?? .customerCode
        let value = claims.count == 1 ? object?.string(JSONName(claim), length: 1...200) : nil
        if let value, !SearchCustomers.isWellFormed(value, claim) {
            object?.fault(JSONName(claim), .wrongFormat)
        }
        let purpose = object?.line("purpose", atMost: 200)
        if let purpose, purpose.unicodeScalars.count < 3 { object?.fault("purpose", .tooShort) }
        if let problem = Problem(faults) { throw problem }
        guard let value, let purpose else { throw Problem(.invalidRequest) }
        self.claim = claim
        self.value = value
        self.purpose = purpose
    }

    private static func isWellFormed(_ value: String, _ claim: Claim) -> Bool {
        switch claim {
        case .customerCode: CustomerCode(typed: value) != nil
        case .phone: PhoneNumber.comparable(value) != nil
        case .nationalId: NationalId.comparable(value) != nil
        case .holderName: !HolderName.candidates(value).isEmpty
        }
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let data = context.personalData
        let code = claim == .customerCode ? CustomerCode(typed: value)?.text : nil
        let names = claim == .holderName ? data.holderNameIndexes(typed: value) : []
        guard let client = context.client?.clientId else { throw Problem(.unauthenticated) }
        let found = try await context.write { (transaction) async throws(Problem) -> [Found] in
            let read = try await transaction.queryOne(
                SearchCustomers.recent, .uuid(client),
                .timestamp(context.now.advanced(bySeconds: -SearchCustomers.hourSeconds)))
            guard (read?.count ?? 0) < SearchCustomers.mostInAnHour else {
                var problem = Problem(.rateLimited)
                problem.retryAfterSeconds = Int(SearchCustomers.hourSeconds)
                throw problem
            }
            let found = try await transaction.query(
                SearchCustomers.statement, .text(code),
                .bytes(claim == .phone ? data.phoneIndex(value) : nil),
                .bytes(claim == .nationalId ? data.nationalIdIndex(value) : nil),
                .byteArrays(names), .int64(Int64(SearchCustomers.most + 1)),
                .date(context.today))
            try await context.auditStaff(
                .customersSearched, subject: claim.rawValue, purpose: purpose, in: transaction)
            for customer in found.prefix(SearchCustomers.most) {
                try await context.auditStaff(
                    .customerRead, subject: customer.customerCode.text, purpose: purpose,
                    in: transaction)
            }
            return found
        }
        let shown = try found.prefix(SearchCustomers.most).map { (customer) throws(Problem) in
            try customer.opened(data)
        }
        return .object(reserving: 4_096) { json in
            json.list("items") { json in
                for (customer, personal) in zip(found, shown) {
                    json.element { customer.write(to: &$0, personal) }
                }
            }
            json.field("isTruncated", found.count > SearchCustomers.most)
        }
    }

    /// A customer as staff see it.
    struct Found: Row {
        static let columns = [
            "customer_code", "sealed_holder_name", "sealed_phone", "sealed_address",
            "usage_purpose", "household_count", "periods_per_month", "contract_status",
            "unit_code", "unit_name", "next_reading_on", "supply_suspended_on", "credit", "owed",
            "follower_count", "as_of",
        ]

        let customerCode: CustomerCode
        let sealedHolderName: [UInt8]
        let sealedPhone: [UInt8]?
        let sealedAddress: [UInt8]
        let usagePurpose: UsagePurpose
        let householdCount: Int32
        let periodsPerMonth: Int32
        let contractStatus: ContractStatus
        let unitCode: String
        let unitName: String
        let nextReadingOn: LocalDate?
        let supplySuspendedOn: LocalDate?
        /// VND.
        let credit: Int64
        /// VND.
        let owed: Int64
        let followerCount: Int64
        let asOf: Instant

        init(_ row: inout RowDecoder) throws(RowError) {
            customerCode = try row.customerCode()
            sealedHolderName = try row.bytes()
            sealedPhone = try row.optionalBytes()
            sealedAddress = try row.bytes()
            usagePurpose = try row.word(UsagePurpose.self)
            householdCount = try row.int32()
            periodsPerMonth = try row.int32()
            contractStatus = try row.word(ContractStatus.self)
            unitCode = try row.string()
            unitName = try row.string()
            nextReadingOn = try row.optionalLocalDate()
            supplySuspendedOn = try row.optionalLocalDate()
            credit = try row.int64()
            owed = try row.int64()
            followerCount = try row.int64()
            asOf = try row.instant()
        }

        /// Name, telephone number and address; the number of a card is shown to nobody.
        func opened(
            _ data: PersonalData
        ) throws(Problem) -> (name: String, phone: String?, address: String) {
            do {
                return (
                    try data.opened(sealedHolderName, .holderName, of: customerCode),
                    try sealedPhone.map { (sealed) throws(SigningError) in
                        try data.opened(sealed, .phone, of: customerCode)
                    },
                    try data.opened(sealedAddress, .address, of: customerCode)
                )
            } catch {
                throw Problem(.internalError, reason: "personal_data_not_opened")
            }
        }

        func write(
            to json: inout JSONWriter, _ personal: (name: String, phone: String?, address: String)
        ) {
            json.field("customerCode", customerCode.text)
            json.field("holderName", personal.name)
            json.field("phone", personal.phone)
            json.field("address", personal.address)
            json.field("usagePurpose", usagePurpose.rawValue)
            json.field("householdCount", Int(householdCount))
            json.field("periodsPerMonth", Int(periodsPerMonth))
            json.field("contractStatus", contractStatus.rawValue)
            json.field("managingUnit") { json in
                json.field("code", unitCode)
                json.field("name", unitName)
            }
            json.field("nextReadingDate", nextReadingOn)
            json.field("supplySuspendedOn", supplySuspendedOn)
            json.field("credit", credit)
            json.field("owed", owed)
            json.field("followerCount", followerCount)
            json.field("asOf", asOf)
        }
    }

    static let recent = Statement<RowCount>(
        "search_customers_recent",
        """
        -- How many customers client $1 was shown since $2.
        select count(*) as row_count
        from staff_actions
        where happened_at >= $2 and client_id = $1 and action = 'customer_read'
        """)

    static let statement = Statement<Found>(
        "search_customers",
        """
        -- Customers of code $1, of telephone number $2, of card $3 or of one of names $4, with the
        -- next reading day from $6 on.
        select c.customer_code, c.sealed_holder_name, c.sealed_phone, c.sealed_address,
            c.usage_purpose, c.household_count, c.periods_per_month::integer as periods_per_month,
            c.contract_status, c.unit_code, u.name as unit_name,
            coalesce(d.days[1 + width_bucket($6::date - 1, d.days)], c.next_reading_on)
                as next_reading_on,
            c.supply_suspended_on, c.credit, (
                select coalesce(sum(n.billed - n.paid), 0)::bigint
                from bill_balances n
                where n.customer_code = c.customer_code and n.paid < n.billed) as owed, (
                select count(*) from followers f where f.customer_code = c.customer_code
            ) as follower_count, c.as_of
        from customers c
        join managing_units u on u.unit_code = c.unit_code
        left join reading_days d on d.customer_code = c.customer_code
        where c.customer_code = $1 or c.phone_index = $2 or c.national_id_index = $3
            or c.holder_name_index = any($4)
        order by c.customer_code limit $5
        """)
}
