import Electricity
import JSON
import Postgres

/// What is out of the ordinary about an import.
///
/// It may be right all the same: then a second person says so.
struct ImportAnomaly: Row {
    /// Bills of one unit below which nothing is out of the ordinary: few say nothing.
    static let fewest: Int64 = 50
    /// By how much the mean may differ, and how many bills may be of customers who had none the
    /// month before, in per cent.
    static let meanPercent: Int64 = 50
    static let strangerPercent: Int64 = 20
    /// Changes of the law that are listed; all are counted.
    static let listedChanges = 500

    /// What is out of the ordinary.
    enum Code: String {
        /// The mean of those who had a bill the month before has changed by too much.
        case meanAmount = "mean_amount"
        /// Too many had none the month before.
        case rowCount = "row_count"
        /// It is the law: always.
        case law
    }

    /// What there is to be looked at.
    private enum Subject {
        case unit(UnitBills)
        /// The version that is in force, 0 for none, and what another one says differently.
        case law(versionBefore: Int, changes: [String])
    }

    static let columns = [
        "unit_code", "month", "code", "row_count", "compared_count", "mean_before", "mean",
    ]

    private let code: Code
    private let subject: Subject

    /// An anomaly of the bills of a unit.
    init(_ row: inout RowDecoder) throws(RowError) {
        let unitCode = try row.string()
        let month = try row.localDate().month
        code = try row.word(Code.self)
        subject = .unit(
            UnitBills(
                unitCode: unitCode, month: month, rows: try row.int64(),
                compared: try row.int64(), meanBefore: try row.int64(), mean: try row.int64()))
    }

    /// Tariffs that say what `changes` tells, held against a version.
    init(lawAfter versionBefore: Int, changes: [String]) {
        code = .law
        subject = .law(versionBefore: versionBefore, changes: changes)
    }

    private func write(to json: inout JSONWriter) {
        json.field("code", code.rawValue)
        switch subject {
        case .unit(let bills): bills.write(to: &json)
        case .law(let versionBefore, let changes):
            json.field("versionBefore", versionBefore)
            json.field("changeCount", changes.count)
            json.list("changes") { json in
                for change in changes.prefix(ImportAnomaly.listedChanges) { json.element(change) }
            }
        }
    }

    /// All of them as a JSON array; nil when there are none.
    static func list(_ anomalies: [ImportAnomaly]) -> String? {
        if anomalies.isEmpty { return nil }
        var json = JSONWriter(reservingCapacity: 1_024)
        json.array { json in
            for anomaly in anomalies { json.element(anomaly.write) }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    static let find = Statement<ImportAnomaly>(
        "import_anomaly_find",
        """
        -- Units of whose first bills of month $5 in import $1 less than $3 per cent are of
        -- customers who had one in month $6 before, or whose mean differs by more than $4 per cent
        -- from what those had then; units of fewer than $2 bills are passed over, and units of
        -- which nothing is known of the month before.
        -- scan: all of an import is looked at.
        with unit as (
            select left(s.customer_code, 6) as unit_code, $5::date as month,
                count(*) as row_count, count(p.billed) as compared_count,
                coalesce(avg(p.billed), 0)::bigint as mean_before,
                coalesce(avg(s.total) filter (where p.billed is not null), 0)::bigint as mean
            from staged_bills s
            -- What is owed stands in one table: the months of bills are many.
            left join bill_balances p on p.customer_code = s.customer_code and p.month = $6
                and p.period_number = s.period_number and p.kind = s.kind
            where s.import_id = $1 and s.month = $5 and s.revision = 1
            group by 1
        )
        select u.unit_code, u.month, c.code, u.row_count, u.compared_count, u.mean_before, u.mean
        from unit u
        cross join (values ('mean_amount'), ('row_count')) as c (code)
        where u.row_count >= $2 and u.compared_count > 0
            and case c.code
                when 'row_count' then u.compared_count * 100 < u.row_count * $3
                else abs(u.mean - u.mean_before) * 100 > u.mean_before * $4 end
        order by u.unit_code, u.month, c.code
        limit 1000
        """)

    static let findArriving = Statement<ImportAnomaly>(
        "import_anomaly_find_arriving",
        """
        -- The same of the bills of a new month $4 that have arrived, beside month $5 before: $1
        -- bills at least, $2 and $3 per cent.
        -- scan: all of an import is looked at.
        with unit as (
            select left(s.customer_code, 6) as unit_code, $4::date as month,
                count(*) as row_count, count(p.billed) as compared_count,
                coalesce(avg(p.billed), 0)::bigint as mean_before,
                coalesce(avg(s.total) filter (where p.billed is not null), 0)::bigint as mean
            from arriving_bills s
            -- What is owed stands in one table: the months of bills are many.
            left join bill_balances p on p.customer_code = s.customer_code and p.month = $5
                and p.period_number = s.period_number and p.kind = s.kind
            group by 1
        )
        select u.unit_code, u.month, c.code, u.row_count, u.compared_count, u.mean_before, u.mean
        from unit u
        cross join (values ('mean_amount'), ('row_count')) as c (code)
        where u.row_count >= $1 and u.compared_count > 0
            and case c.code
                when 'row_count' then u.compared_count * 100 < u.row_count * $2
                else abs(u.mean - u.mean_before) * 100 > u.mean_before * $3 end
        order by u.unit_code, u.month, c.code
        limit 1000
        """)
}

/// The bills of one unit in an import, held against the month before.
private struct UnitBills {
    let unitCode: String
    let month: BillingMonth
    /// Bills of the unit in the import.
    let rows: Int64
    /// Those whose customers had a bill the month before.
    let compared: Int64
    /// VND that those paid on average then, and now.
    let meanBefore: Int64
    let mean: Int64

    func write(to json: inout JSONWriter) {
        json.field("unitCode", unitCode)
        json.field("month", month)
        json.field("rows", rows)
        json.field("compared", compared)
        json.field("meanBefore", meanBefore)
        json.field("mean", mean)
    }
}
