import Electricity
import JSON
import Postgres
import Signing

/// What was read of one register of one meter (chỉ số công tơ), before there is a bill of it: a
/// line of an import.
///
/// Its members are those of a reading of a bill, with the code, the month and the day. A meter that
/// is replaced within a period has a line for each of both, or one that says so.
struct StagedReading: ImportLine {
    /// Why a closing reading may stand below the opening one, or what was used is not their
    /// difference.
    enum MeterEvent: String {
        /// The meter went past its last digit.
        case turnedOver
        /// Another meter has taken its place: what the former one measured is in the consumption.
        case replaced
    }

    /// Thousandths: readings have up to three decimals.
    private static let readingRange: ClosedRange<Int64> = 0...1_000_000_000_000_000
    /// kWh, far beyond any meter.
    private static let consumptionRange: ClosedRange<Int64> = 0...1_000_000_000_000
    /// Thousandths of thousandths in one.
    private static let square: Int128 = 1_000_000
    /// Digits of a meter before its point, at most.
    private static let mostDigits = 12

    static let numbers: Set<String> = [
        "periodNumber", "openingReading", "closingReading", "multiplier", "consumptionKWh",
    ]
    static let truths: Set<String> = ["isEstimated"]

    let customerCode: CustomerCode
    let month: BillingMonth
    let periodNumber: Int64
    let meterSerialNumber: String
    let register: Register
    /// Thousandths of a kWh on the meter.
    let openingReading: Int64
    let closingReading: Int64
    /// Thousandths.
    let multiplier: Int64
    let consumptionKWh: Int64
    let isEstimated: Bool
    let meterEvent: MeterEvent?
    let readOn: LocalDate

    init?(_ value: JSONDocument, _ faults: JSONFaults) {
        guard let object = JSONObject(root: value, faults: faults) else { return nil }
        let code = object.customerCode("customerCode")
        let month = object.month("month")
        periodNumber = object.optionalInteger("periodNumber", in: 1...3) ?? 1
        let serial = object.line("meterSerialNumber", atMost: 40)
        let register = object.word("register", Register.self)
        let opening = StagedReading.decimal(object, "openingReading")
        let closing = StagedReading.decimal(object, "closingReading")
        let multiplier = StagedReading.decimal(object, "multiplier")
        if multiplier == 0 { object.fault("multiplier", .outOfRange) }
        let consumption = object.integer("consumptionKWh", in: StagedReading.consumptionRange)
        let isEstimated = object.boolean("isEstimated")
        meterEvent =
            object.holds("meterEvent") ? object.word("meterEvent", MeterEvent.self) : nil
        let readOn = object.date("readOn")
        // A period ends within its month or beside it; anything else is another year.
        if let month, let readOn,
            !(month.advanced(byMonths: -1)...month.advanced(byMonths: 1)).contains(readOn.month)
        {
            object.fault("readOn", .outOfRange)
        }
        guard faults.isEmpty, let code, let month, let serial, let register, let opening,
            let closing, let multiplier, let consumption, let isEstimated, let readOn
        else { return nil }
        customerCode = code
        self.month = month
        meterSerialNumber = serial
        self.register = register
        openingReading = opening
        closingReading = closing
        self.multiplier = multiplier
        consumptionKWh = consumption
        self.isEstimated = isEstimated
        self.readOn = readOn
        check(object)
        if !faults.isEmpty { return nil }
    }

    private static func decimal(_ object: JSONObject, _ name: JSONName) -> Int64? {
        object.decimal(name, decimals: 3, in: readingRange)
    }

    /// What a reading must be in itself: the consumption is the difference of both readings times
    /// the multiplier, in whole kWh however they are rounded.
    private func check(_ object: JSONObject) {
        let difference = Int128(closingReading) - Int128(openingReading)
        switch meterEvent {
        case nil where difference < 0: object.fault("closingReading", .outOfRange)
        case nil:
            if !comesTo(difference) { object.fault("consumptionKWh", .notAllowed) }
        case .turnedOver where difference >= 0: object.fault("meterEvent", .notAllowed)
        case .turnedOver:
            // How many digits the meter has nobody says: enough for what stood on it.
            var span: Int128 = 1_000
            for _ in 0..<StagedReading.mostDigits {
                span *= 10
                if span > openingReading, comesTo(span + difference) { return }
            }
            object.fault("consumptionKWh", .notAllowed)
        case .replaced: break
        }
    }

    private func comesTo(_ difference: Int128) -> Bool {
        let used = difference * Int128(multiplier)
        return (used - Int128(consumptionKWh) * StagedReading.square).magnitude
            < StagedReading.square.magnitude
    }

    // MARK: On its way to the database

    static let fieldCount: Int16 = 14

    func write(
        to rows: inout CopyRows, of found: Import, line: Int64, _ personalData: PersonalData
    ) throws(SigningError) {
        rows.row()
        rows.uuid(found.importId)
        rows.int64(line)
        rows.text(customerCode.text)
        rows.date(month.firstDay)
        rows.int16(Int(periodNumber))
        rows.text(meterSerialNumber)
        rows.text(register.rawValue)
        rows.int64(openingReading)
        rows.int64(closingReading)
        rows.int64(multiplier)
        rows.int64(consumptionKWh)
        rows.bool(isEstimated)
        rows.text(meterEvent?.rawValue)
        rows.date(readOn)
    }

    static let copy = Command(
        "staged_readings_copy",
        """
        -- The readings of an import, as they arrive.
        copy staged_readings (import_id, line, customer_code, month, period_number,
            meter_serial_number, register, opening_reading_thousandths,
            closing_reading_thousandths, multiplier_thousandths, consumption_kwh, is_estimated,
            meter_event, read_on)
        from stdin (format binary)
        """)

    static let staged = ["staged_readings"]

    static let clear = Command(
        "staged_readings_clear",
        """
        -- What was staged for an import before.
        delete from staged_readings where import_id = $1
        """)
}
