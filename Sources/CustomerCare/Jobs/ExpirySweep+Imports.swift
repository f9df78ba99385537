import Postgres

/// What was staged for imports that are in use, or that nobody has touched for a week.
///
/// Rows go only when nothing can put them into use any more: whoever commits an import commits all
/// of it.
extension ExpirySweep {
    static let lapsedImports = Command(
        "expiry_sweep_lapsed_imports",
        """
        -- Imports that nobody has committed for seven days: their content has to be sent again. Its
        -- digest goes, or the same content would be taken as read.
        update imports set state = 'invalid', fault = 'lapsed', content_digest = null
        where state = 'validated' and updated_at <= $1::timestamptz - interval '7 days'
            and import_id in (
                select import_id from imports
                where state = 'validated' and updated_at <= $1::timestamptz - interval '7 days'
                limit $2)
        """)

    static let stagedBills = Command(
        "expiry_sweep_staged_bills",
        """
        -- Staged rows that nobody needs any more.
        delete from staged_bills s
        where (s.customer_code, s.import_id, s.line) in (
            select t.customer_code, t.import_id, t.line
            from imports i
            join staged_bills t on t.import_id = i.import_id
            where i.state in ('committed', 'rolled_back')
                or i.state = 'invalid' and i.updated_at <= $1::timestamptz - interval '7 days'
            limit $2)
        """)

    static let stagedCustomers = Command(
        "expiry_sweep_staged_customers",
        """
        -- Staged rows that nobody needs any more.
        delete from staged_customers s
        where (s.customer_code, s.import_id, s.line) in (
            select t.customer_code, t.import_id, t.line
            from imports i
            join staged_customers t on t.import_id = i.import_id
            where i.state in ('committed', 'rolled_back')
                or i.state = 'invalid' and i.updated_at <= $1::timestamptz - interval '7 days'
            limit $2)
        """)

    static let stagedNetworkLinks = Command(
        "expiry_sweep_staged_network_links",
        """
        -- Staged rows that nobody needs any more.
        delete from staged_network_links s
        where (s.customer_code, s.import_id, s.line) in (
            select t.customer_code, t.import_id, t.line
            from imports i
            join staged_network_links t on t.import_id = i.import_id
            where i.state in ('committed', 'rolled_back')
                or i.state = 'invalid' and i.updated_at <= $1::timestamptz - interval '7 days'
            limit $2)
        """)

    static let stagedReadingSchedules = Command(
        "expiry_sweep_staged_reading_schedules",
        """
        -- Staged rows that nobody needs any more.
        delete from staged_reading_schedules s
        where (s.import_id, s.line) in (
            select t.import_id, t.line
            from imports i
            join staged_reading_schedules t on t.import_id = i.import_id
            where i.state in ('committed', 'rolled_back')
                or i.state = 'invalid' and i.updated_at <= $1::timestamptz - interval '7 days'
            limit $2)
        """)

    static let stagedOutages = Command(
        "expiry_sweep_staged_outages",
        """
        -- Staged rows that nobody needs any more.
        delete from staged_outages s
        where (s.import_id, s.line) in (
            select t.import_id, t.line
            from imports i
            join staged_outages t on t.import_id = i.import_id
            where i.state in ('committed', 'rolled_back')
                or i.state = 'invalid' and i.updated_at <= $1::timestamptz - interval '7 days'
            limit $2)
        """)

    static let stagedOutageHorizons = Command(
        "expiry_sweep_staged_outage_horizons",
        """
        -- Staged rows that nobody needs any more.
        delete from staged_outage_horizons s
        where (s.import_id, s.line) in (
            select t.import_id, t.line
            from imports i
            join staged_outage_horizons t on t.import_id = i.import_id
            where i.state in ('committed', 'rolled_back')
                or i.state = 'invalid' and i.updated_at <= $1::timestamptz - interval '7 days'
            limit $2)
        """)

    static let stagedPayments = Command(
        "expiry_sweep_staged_payments",
        """
        -- Staged rows that nobody needs any more.
        delete from staged_payments s
        where (s.customer_code, s.import_id, s.line) in (
            select t.customer_code, t.import_id, t.line
            from imports i
            join staged_payments t on t.import_id = i.import_id
            where i.state in ('committed', 'rolled_back')
                or i.state = 'invalid' and i.updated_at <= $1::timestamptz - interval '7 days'
            limit $2)
        """)

    static let stagedReadings = Command(
        "expiry_sweep_staged_readings",
        """
        -- Staged rows that nobody needs any more.
        delete from staged_readings s
        where (s.customer_code, s.import_id, s.line) in (
            select t.customer_code, t.import_id, t.line
            from imports i
            join staged_readings t on t.import_id = i.import_id
            where i.state in ('committed', 'rolled_back')
                or i.state = 'invalid' and i.updated_at <= $1::timestamptz - interval '7 days'
            limit $2)
        """)

    static let stagedTariffs = Command(
        "expiry_sweep_staged_tariffs",
        """
        -- Staged rows that nobody needs any more.
        delete from staged_tariffs s
        where (s.import_id, s.line) in (
            select t.import_id, t.line
            from imports i
            join staged_tariffs t on t.import_id = i.import_id
            where i.state in ('committed', 'rolled_back')
                or i.state = 'invalid' and i.updated_at <= $1::timestamptz - interval '7 days'
            limit $2)
        """)
}
