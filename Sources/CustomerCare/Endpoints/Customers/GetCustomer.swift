import Electricity
import JSON
import Postgres
import Signing

/// Shows the customer behind a followed code, masked by how well the account was verified.
struct GetCustomer: Endpoint {
    static let route = Route.get("/v1/accounts/{account}/customers/{customerCode}")

    let account: UUID
    let customerCode: CustomerCode

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
        customerCode = try arguments.customerCode()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        context.customerCode = customerCode
        let profile = try await context.database.queryOne(
            GetCustomer.statement, .uuid(account), .text(customerCode.text))
        guard let profile else { throw Problem(.notFound) }
        let personal = try profile.opened(customerCode, context.personalData)
        try context.auditRead(.profileRead, account: account, code: customerCode)
        return .object { profile.write(to: &$0, customerCode, personal) }
    }

    /// A customer as the follower may see it.
    struct Profile: Row {
        static let columns = [
            "assurance", "sealed_holder_name", "sealed_phone", "sealed_address", "usage_purpose",
            "household_count", "periods_per_month", "contract_status", "unit_code", "unit_name",
            "as_of",
        ]

        let assurance: Assurance
        let sealedHolderName: [UInt8]
        let sealedPhone: [UInt8]?
        let sealedAddress: [UInt8]
        let usagePurpose: UsagePurpose
        let householdCount: Int32
        let periodsPerMonth: Int32
        let contractStatus: ContractStatus
        let unitCode: String
        let unitName: String
        let asOf: Instant

        init(_ row: inout RowDecoder) throws(RowError) {
            assurance = try row.word(Assurance.self)
            sealedHolderName = try row.bytes()
            sealedPhone = try row.optionalBytes()
            sealedAddress = try row.bytes()
            usagePurpose = try row.word(UsagePurpose.self)
            householdCount = try row.int32()
            periodsPerMonth = try row.int32()
            contractStatus = try row.word(ContractStatus.self)
            unitCode = try row.string()
            unitName = try row.string()
            asOf = try row.instant()
        }

        /// What of it is personal, masked; telephone number and address only for those who are
        /// verified by more than a name.
        func opened(
            _ code: CustomerCode, _ data: PersonalData
        ) throws(Problem) -> (name: String, phone: String?, address: String?) {
            do {
                let name = try data.opened(sealedHolderName, .holderName, of: code)
                guard assurance == .standard else { return (Mask.name(name), nil, nil) }
                let phone = try sealedPhone.map { (sealed) throws(SigningError) in
                    try data.opened(sealed, .phone, of: code)
                }
                let address = try data.opened(sealedAddress, .address, of: code)
                return (Mask.name(name), phone.map(Mask.phone), Mask.address(address))
            } catch {
                throw Problem(.internalError, reason: "personal_data_not_opened")
            }
        }

        /// The members of the profile as the contract has them.
        func write(
            to json: inout JSONWriter, _ code: CustomerCode,
            _ personal: (name: String, phone: String?, address: String?)
        ) {
            json.field("customerCode", code.text)
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
            json.field("assurance", assurance.rawValue)
            json.field("asOf", asOf)
        }
    }

    static let statement = Statement<Profile>(
        "get_customer",
        """
        -- The customer of code $2, if account $1 follows it.
        select f.assurance, c.sealed_holder_name, c.sealed_phone, c.sealed_address,
            c.usage_purpose, c.household_count, c.periods_per_month, c.contract_status,
            c.unit_code, u.name as unit_name, c.as_of
        from followers f
        join customers c on c.customer_code = f.customer_code
        join managing_units u on u.unit_code = c.unit_code
        where f.customer_code = $2 and f.account_id = $1
        """)
}
