import Electricity
import JSON
import Postgres
import Signing

/// A bill of an import that brings a new month: its row waits in the table that becomes the
/// partition of that month, so that it is written once.
struct ArrivingBill<Line: BillLine>: BillLine {
    private let line: Line

    init?(_ value: JSONDocument, _ faults: JSONFaults) {
        guard let line = Line(value, faults) else { return nil }
        self.line = line
    }

    static var billKind: StagedBill.Kind { Line.billKind }
    static var isTold: Bool { Line.isTold }
    var bill: StagedBill { line.bill }

    static var fieldCount: Int16 { ArrivingBills.fieldCount }
    static var copy: Command { ArrivingBills.copy }
    static var clear: Command { ArrivingBills.clear }
    static var clears: [Command] { [clear] }
    /// It is emptied when an import is let in.
    static var staged: [String] { [] }

    func write(
        to rows: inout CopyRows, of found: Import, line: Int64, _ personalData: PersonalData
    ) throws(SigningError) {
        bill.writeArriving(to: &rows, asOf: found.asOf, line: line)
    }

    static func faults(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> [FoundFault] {
        guard let month = found.newMonth else { return [] }
        let id = Parameter.uuid(found.importId)
        let isOnce = try await link.query(ArrivingBills.close, id).first?.isDone ?? false
        var faults = try await link.query(ArrivingBills.unknown)
        if !isOnce { faults += try await link.query(ArrivingBills.duplicates) }
        let isFree = try await link.query(CreateImport.monthStands, .month(month)).first?.isEmpty
        if isFree != true {
            // No line of it is wrong: all are too late.
            let late = ImportFault(line: 1, field: "#/month", code: "month_known")
            faults.insert(FoundFault(late, of: found.rowCount), at: 0)
        }
        let counts = Dictionary(faults.map { ($0.fault.code, $0.count) }) { first, _ in first }
        let count = counts.values.reduce(0, +)
        return faults.prefix(Int(ImportFault.listed)).map { FoundFault($0.fault, of: count) }
    }

    static func difference(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> ImportDifference? {
        // All of it is new.
        let months = try await BillImport.months(of: found, on: link)
        var messages: Int64 = 0
        if isTold, found.sendsMessages {
            messages = try await link.query(ArrivingBills.messages).first?.count ?? 0
        }
        return ImportDifference(
            new: months.map(\.rows).reduce(0, +), corrected: 0, cancelled: 0, unchanged: 0,
            total: months.map(\.total).reduce(0, +), messages: messages)
    }

    static func anomalies(
        of found: Import, on link: BulkLink
    ) async throws(DatabaseError) -> [ImportAnomaly] {
        guard let month = found.newMonth else { return [] }
        return try await link.query(
            ImportAnomaly.findArriving, .int64(ImportAnomaly.fewest),
            .int64(100 - ImportAnomaly.strangerPercent), .int64(ImportAnomaly.meanPercent),
            .month(month), .month(month.advanced(byMonths: -1)))
    }

    static func commit(
        _ found: Import, at now: Instant, on link: BulkLink
    ) async throws(DatabaseError) {
        // A vacuum that has begun makes way within a second, and none begins until the table is
        // the partition: to change it then would wait for one.
        try await link.execute(script: ArrivingBills.keepVacuumOut)
        // Asked before what would be in vain, and again when nobody else can bring any.
        if let month = found.newMonth {
            let stands = try await link.query(CreateImport.monthStands, .month(month)).first
            guard stands?.isEmpty == true else {
                throw .constraintViolated(name: ArrivingBills.constraint, sqlState: "23505")
            }
        }
        try await link.run(ArrivingBills.insertBalances)
        try await announce(found, at: now, on: link)
        // Last: look-ups of bills wait from here on.
        _ = try await link.query(ArrivingBills.attach, .uuid(found.importId))
    }
}

/// What a new month asks of the database; each statement is about the one import whose bills wait
/// in `arriving_bills`, which locks its row.
enum ArrivingBills {
    /// What a month that has bills violates, in the words of the function that attaches it.
    static let constraint = "bills_new_month"

    /// Columns of a row.
    static let fieldCount: Int16 = 20

    /// Keeps vacuums out of the table until the transaction ends; waits for one that has begun, for
    /// longer than it takes to make way (`deadlock_timeout`, 1 s).
    static let keepVacuumOut = """
        set local lock_timeout = '10s';
        lock table arriving_bills in share update exclusive mode
        """

    static let open = Statement<Done>(
        "arriving_bills_open",
        """
        -- Makes room for import $1, unless another waits there.
        select open_arriving_bills($1) as is_done
        """)

    static let close = Statement<Done>(
        "arriving_bills_close",
        """
        -- Gives the bills of import $1 their key; false when two of them are one bill.
        select close_arriving_bills($1) as is_done
        """)

    static let attach = Statement<Done>(
        "arriving_bills_attach",
        """
        -- Makes the bills of import $1 the partition of their month.
        select attach_arriving_bills($1) as is_done
        """)

    static let copy = Command(
        "arriving_bills_copy",
        """
        -- The bills of an import that brings a new month, as they arrive: nobody else sees the
        -- table before they are in use, so that they need not be looked at again one by one.
        copy arriving_bills (customer_code, month, period_number, kind, revision, status,
            invoice_id, period_start, period_end, consumption_kwh, amount_excluding_vat,
            vat_rate_basis_points, vat, total, issued_on, due_on, readings, lines, as_of,
            import_line)
        from stdin (format binary, freeze)
        """)

    static let clear = Command(
        "arriving_bills_clear",
        """
        -- What has arrived for import $1, if it is the one whose bills wait here.
        -- scan: all of an import is looked at.
        delete from arriving_bills
        where exists (select from imports where import_id = $1 and is_arriving)
        """)

    static let unknown = Statement<FoundFault>(
        "arriving_bills_unknown",
        """
        -- Which lines are of customers that nobody knows: a thousand.
        -- scan: all of an import is looked at.
        select b.import_line as line, '#/customerCode' as field, 'unknown_customer' as code,
            count(*) over () as fault_count
        from arriving_bills b
        left join customers c on c.customer_code = b.customer_code
        where c.customer_code is null
        order by b.import_line limit 1000
        """)

    static let duplicates = Statement<FoundFault>(
        "arriving_bills_duplicates",
        """
        -- Which lines say the same bill as another: a thousand.
        -- scan: all of an import is looked at.
        select d.import_line as line, '#/customerCode' as field, 'duplicate' as code,
            count(*) over () as fault_count
        from (
            select import_line, count(*) over (
                partition by customer_code, month, period_number, kind, revision) as times
            from arriving_bills
        ) d
        where d.times > 1
        order by d.import_line limit 1000
        """)

    static let messages = Statement<RowCount>(
        "arriving_bills_messages",
        """
        -- How many followers would be told of them.
        -- scan: all of an import is looked at.
        select count(*) as row_count
        from arriving_bills t
        join followers f on f.customer_code = t.customer_code
        """)

    static let insertBalances = Command(
        "arriving_bills_insert_balances",
        """
        -- What is owed by them.
        -- scan: all of an import is looked at.
        insert into bill_balances (customer_code, month, period_number, kind, revision, billed,
            paid, pending, due_on)
        select customer_code, month, period_number, kind, revision, total, 0, 0, due_on
        from arriving_bills
        """)
}
