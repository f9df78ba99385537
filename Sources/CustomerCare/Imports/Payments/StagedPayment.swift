import Electricity
import JSON
import Postgres
import Signing

/// Money that somebody else has taken for one bill: a line of an import.
///
/// The source of the import is the collector; each reference of it counts once, whether it comes by
/// a call, a settlement file or an import.
struct StagedPayment: ImportLine {
    static let numbers: Set<String> = ["periodNumber", "amount"]

    let customerCode: CustomerCode
    let month: BillingMonth
    let periodNumber: Int64
    let kind: StagedBill.Kind
    let reference: String
    /// VND.
    let amount: Int64

    init?(_ value: JSONDocument, _ faults: JSONFaults) {
        guard let object = JSONObject(root: value, faults: faults) else { return nil }
        let code = object.customerCode("customerCode")
        let month = object.month("month")
        periodNumber = object.optionalInteger("periodNumber", in: 1...3) ?? 1
        let kind =
            object.holds("billKind") ? object.word("billKind", StagedBill.Kind.self) : .active
        let reference = object.name("reference", atMost: 100)
        let amount = object.integer("amount", in: 1...1_000_000_000_000)
        guard faults.isEmpty, let code, let month, let kind, let reference, let amount else {
            return nil
        }
        customerCode = code
        self.month = month
        self.kind = kind
        self.reference = reference
        self.amount = amount
    }

    static let fieldCount: Int16 = 8

    func write(
        to rows: inout CopyRows, of found: Import, line: Int64, _ personalData: PersonalData
    ) throws(SigningError) {
        rows.row()
        rows.uuid(found.importId)
        rows.int64(line)
        rows.text(customerCode.text)
        rows.date(month.firstDay)
        rows.int16(Int(periodNumber))
        rows.text(kind.rawValue)
        rows.text(reference)
        rows.int64(amount)
    }

    static let copy = Command(
        "staged_payments_copy",
        """
        -- The payments of an import, as they arrive.
        copy staged_payments (import_id, line, customer_code, month, period_number, kind,
            reference, amount)
        from stdin (format binary)
        """)

    static let staged = ["staged_payments"]

    static let clear = Command(
        "staged_payments_clear",
        """
        -- What was staged for an import before.
        delete from staged_payments where import_id = $1
        """)
}
