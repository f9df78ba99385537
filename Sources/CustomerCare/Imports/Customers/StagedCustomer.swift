import Electricity
import JSON
import Postgres
import Signing

/// A customer as the billing system knows it: a line of an import.
///
/// What is personal is sealed before it reaches the database, and compared by blind index.
struct StagedCustomer: ImportLine {
    static let numbers: Set<String> = [
        "householdCount", "periodsPerMonth", "contractedCapacityKW",
    ]

    static let personal: Set<String> = ["holderName", "phone", "nationalId", "address"]

    let customerCode: CustomerCode
    let holderName: String
    let phone: String?
    let nationalId: String?
    let address: String
    let usagePurpose: UsagePurpose
    let householdCount: Int64
    let periodsPerMonth: Int64
    let contractStatus: ContractStatus
    let unitCode: String
    /// Needed for a unit that is not known yet.
    let unitName: String?
    let nextReadingOn: LocalDate?
    let contractedCapacityKW: Int64?
    let supplySuspendedOn: LocalDate?

    init?(_ value: JSONDocument, _ faults: JSONFaults) {
        guard let object = JSONObject(root: value, faults: faults) else { return nil }
        let customerCode = object.customerCode("customerCode")
        let name = object.line("holderName", atMost: 200)
        phone = object.optionalString("phone", length: 1...30)
        if let phone, PhoneNumber.comparable(phone) == nil { object.fault("phone", .wrongFormat) }
        nationalId = object.optionalString("nationalId", length: 1...20)
        if let nationalId, NationalId.comparable(nationalId) == nil {
            object.fault("nationalId", .wrongFormat)
        }
        let address = object.line("address", atMost: 500)
        let purpose = object.word("usagePurpose", UsagePurpose.self)
        let households = object.optionalInteger("householdCount", in: 0...10_000)
        periodsPerMonth = object.optionalInteger("periodsPerMonth", in: 1...3) ?? 1
        let status = object.word("contractStatus", ContractStatus.self)
        let unit = object.name("unitCode", atMost: 10)
        unitName = object.optionalLine("unitName", atMost: 200)
        nextReadingOn = object.optionalDate("nextReadingOn")
        contractedCapacityKW = object.optionalInteger("contractedCapacityKW", in: 0...10_000_000)
        supplySuspendedOn = object.optionalDate("supplySuspendedOn")
        guard faults.isEmpty, let customerCode, let name, let address, let purpose, let status,
            let unit
        else { return nil }
        self.customerCode = customerCode
        holderName = name
        self.address = address
        usagePurpose = purpose
        householdCount = households ?? (purpose == .residential ? 1 : 0)
        contractStatus = status
        unitCode = unit
    }

    /// All of it as one text: what is the same again is not written anew, though it is sealed.
    private var record: String {
        let parts: [String?] = [
            holderName, phone, nationalId, address, usagePurpose.rawValue, "\(householdCount)",
            "\(periodsPerMonth)", contractStatus.rawValue, unitCode,
            nextReadingOn.map { "\($0)" }, contractedCapacityKW.map { "\($0)" },
            supplySuspendedOn.map { "\($0)" },
        ]
        return customerCode.text + "\u{0}" + parts.map { $0 ?? "\u{1}" }.joined(separator: "\u{0}")
    }

    // MARK: On its way to the database

    static let fieldCount: Int16 = 20

    func write(
        to rows: inout CopyRows, of found: Import, line: Int64, _ personalData: PersonalData
    ) throws(SigningError) {
        let code = customerCode
        let name = try personalData.sealed(holderName, .holderName, of: code)
        let sealedPhone = try phone.map { (text) throws(SigningError) in
            try personalData.sealed(text, .phone, of: code)
        }
        let sealedId = try nationalId.map { (text) throws(SigningError) in
            try personalData.sealed(text, .nationalId, of: code)
        }
        let sealedAddress = try personalData.sealed(address, .address, of: code)
        rows.row()
        rows.uuid(found.importId)
        rows.int64(line)
        rows.text(code.text)
        rows.blob(name)
        rows.blob(sealedPhone)
        rows.blob(sealedId)
        rows.blob(sealedAddress)
        rows.blob(personalData.holderNameIndex(holderName))
        rows.blob(phone.flatMap(personalData.phoneIndex))
        rows.blob(nationalId.flatMap(personalData.nationalIdIndex))
        rows.text(usagePurpose.rawValue)
        rows.int32(householdCount)
        rows.int16(Int(periodsPerMonth))
        rows.text(contractStatus.rawValue)
        rows.text(unitCode)
        rows.text(unitName)
        rows.date(nextReadingOn)
        if let contractedCapacityKW { rows.int32(contractedCapacityKW) } else { rows.null() }
        rows.date(supplySuspendedOn)
        rows.blob(personalData.customerFingerprint(record))
    }

    static let copy = Command(
        "staged_customers_copy",
        """
        -- The customers of an import, as they arrive.
        copy staged_customers (import_id, line, customer_code, sealed_holder_name, sealed_phone,
            sealed_national_id, sealed_address, holder_name_index, phone_index, national_id_index,
            usage_purpose, household_count, periods_per_month, contract_status, unit_code,
            unit_name, next_reading_on, contracted_capacity_kw, supply_suspended_on, fingerprint)
        from stdin (format binary)
        """)

    static let staged = ["staged_customers"]

    static let clear = Command(
        "staged_customers_clear",
        """
        -- What was staged for an import before.
        delete from staged_customers where import_id = $1
        """)
}
