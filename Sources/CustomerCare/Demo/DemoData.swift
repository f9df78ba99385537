import Electricity
import Postgres
import Signing

/// Puts demo data into a database: customers as EVN SPC's codes are formed, their bills up to
/// today, and clients that may ask for them.
///
/// The same seed, number of customers, master key and day give the same data.
package struct DemoData {
    /// What is told while demo data is made.
    enum Progress: Sendable, Equatable {
        /// The data of today is there already.
        case upToDate(customers: Int)
        /// The data is of an earlier day and is made anew.
        case outdated(LocalDate)
        /// Customers made up so far, of how many.
        case madeUp(customers: Int, of: Int)
        /// Rows are stored.
        case stored(customers: Int, bills: Int)
        /// A client was created, or found from an earlier run.
        case client(name: String, isNew: Bool)
    }

    /// The clients that a demo has, each with its scope.
    static let clients: [(name: String, scope: Scope)] = [
        ("miniapp", .accounts), ("website", .accounts), ("importer", .importing),
        ("staff", .staff), ("admin", .admin),
    ]
    /// Requests a minute of each client: what the contract gives unless a client's row differs.
    static let requestsPerMinute = 600
    /// How many months back bills go, the present one counted.
    static let monthCount = 24
    /// From which all numbers are drawn.
    static let seed = 20_261_125
    /// Customers between two reports.
    private static let reportedCustomers = 250

    let database: Database
    let personalData: PersonalData
    let administration: ClientAdministration
    let world: World
    let customerCount: Int

    /// Demo data with so many customers, `DemoTrait.showcaseCount` at least.
    init(
        database: Database, masterKeys: [MasterKey], world: World = .real, customerCount: Int
    ) throws(SigningError) {
        self.database = database
        personalData = try PersonalData(masterKeys: masterKeys)
        administration = ClientAdministration(
            database: database, seal: try Seal(masterKeys: masterKeys, purpose: .clientSecrets),
            world: world)
        self.world = world
        self.customerCount = max(DemoTrait.showcaseCount, customerCount)
    }

    /// Makes what is missing and gives the file that tells of it.
    ///
    /// Nothing is stored unless all of it is. Throws `foreignCustomers` when the database holds
    /// customers that are not these.
    func load(
        baseURL: String, adminURL: String, report: (Progress) -> Void = { _ in }
    ) async throws(DemoError) -> DemoFile {
        let now = world.now()
        let people = try customers()
        let billing = DemoBilling(
            calculator: try await calculator(),
            calendar: DemoCalendar(
                today: LocalDate(of: now), monthCount: DemoData.monthCount),
            seed: DemoData.seed)
        try await database.withBulkLink { (link: BulkLink) async throws(DemoError) in
            try await store(people, billing, on: link, asOf: now, report)
        }
        var showcase: [DemoFile.Showcase] = []
        for customer in people.prefix(DemoTrait.showcaseCount) {
            let newest = try billing.entries(of: customer).last?.newest
            showcase.append(DemoFile.Showcase(customer: customer, invoiceId: newest?.invoiceId))
        }
        return DemoFile(
            baseURL: baseURL, adminURL: adminURL, clients: try await credentials(report),
            customers: showcase)
    }

    /// Computes with the newest tariffs of the database; those of the binary when it has none.
    private func calculator() async throws(DemoError) -> BillCalculator {
        do throws(TariffStoreError) {
            let store = TariffStore(database: database, world: world)
            _ = try await store.loadBuiltInIfNone()
            guard let newest = try await store.newest() else { throw TariffStoreError.none }
            let document = try TariffStoreError.reading { () throws(TariffDocumentError) in
                try TariffDocument(newest.document)
            }
            return BillCalculator(document.book)
        } catch {
            throw .tariffs(error)
        }
    }

    // MARK: Customers and bills

    private func customers() throws(DemoError) -> [DemoCustomer] {
        let population = DemoPopulation(words: try DemoWords(), seed: DemoData.seed)
        var customers: [DemoCustomer] = []
        customers.reserveCapacity(customerCount)
        for index in 0..<customerCount { customers.append(try population.customer(index)) }
        return customers
    }

    private func store(
        _ people: [DemoCustomer], _ billing: DemoBilling, on link: BulkLink, asOf now: Instant,
        _ report: (Progress) -> Void
    ) async throws(DemoError) {
        let known = try await step { () async throws(DatabaseError) in
            // Making the data up takes its time while the lock is held.
            try await link.execute(
                script: "begin; set local idle_in_transaction_session_timeout = '10min'")
            _ = try await link.query(DemoStatements.lock)
            return try await link.query(DemoStatements.known, .int64(Int64(people.count + 1)))
        }
        if let asOf = known.map(\.asOf).min() {
            guard isOurs(known, people) else { throw .foreignCustomers }
            let day = LocalDate(of: asOf)
            if day == billing.calendar.today {
                return report(.upToDate(customers: known.count))
            }
            report(.outdated(day))
        }
        let tables = try tables(people, billing, asOf: now, report)
        let units = try DemoWords().units
        let network = network(people, units, billing.calendar.today, asOf: now)
        try await step { () async throws(DatabaseError) in
            try await link.run(DemoNetworkStatements.clear)
            try await link.run(DemoStatements.clearBills)
            try await link.run(DemoStatements.clearCustomers)
            try await link.run(
                DemoStatements.units, .texts(units.map(\.code)), .texts(units.map(\.name)))
            try await copy(tables, network, on: link)
            try await link.run(ReadingDays.ofAll, ReadingDays.firstMonth(at: now))
            try await link.execute(script: "commit")
        }
        report(.stored(customers: people.count, bills: tables.billCount))
    }

    /// What the link does, its error taken over.
    ///
    /// An open transaction ends with the link.
    private func step<Result>(
        _ body: () async throws(DatabaseError) -> Result
    ) async throws(DemoError) -> Result {
        do {
            return try await body()
        } catch {
            throw .database(error)
        }
    }

    /// Whether the customers in the database are those that would be made up, under this key.
    private func isOurs(_ known: [KnownCustomer], _ people: [DemoCustomer]) -> Bool {
        let names = Dictionary(known.map { ($0.customerCode, $0.holderNameIndex) }) { first, _ in
            first
        }
        return names.count == people.count
            && people.allSatisfy { names[$0.code] == personalData.holderNameIndex($0.name) }
    }

    private func tables(
        _ people: [DemoCustomer], _ billing: DemoBilling, asOf now: Instant,
        _ report: (Progress) -> Void
    ) throws(DemoError) -> DemoTables {
        var tables = DemoTables(personalData: personalData, asOf: now)
        for (index, customer) in people.enumerated() {
            let entries = try billing.entries(of: customer)
            try tables.add(
                customer, nextReading: billing.calendar.nextReading(of: customer),
                entries + (try billing.reactiveEntries(of: customer, entries)))
            if (index + 1).isMultiple(of: DemoData.reportedCustomers) {
                report(.madeUp(customers: index + 1, of: people.count))
            }
        }
        tables.finish()
        return tables
    }

    private func network(
        _ people: [DemoCustomer], _ units: [DemoUnit], _ today: LocalDate, asOf now: Instant
    ) -> DemoNetworkTables {
        var tables = DemoNetworkTables(
            DemoNetwork(today: today), seed: DemoData.seed, asOf: now)
        for (index, unit) in units.enumerated() { tables.add(unit, index) }
        for customer in people { tables.add(customer) }
        tables.finish()
        return tables
    }

    private func copy(
        _ tables: DemoTables, _ network: DemoNetworkTables, on link: BulkLink
    ) async throws(DatabaseError) {
        for (command, rows) in [
            (DemoStatements.customers, tables.customers), (DemoStatements.bills, tables.bills),
            (DemoStatements.balances, tables.balances),
            (DemoNetworkStatements.links, network.links),
            (DemoNetworkStatements.outages, network.outages),
            (DemoNetworkStatements.scopes, network.scopes),
            (DemoNetworkStatements.horizons, network.horizons),
            (DemoNetworkStatements.schedules, network.schedules),
        ] {
            let copy = try await link.copyIn(command)
            try await copy.write(rows.bytes)
            _ = try await copy.finish()
        }
    }

    // MARK: Clients

    private func credentials(
        _ report: (Progress) -> Void
    ) async throws(DemoError) -> [DemoFile.Credentials] {
        do {
            let known = try await administration.list()
            var credentials: [DemoFile.Credentials] = []
            for (name, scope) in DemoData.clients {
                let keyId = known.first { $0.name == name && $0.revokedAt == nil }?.keyId
                let client = try await client(name, scope, keyId: keyId)
                report(.client(name: name, isNew: keyId == nil))
                credentials.append(client)
            }
            return credentials
        } catch {
            throw .clients(error)
        }
    }

    /// The client with a secret: its newest live one, or a new one when none can be unsealed.
    private func client(
        _ name: String, _ scope: Scope, keyId: String?
    ) async throws(ClientAdministrationError) -> DemoFile.Credentials {
        let scopes = [scope.rawValue]
        guard let keyId else {
            let issued = try await administration.create(
                name: name, scopes: [scope], requestsPerMinute: DemoData.requestsPerMinute)
            return DemoFile.Credentials(
                name: name, keyId: issued.keyId, secret: issued.secret, scopes: scopes)
        }
        if let secret = try await administration.liveSecrets(keyId: keyId).first {
            return DemoFile.Credentials(
                name: name, keyId: keyId, secret: secret, scopes: scopes)
        }
        let issued = try await administration.rotate(keyId: keyId, hours: 0)
        return DemoFile.Credentials(
            name: name, keyId: keyId, secret: issued.secret, scopes: scopes)
    }
}
