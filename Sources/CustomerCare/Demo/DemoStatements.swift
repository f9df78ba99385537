import Electricity
import Postgres

/// The SQL that puts demo data into a database.
enum DemoStatements {
    static let lock = Statement<DemoCount>(
        "demo_lock",
        """
        -- Waits until no other process makes demo data; the lock ends with the transaction.
        select 1::bigint as value from pg_advisory_xact_lock(7236014519624)
        """)

    static let known = Statement<KnownCustomer>(
        "demo_known",
        """
        -- At most $1 customers by code, to be compared with those that would be made up.
        select customer_code, holder_name_index, as_of
        from customers
        order by customer_code
        limit $1
        """)

    static let units = Command(
        "demo_units",
        """
        -- The managing units, each once.
        insert into managing_units (unit_code, name)
        select unit_code, name from unnest($1::text[], $2::text[]) as unit (unit_code, name)
        on conflict (unit_code) do update set name = excluded.name
        """)

    static let clearBills = Command(
        "demo_clear_bills",
        """
        -- Everything that was billed; made anew by the caller in the same transaction.
        truncate bills, bill_balances
        """)

    static let clearCustomers = Command(
        "demo_clear_customers",
        """
        -- scan: all of them go, a thousand or so; made anew in the same transaction.
        delete from customers
        """)

    static let customers = Command(
        "demo_customers",
        """
        -- In the order in which DemoTables writes the fields.
        copy customers (customer_code, sealed_holder_name, sealed_phone, sealed_national_id,
            sealed_address, holder_name_index, phone_index, national_id_index, usage_purpose,
            household_count, periods_per_month, contract_status, unit_code, next_reading_on,
            credit, as_of, contracted_capacity_kw, supply_suspended_on, fingerprint)
        from stdin (format binary)
        """)

    static let bills = Command(
        "demo_bills",
        """
        -- In the order in which DemoTables writes the fields.
        copy bills (customer_code, month, period_number, kind, revision, status, invoice_id,
            period_start, period_end, consumption_kwh, amount_excluding_vat,
            vat_rate_basis_points, vat, total, issued_on, due_on, readings, lines, as_of,
            import_line)
        from stdin (format binary)
        """)

    static let balances = Command(
        "demo_balances",
        """
        -- In the order in which DemoTables writes the fields.
        copy bill_balances (customer_code, month, period_number, kind, revision, billed, paid,
            pending, due_on)
        from stdin (format binary)
        """)
}

/// A row of one number.
struct DemoCount: Row {
    static let columns = ["value"]
    let value: Int64

    init(_ row: inout RowDecoder) throws(RowError) {
        value = try row.int64()
    }
}

/// A customer that is in the database already.
struct KnownCustomer: Row {
    static let columns = ["customer_code", "holder_name_index", "as_of"]

    let customerCode: CustomerCode
    let holderNameIndex: [UInt8]
    let asOf: Instant

    init(_ row: inout RowDecoder) throws(RowError) {
        customerCode = try row.customerCode()
        holderNameIndex = try row.bytes()
        asOf = try row.instant()
    }
}
