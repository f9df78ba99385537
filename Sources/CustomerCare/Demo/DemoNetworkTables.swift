import Electricity
import JSON
import Postgres

/// The rows of the demo network, table by table, ready to be copied.
struct DemoNetworkTables {
    private(set) var links = CopyRows(fieldCount: 5)
    private(set) var outages = CopyRows(fieldCount: 16)
    private(set) var scopes = CopyRows(fieldCount: 5)
    private(set) var horizons = CopyRows(fieldCount: 3)
    private(set) var schedules = CopyRows(fieldCount: 7)

    private let network: DemoNetwork
    private let asOf: Instant
    private var random: DemoRandom
    private var knownRouteBooks: Set<String> = []

    /// Rows of a network as of an instant.
    init(_ network: DemoNetwork, seed: Int, asOf: Instant) {
        self.network = network
        self.asOf = asOf
        random = DemoRandom(seed, 7)
    }

    /// Ends the data of every table.
    mutating func finish() {
        links.finish()
        outages.finish()
        scopes.finish()
        horizons.finish()
        schedules.finish()
    }

    /// Adds a unit with its outages.
    mutating func add(_ unit: DemoUnit, _ index: Int) {
        horizons.row()
        horizons.text(unit.code)
        horizons.date(network.today.advanced(byDays: DemoNetwork.horizonDays))
        horizons.timestamp(asOf)
        for outage in network.outages(of: unit, index) { add(outage, source: unit.code) }
    }

    /// Adds where a customer hangs, its route book and what concerns it alone.
    mutating func add(_ customer: DemoCustomer) {
        for link in network.links(of: customer) {
            links.row()
            links.text(customer.code.text)
            links.text(link.kind.rawValue)
            links.text(link.value)
            links.date(LocalDate(DemoNetwork.linkedSince))
            links.null()
        }
        if let outage = network.outage(of: customer) { add(outage, source: customer.code.text) }
        if network.isMoved(customer), let month = network.scheduledMonths.last {
            let usual = network.readingDate(customer, in: month)
            schedule(
                .customerCode, customer.code.text, month, usual.advanced(byDays: 1), from: usual)
        }
        let routeBook = network.routeBook(of: customer)
        guard knownRouteBooks.insert(routeBook).inserted else { return }
        for month in network.scheduledMonths {
            let date = network.readingDate(customer, in: month)
            schedule(.routeBook, routeBook, month, date, from: nil)
        }
    }

    private mutating func schedule(
        _ kind: OutageScope, _ value: String, _ month: BillingMonth, _ date: LocalDate,
        from moved: LocalDate?
    ) {
        schedules.row()
        schedules.text(kind.rawValue)
        schedules.text(value)
        schedules.date(month.firstDay)
        schedules.int16(1)
        schedules.date(date)
        schedules.date(moved)
        schedules.timestamp(asOf)
    }

    private mutating func add(_ outage: DemoNetwork.Outage, source: String) {
        // As a UUIDv7 looks, and the same for the same seed.
        let high = random.next() & ~0xF000 | 0x7000
        let low = random.next() & ~(3 << 62) | 1 << 63
        let id = UUID(high: high, low: low)
        outages.row()
        outages.uuid(id)
        outages.text("demo")
        outages.text("\(source)/\(outage.number)")
        outages.text(outage.kind.rawValue)
        outages.int32(Int64(outage.version))
        outages.text(outage.place)
        outages.text(outage.reason)
        outages.timestamp(outage.start)
        outages.timestamp(outage.expectedEnd)
        outages.timestamp(outage.restoredAt)
        outages.timestamp(outage.cancelledAt)
        outages.timestamp(orInfinity: outage.overAt)
        outages.blob(DemoNetworkTables.expectedEnds(outage, asOf))
        let told = network.today.advanced(byDays: -2).start
        outages.timestamp(told)
        outages.timestamp(asOf)
        outages.timestamp(asOf)
        scopes.row()
        scopes.text(outage.scope.kind.rawValue)
        scopes.text(outage.scope.value)
        scopes.uuid(id)
        scopes.timestamp(outage.start)
        scopes.timestamp(orInfinity: outage.overAt)
    }

    private static func expectedEnds(_ outage: DemoNetwork.Outage, _ asOf: Instant) -> [UInt8] {
        var json = JSONWriter()
        json.array { json in
            let ends = [outage.formerEnd, outage.expectedEnd].suffix(
                outage.formerEnd == nil ? 1 : 2)
            for (index, end) in ends.enumerated() {
                json.element { json in
                    json.field("version", index + 1)
                    json.field("expectedEnd", end)
                    json.field("toldAt", asOf)
                }
            }
        }
        return json.bytes
    }
}

/// The SQL that puts the demo network into a database.
enum DemoNetworkStatements {
    static let clear = Command(
        "demo_clear_network",
        """
        -- Everything of the network; made anew by the caller in the same transaction.
        truncate network_links, outages, outage_scopes, outage_horizons, reading_schedules,
            reading_days
        """)

    static let links = Command(
        "demo_links",
        """
        -- In the order in which DemoNetworkTables writes the fields.
        copy network_links (customer_code, scope_kind, scope_value, valid_from, valid_to)
        from stdin (format binary)
        """)

    static let outages = Command(
        "demo_outages",
        """
        -- In the order in which DemoNetworkTables writes the fields.
        copy outages (outage_id, source, external_id, kind, version, place, reason, starts_at,
            expected_end_at, restored_at, cancelled_at, over_at, expected_ends, published_at,
            updated_at, as_of)
        from stdin (format binary)
        """)

    static let scopes = Command(
        "demo_outage_scopes",
        """
        -- In the order in which DemoNetworkTables writes the fields.
        copy outage_scopes (scope_kind, scope_value, outage_id, starts_at, over_at)
        from stdin (format binary)
        """)

    static let horizons = Command(
        "demo_outage_horizons",
        """
        -- In the order in which DemoNetworkTables writes the fields.
        copy outage_horizons (unit_code, known_until, as_of)
        from stdin (format binary)
        """)

    static let schedules = Command(
        "demo_reading_schedules",
        """
        -- In the order in which DemoNetworkTables writes the fields.
        copy reading_schedules (scope_kind, scope_value, month, period_number, reading_on,
            moved_from, as_of)
        from stdin (format binary)
        """)
}
