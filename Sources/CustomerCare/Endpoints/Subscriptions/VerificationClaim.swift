import Electricity
import JSON
import Postgres
import Signing

/// What somebody says to know of a customer: exactly one of four things.
struct VerificationClaim {
    let method: VerificationMethod
    private let value: String

    /// The invoice id that is claimed, in the form in which bills have it.
    var invoiceId: String? { method == .invoiceId ? InvoiceId.comparable(value) : nil }

    /// Reads the claim; 422 when there is none, more than one, or one that cannot be right.
    ///
    /// What is malformed is not an attempt.
    init(_ body: JSONDocument) throws(Problem) {
        let faults = JSONFaults()
        let object = JSONObject(root: body, faults: faults)
        let named = VerificationMethod.allCases.filter { method in
            object.map { $0.holds(JSONName(method)) } ?? false
        }
        if named.count > 1 {
            for method in named { object?.fault(JSONName(method), .notAllowed) }
        } else if named.isEmpty, object != nil {
            object?.fault(nil, .missing)
        }
        let method = named.first ?? .name
        let value = named.count == 1 ? object?.string(JSONName(method), length: 1...200) : nil
        if let value, !VerificationClaim.isWellFormed(value, method) {
            object?.fault(JSONName(method), .wrongFormat)
        }
        if let problem = Problem(faults) { throw problem }
        guard let value else { throw Problem(.invalidRequest) }
        self.method = method
        self.value = value
    }

    /// Whether the claim is true of a customer.
    ///
    /// Compares in constant time, and does the same work for a code that does not exist.
    func isProved(by evidence: VerificationEvidence?, _ personalData: PersonalData) -> Bool {
        switch method {
        case .name:
            let known = evidence?.holderNameIndex ?? VerificationClaim.nothing
            var isKnown = false
            for index in personalData.holderNameIndexes(typed: value) {
                isKnown = ConstantTime.equal(index, known) || isKnown
            }
            return isKnown
        case .phone:
            return VerificationClaim.equal(
                personalData.phoneIndex(value), evidence?.phoneIndex)
        case .nationalId:
            return VerificationClaim.equal(
                personalData.nationalIdIndex(value), evidence?.nationalIdIndex)
        case .invoiceId:
            return evidence?.hasInvoice ?? false
        }
    }

    private static func equal(_ claimed: [UInt8]?, _ known: [UInt8]?) -> Bool {
        ConstantTime.equal(claimed ?? [], known ?? nothing) && claimed != nil
    }

    private static func isWellFormed(_ value: String, _ method: VerificationMethod) -> Bool {
        switch method {
        case .name:
            PersonalText.accepted(value, maximumScalars: 200) != nil
                && !HolderName.candidates(value).isEmpty
        case .phone: PhoneNumber.comparable(value) != nil
        case .nationalId: NationalId.comparable(value) != nil
        case .invoiceId: InvoiceId.comparable(value) != nil
        }
    }

    /// An index that no value has: a whole index of zeros would be a 128-bit coincidence.
    private static let nothing = [UInt8](repeating: 0, count: BlindIndex.byteCount)
}

/// What is kept of a customer to compare with; indexes, never the values.
struct VerificationEvidence: Row {
    static let columns = [
        "holder_name_index", "phone_index", "national_id_index", "periods_per_month",
        "contract_status", "has_invoice",
    ]

    let holderNameIndex: [UInt8]
    let phoneIndex: [UInt8]?
    let nationalIdIndex: [UInt8]?
    let periodsPerMonth: Int
    let contractStatus: ContractStatus
    let hasInvoice: Bool

    init(_ row: inout RowDecoder) throws(RowError) {
        holderNameIndex = try row.bytes()
        phoneIndex = try row.optionalBytes()
        nationalIdIndex = try row.optionalBytes()
        periodsPerMonth = Int(try row.int32())
        contractStatus = try row.word(ContractStatus.self)
        hasInvoice = try row.bool()
    }
}
