import Electricity
import Postgres

/// What was used in one billing period, by the newest revision of its bill.
struct BilledPeriod {
    static let columns = [
        "month", "status", "period_start", "period_end", "consumption_kwh", "is_estimated",
    ]

    let month: BillingMonth
    /// What was used; nil of a bill that was withdrawn, or whose figures cannot be.
    let use: MonthlyUse?

    /// Reads a period that an outer join may have left out: all of its columns are null then.
    static func optional(_ row: inout RowDecoder) throws(RowError) -> BilledPeriod? {
        if try row.isNull() {
            for _ in columns { try row.skip() }
            return nil
        }
        return try BilledPeriod(&row)
    }

    private init(_ row: inout RowDecoder) throws(RowError) {
        month = try row.localDate().month
        let status = try row.word(BillStatus.self)
        let start = try row.localDate()
        let end = try row.localDate()
        let kWh = try row.int64()
        let isEstimated = try row.bool()
        use =
            status == .cancelled
            ? nil
            : MonthlyUse(
                month: month, firstDay: start, lastDay: end, kWh: kWh, isEstimated: isEstimated)
    }
}
