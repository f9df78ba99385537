import Electricity
import HTTP
import Postgres
import Reactor
import Signing

/// Everything of the service that lives on one loop: its server, its database links, its jobs.
///
/// Made and touched on its loop only.
final class LoopPart {
    /// What all loops of a process share, checked before the first of them starts.
    struct Blueprint: Sendable {
        let configuration: Configuration
        let world: World
        let log: Log
        let metrics: ServiceMetrics
        let readiness: Readiness
        let personalData: PersonalData
        let clientSeal: Seal
        let codeIndex: BlindIndex
        let guides: GuideBook
        let origins: [Authenticator.Origin]
        /// The key that stands in for an unknown client's.
        let nobodysKey: [UInt8]
        /// Connections of one loop.
        let connectionLimit: Int
        let limiter: RateLimiter
        let paymentProviders: PaymentProviders
        let attachments: AttachmentStore?
        let zalo: ZaloSettings?
        let tokenSeal: Seal
        let authenticity: MessageAuthenticity
    }

    /// Milliseconds between two readings of the clients once they are known, and before.
    private static let clientsMilliseconds = 5_000
    private static let firstClientsMilliseconds = 100
    /// Milliseconds between two looks for a new version of the tariffs, and before the first.
    private static let tariffsMilliseconds = 3_000
    private static let firstTariffsMilliseconds = 200
    /// Milliseconds between two looks for approved texts of messages.
    private static let templatesMilliseconds = 5_000
    /// Milliseconds between two batches of noted reads.
    private static let auditMilliseconds = 1_000
    /// Milliseconds between two sweeps of what has expired.
    private static let sweepMilliseconds = 60_000

    /// Milliseconds between two looks at the clock of the months; most of them do nothing.
    private static let partitionsMilliseconds = 60_000

    /// Milliseconds between two looks for payments that are due.
    private static let paymentsMilliseconds = 2_000

    /// Milliseconds between two looks for reports whose outage is over.
    private static let reportsMilliseconds = 15_000

    /// Milliseconds between two looks for what many customers are to be told.
    private static let announcementsMilliseconds = 3_000

    /// Milliseconds between two looks for imports with a step to be taken.
    private static let importsMilliseconds = 50

    /// Milliseconds between two looks for what partners are to be told.
    private static let webhooksMilliseconds = 2_000

    /// Milliseconds between two looks for events of Zalo, and for messages that are due.
    private static let eventsMilliseconds = 500
    private static let messagesMilliseconds = 500

    /// Descriptors of a process kept free of callers: for the admin port and whatever files.
    private static let spareDescriptors = 32
    /// The same for each loop besides its links: epoll, eventfd, listener, links being replaced.
    private static let spareLoopDescriptors = 10

    private let database: Database
    private let clients: ClientRegistry
    private let tariffs: TariffRegistry
    private let templates: MessageTemplates
    private let readAudit: ReadAudit
    private let payments: PaymentGateway
    private let zalo: ZaloGateway?
    private let observer: Observer
    private let server: Server
    private let report: LoopReport
    private var jobs: [RepeatingJob] = []
    private var webhooks: WebhookSender?
    private var isStopping = false
    private var knownClientCount: Int?
    private var knownSealedCount = 0

    /// Assembles the part of a loop; throws when its socket cannot be had.
    init(_ blueprint: Blueprint, on loop: EventLoop) throws(Instance.Fault) {
        let world = blueprint.world
        let codeKey = blueprint.codeIndex.prepared()
        let observer = Observer(loop: loop, log: blueprint.log, metrics: blueprint.metrics) {
            let hash = BlindIndex.index(of: $0, purpose: .customerCode, with: codeKey)
            return String(decoding: Hexadecimal.encode(hash), as: UTF8.self)
        }
        let ids = IDSource(world: world)
        do {
            database = try Database(
                configuration: blueprint.configuration.database, loop: loop,
                random: { ids.bits() }, observe: { observer.observe(Observation($0)) })
        } catch {
            throw .part("\(error)")
        }
        clients = ClientRegistry(database: database, seal: blueprint.clientSeal)
        tariffs = TariffRegistry(database: database)
        templates = MessageTemplates(database: database, book: blueprint.guides.messages)
        readAudit = ReadAudit(database: database)
        payments = PaymentGateway(blueprint.paymentProviders, on: loop) { ids.bits() }
        self.observer = observer
        let parts = Service.Parts(
            database: DatabaseAccess(database), personalData: blueprint.personalData,
            guides: blueprint.guides, tariffs: tariffs, templates: templates,
            payments: payments,
            attachments: blueprint.attachments, zalo: blueprint.zalo,
            authenticity: blueprint.authenticity, secretSeal: blueprint.tokenSeal,
            readAudit: readAudit, ids: ids)
        // One loop of a process is enough for what happens by itself.
        zalo =
            loop.index == 0
            ? blueprint.zalo.map { settings in
                ZaloGateway(
                    settings,
                    ZaloGateway.Parts(
                        database: parts.database, seal: blueprint.tokenSeal, world: world,
                        ids: ids,
                        alarm: { observer.observe(.zaloWantsPerson(reason: $0)) }),
                    on: loop)
            } : nil
        let service = Service(
            world: world, parts: parts,
            authenticator: Authenticator(
                clients: clients, origins: blueprint.origins, nobodysKey: blueprint.nobodysKey),
            limiter: blueprint.limiter, observer: observer)
        server = try LoopPart.server(service, blueprint, on: loop)
        report = LoopPart.report(server, database, clients, blueprint.readiness, observer, loop)
        database.linksChanged = { [report] in report.refresh() }
        addJobs(world: world, parts, on: loop)
    }

    private static func server(
        _ service: Service, _ blueprint: Blueprint, on loop: EventLoop
    ) throws(Instance.Fault) -> Server {
        let configuration = blueprint.configuration
        let listener: ListeningSocket
        do {
            listener = try ListeningSocket(
                address: configuration.bindAddress, port: UInt16(configuration.port),
                sharesPort: true)
        } catch {
            throw .system(error, doing: "listening on port \(configuration.port)")
        }
        return Server(
            loop: loop, listener: listener, deadlines: configuration.deadlines,
            application: service, connectionLimit: blueprint.connectionLimit,
            wallClock: { [world = blueprint.world] in world.now().secondsSince1970 })
    }

    private static func report(
        _ server: Server, _ database: Database, _ clients: ClientRegistry,
        _ readiness: Readiness, _ observer: Observer, _ loop: EventLoop
    ) -> LoopReport {
        LoopReport(
            loop: loop,
            sources: LoopReport.Sources(
                server: { server.statistics }, database: { database.statistics },
                probeDatabase: {
                    do {
                        _ = try await database.query(LoopPart.probe)
                        return true
                    } catch {
                        // Why it failed, the links have told the log.
                        return false
                    }
                },
                hasClients: { clients.isLoaded }),
            readiness: readiness, observer: observer)
    }

    private func addJobs(
        world: World, _ parts: Service.Parts, on loop: EventLoop
    ) {
        every(LoopPart.clientsMilliseconds, .clients, on: loop) { [weak self] in
            await self?.refreshClients(on: loop) ?? true
        }
        every(LoopPart.tariffsMilliseconds, .tariffs, on: loop) { [weak self] in
            await self?.refreshTariffs(on: loop) ?? true
        }
        every(LoopPart.templatesMilliseconds, .templates, on: loop) { [templates] in
            await templates.reload()
        }
        every(LoopPart.auditMilliseconds, .audit, on: loop) { [readAudit] in
            await readAudit.flush()
            return readAudit.waitingCount == 0
        }
        // One loop of a process is enough; several processes do no harm.
        guard loop.index == 0 else { return }
        let sweep = ExpirySweep(database: database, world: world)
        every(LoopPart.sweepMilliseconds, .expiry, on: loop) { await sweep.run() }
        let keeper = PartitionKeeper(
            database: parts.database, world: world, observe: { [observer] in observer.observe($0) })
        every(LoopPart.partitionsMilliseconds, .partitions, on: loop) { await keeper.run() }
        let watch = PaymentWatch(
            database: parts.database, gateway: payments, world: world, ids: parts.ids)
        every(LoopPart.paymentsMilliseconds, .payments, on: loop) { await watch.run() }
        let refunds = RefundWork(
            database: parts.database, gateway: payments, world: world, ids: parts.ids)
        every(LoopPart.paymentsMilliseconds, .refunds, on: loop) { await refunds.run() }
        let reports = OutageReportWatch(
            database: DatabaseAccess(database), world: world, failed: failed("outageReportWatch"))
        every(LoopPart.reportsMilliseconds, .outageReports, on: loop) { await reports.run() }
        let imports = ImportWork(
            database: database, world: world, owner: parts.ids.next(at: world.now()),
            failed: failed("imports"))
        every(LoopPart.importsMilliseconds, .imports, on: loop) { await imports.run() }
        addMessages(world: world, parts, on: loop)
        guard let store = parts.attachments else { return }
        let attachments = AttachmentSweep(
            database: DatabaseAccess(database), store: store, world: world)
        every(LoopPart.sweepMilliseconds, .attachments, on: loop) { await attachments.run() }
    }

    /// The jobs around Zalo: what it tells, and what it is to tell.
    private func addMessages(world: World, _ parts: Service.Parts, on loop: EventLoop) {
        let failed = failed("messages")
        // What is new about outages is looked for without Zalo too: partners are told.
        let announcer = Announcer(
            database: parts.database, world: world, owner: parts.ids.next(at: world.now()),
            tellsPeople: zalo != nil, failed: failed)
        every(LoopPart.announcementsMilliseconds, .announcements, on: loop) {
            await announcer.run()
        }
        let webhooks = WebhookSender(
            database: parts.database, world: world, ids: parts.ids, seal: parts.secretSeal,
            on: loop, failed: failed)
        self.webhooks = webhooks
        every(LoopPart.webhooksMilliseconds, .webhooks, on: loop) { await webhooks.run() }
        guard let zalo else { return }
        let events = ZaloEventWork(parts: parts, world: world, failed: failed)
        every(LoopPart.eventsMilliseconds, .zaloEvents, on: loop) { await events.run() }
        let sender = MessageSender(
            MessageSender.Parts(
                database: parts.database, gateway: zalo, service: parts, world: world,
                failed: failed),
            on: loop)
        every(LoopPart.messagesMilliseconds, .messages, on: loop) { await sender.run() }
    }

    /// Adds a job whose ends the metrics tell.
    private func every(
        _ milliseconds: Int, _ name: JobName, on loop: EventLoop,
        run: @escaping () async -> Bool
    ) {
        jobs.append(
            RepeatingJob(
                on: loop, every: milliseconds, ended: observer.follow(name), run: run))
    }

    /// Tells the log why a job could not do its work.
    private func failed(_ job: String) -> (String) -> Void {
        { [observer] reason in
            observer.observe(.requestFailed(operation: job, requestId: "-", reason: reason))
        }
    }

    /// Connects, begins to accept, to work and to report.
    func start() throws(Instance.Fault) {
        database.start()
        do {
            try server.start()
        } catch {
            throw .system(error, doing: "watching the listening socket")
        }
        for job in jobs { job.start() }
        report.start()
    }

    /// Accepts no more, finishes what runs, writes what waits, and closes; true when no request
    /// was cut off.
    func stop(graceMilliseconds: Int) async -> Bool {
        isStopping = true
        let isDrained = await server.stop(graceMilliseconds: graceMilliseconds)
        for job in jobs { job.stop() }
        report.stop()
        payments.stop()
        zalo?.stop()
        webhooks?.stop()
        await readAudit.flush()
        if readAudit.waitingCount > 0 {
            observer.observe(.auditLost(count: readAudit.waitingCount))
        }
        await database.stop()
        return isDrained
    }

    /// Reads the clients; the first time again and again, since nobody can call before.
    private func refreshClients(on loop: EventLoop) async -> Bool {
        var isRead = await reloadClients()
        while !isRead, !clients.isLoaded, !isStopping {
            await loop.sleep(milliseconds: LoopPart.firstClientsMilliseconds)
            isRead = await reloadClients()
        }
        return isRead
    }

    /// Reads the clients; false when the database did not answer or no secret can be opened.
    private func reloadClients() async -> Bool {
        do {
            let wasLoaded = clients.isLoaded
            try await clients.reload()
            if clients.isLoaded != wasLoaded { report.refresh() }
            if clients.sealedSecretCount != knownSealedCount {
                knownSealedCount = clients.sealedSecretCount
                observer.observe(.clientSecretsNotOpened(count: knownSealedCount))
            }
            if clients.count != knownClientCount {
                knownClientCount = clients.count
                observer.observe(.clientsLoaded(count: clients.count))
            }
            return clients.isLoaded
        } catch {
            if clients.isLoaded { observer.observe(.clientsNotLoaded(reason: "\(error)")) }
            return false
        }
    }

    /// Looks for a new version of the tariffs; the first time again and again while the database
    /// is away.
    private func refreshTariffs(on loop: EventLoop) async -> Bool {
        while !isStopping {
            do {
                if try await tariffs.reload(), let version = tariffs.current {
                    observer.observe(.tariffsLoaded(version: version.number))
                }
                return true
            } catch {
                if tariffs.current != nil || !error.isOfLink {
                    observer.observe(.tariffsNotLoaded(reason: "\(error)"))
                    return false
                }
            }
            await loop.sleep(milliseconds: LoopPart.firstTariffsMilliseconds)
        }
        return false
    }

    static let probe = Statement<ProbeAnswer>(
        "loop_probe",
        """
        -- One row: the database answers.
        select true as is_there
        """)

    /// The answer of a database that is there.
    struct ProbeAnswer: Row {
        static let columns = ["is_there"]

        init(_ row: inout RowDecoder) throws(RowError) {
            _ = try row.bool()
        }
    }
}

extension LoopPart {
    /// How many connections each loop may take: so many that probes are still answered and lost
    /// database links replaced when all of them are in use.
    static func connectionLimit(_ configuration: Configuration, descriptors: Int) -> Int {
        let links = configuration.database.readLinkCount + configuration.database.writeLinkCount
        let own = (links + spareLoopDescriptors) * configuration.loopCount + spareDescriptors
        let each = (descriptors - own) / configuration.loopCount
        return min(Limits.connectionsPerLoop, max(1, each))
    }
}

extension LoopPart.Blueprint {
    /// Checks whatever can be checked without a loop of its own.
    init(
        configuration: Configuration, masterKeys: [MasterKey], world: World, log: Log,
        metrics: ServiceMetrics, readiness: Readiness
    ) throws(Instance.Fault) {
        guard let newest = masterKeys.first else { throw .masterKey("there is none") }
        self.configuration = configuration
        self.world = world
        self.log = log
        self.metrics = metrics
        self.readiness = readiness
        connectionLimit = LoopPart.connectionLimit(
            configuration, descriptors: DescriptorLimit.raised())
        codeIndex = BlindIndex(newest)
        limiter = RateLimiter(publicRequestsPerMinute: configuration.publicRequestsPerMinute)
        origins = configuration.origins.compactMap(Authenticator.Origin.init)
        do {
            personalData = try PersonalData(masterKeys: masterKeys)
            clientSeal = try Seal(masterKeys: masterKeys, purpose: .clientSecrets)
            tokenSeal = try Seal(masterKeys: masterKeys, purpose: .clientSecrets)
            authenticity = try MessageAuthenticity(masterKeys: masterKeys)
            nobodysKey = try world.randomBytes(ClientSecret.byteCount)
        } catch {
            throw .masterKey("\(error)")
        }
        do {
            paymentProviders = try configuration.paymentProviders()
        } catch {
            throw .part(
                "\(Configuration.Variable.paymentProvidersFile.rawValue): \(error)")
        }
        do {
            zalo = try configuration.zaloSettings()
        } catch {
            throw .part("\(Configuration.Variable.zaloFile.rawValue): \(error)")
        }
        do {
            attachments = try configuration.attachmentsFolder.map {
                [personalData] (path) throws(SystemError) in
                try AttachmentStore(path: path, personalData: personalData)
            }
        } catch {
            throw .system(error, doing: "opening the folder of attachments")
        }
        do {
            guides = try GuideBook()
        } catch {
            throw .part("\(error)")
        }
    }
}

extension Authenticator.Origin {
    /// An origin as the configuration has it: `scheme://host[:port]`; nil when it is none.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].isEmpty, parts[0].hasSuffix(":"),
            let scheme = SignedMessage.Scheme(rawValue: String(parts[0].dropLast()))
        else { return nil }
        self.scheme = scheme
        authority = SignedMessage.normalizedAuthority(Array(parts[2].utf8), scheme: scheme)
    }
}
