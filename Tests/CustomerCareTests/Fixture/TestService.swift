import Electricity
import HTTPClient
import JSON
import Postgres
import Reactor
import Signing
import Synchronization
import Testing

@testable import CustomerCare
@testable import HTTP

/// A clock that a test sets.
final class TestClock: Sendable {
    private let instant: Mutex<Instant>

    init(_ text: String) throws {
        instant = Mutex(try Instant.reading(text))
    }

    var now: Instant { instant.withLock { $0 } }

    func set(_ text: String) throws {
        let new = try Instant.reading(text)
        instant.withLock { $0 = new }
    }

    func advance(seconds: Int64) {
        instant.withLock { $0 = $0.advanced(bySeconds: seconds) }
    }
}

extension Instant {
    /// Reads `YYYY-MM-DDThh:mm:ss`, a time of day in Vietnam.
    static func reading(_ text: String) throws -> Instant {
        let date = try #require(LocalDate(String(text.prefix(10))))
        let clock = text.dropFirst(11).split(separator: ":").compactMap { Int64($0) }
        try #require(clock.count == 3)
        let second = clock[0] * 3_600 + clock[1] * 60 + clock[2] - 7 * 3_600
        return Instant(secondsSince1970: Int64(date.daysSince1970) * 86_400 + second)
    }
}

/// The service as it runs on one loop, in this process, on the shared database.
final class TestService: Sendable {
    let database: TestDatabase
    let clock: TestClock
    let log: MemoryLog
    private let loop: EventLoop
    private let place: LoopLocal<Parts>

    /// What lives on the loop.
    private struct Parts {
        let service: Service
        let database: Database
        let readAudit: ReadAudit
        let clients: ClientRegistry
        let tariffs: TariffRegistry
        let payments: PaymentGateway
        let watch: PaymentWatch
        let refunds: RefundWork
        let reports: OutageReportWatch
        let attachments: AttachmentStore
        let attachmentSweep: AttachmentSweep
        let events: ZaloEventWork
        let sender: MessageSender?
        let announcer: Announcer
        let templates: MessageTemplates
        let webhooks: WebhookSender
        let imports: ImportWork
    }

    private let publicRequestsPerMinute: Int
    private let paymentProviders: PaymentProviders
    private let zalo: ZaloSettings?

    private init(
        database: TestDatabase, clock: TestClock, log: MemoryLog, loop: EventLoop,
        publicRequestsPerMinute: Int, paymentProviders: PaymentProviders, zalo: ZaloSettings?
    ) {
        self.zalo = zalo
        self.paymentProviders = paymentProviders
        self.publicRequestsPerMinute = publicRequestsPerMinute
        self.database = database
        self.clock = clock
        self.log = log
        self.loop = loop
        place = LoopLocal(on: loop)
    }

    /// At most so many at once, each with three links to the database.
    private static let slots = TestSlots(count: 8)

    /// Runs a test with a service whose clock stands at `now`, a time of day in Vietnam.
    static func run(
        at now: String = "2026-11-25T10:00:00", on database: TestDatabase? = nil,
        publicRequestsPerMinute: Int = 0, paymentProviders: PaymentProviders = .none,
        zalo: ZaloSettings? = nil, _ body: (TestService) async throws -> Void
    ) async throws {
        let shared: TestDatabase
        if let database { shared = database } else { shared = try await TestDatabase.shared() }
        await slots.take()
        let loop = try EventLoop()
        let thread = try LoopThread(running: loop)
        let service = TestService(
            database: shared, clock: try TestClock(now), log: try MemoryLog(), loop: loop,
            publicRequestsPerMinute: publicRequestsPerMinute, paymentProviders: paymentProviders,
            zalo: zalo)
        let result: Result<Void, any Error>
        do {
            try await service.onLoop { try await service.start() }
            result = .success(try await body(service))
        } catch {
            result = .failure(error)
        }
        try await service.onLoop { await service.stop() }
        thread.stopAndJoin()
        TestFiles.remove(service.attachmentsFolder)
        await slots.giveBack()
        try result.get()
    }

    private func start() async throws {
        let world = World(
            now: { [clock] in clock.now }, randomBytes: World.real.randomBytes)
        let configuration = DatabaseConfiguration(
            patientlyConnecting: database.serviceURL, writers: 2)
        let ids = IDSource(world: world)
        let database = try Database(
            configuration: configuration, loop: loop, random: { ids.bits() },
            observe: { _ in })
        database.start()
        let keys = [self.database.masterKey]
        let clients = ClientRegistry(
            database: database, seal: try Seal(masterKeys: keys, purpose: .clientSecrets))
        try await clients.reload()
        let tariffs = TariffRegistry(database: database)
        _ = try await tariffs.reload()
        let readAudit = ReadAudit(database: database)
        let payments = PaymentGateway(paymentProviders, on: loop) { ids.bits() }
        let watch = PaymentWatch(
            database: DatabaseAccess(database), gateway: payments, world: world, ids: ids)
        let personalData = try PersonalData(masterKeys: keys)
        let attachments = try AttachmentStore(
            path: attachmentsFolder, personalData: personalData)
        let origin = try #require(Authenticator.Origin("http://\(TestService.authority)"))
        let guides = try GuideBook()
        let templates = MessageTemplates(database: database, book: guides.messages)
        let parts = Service.Parts(
            database: DatabaseAccess(database), personalData: personalData,
            guides: guides, tariffs: tariffs, templates: templates, payments: payments,
            attachments: attachments, zalo: zalo,
            authenticity: try MessageAuthenticity(masterKeys: keys),
            secretSeal: try Seal(masterKeys: keys, purpose: .clientSecrets), readAudit: readAudit,
            ids: ids)
        let service = Service(
            world: world, parts: parts,
            authenticator: Authenticator(
                clients: clients, origins: [origin],
                nobodysKey: try SecureRandom.bytes(ClientSecret.byteCount)),
            limiter: RateLimiter(publicRequestsPerMinute: publicRequestsPerMinute),
            observer: Observer(
                loop: loop, log: log.log, metrics: ServiceMetrics(log: log.log, version: "test")
            ) { code in String(code.utf8.reduce(0) { $0 &* 31 &+ Int($1) }, radix: 16) })
        let told = { [weak self] (reason: String) in
            if let self { failures.withLock { $0.append(reason) } }
        }
        let gateway = try zaloGateway(parts, keys, world, told)
        place.value = Parts(
            service: service, database: database, readAudit: readAudit, clients: clients,
            tariffs: tariffs, payments: payments, watch: watch,
            refunds: RefundWork(
                database: DatabaseAccess(database), gateway: payments, world: world, ids: ids),
            reports: OutageReportWatch(
                database: DatabaseAccess(database), world: world,
                failed: { Issue.record("a report could not be completed: \($0)") }),
            attachments: attachments,
            attachmentSweep: AttachmentSweep(
                database: DatabaseAccess(database), store: attachments, world: world),
            events: ZaloEventWork(parts: parts, world: world, failed: told),
            sender: gateway.map { messageSender($0, parts, world, told) },
            // Ranges of two codes, so that every test crosses some.
            announcer: Announcer(
                database: parts.database, world: world, owner: ids.next(at: clock.now),
                tellsPeople: zalo != nil,
                rangeSize: 2, failed: told),
            templates: templates, webhooks: webhookSender(parts, told),
            imports: ImportWork(
                database: database, world: world, owner: ids.next(at: clock.now), failed: told))
    }

    private func messageSender(
        _ gateway: ZaloGateway, _ parts: Service.Parts, _ world: World,
        _ told: @escaping (String) -> Void
    ) -> MessageSender {
        MessageSender(
            MessageSender.Parts(
                database: parts.database, gateway: gateway, service: parts, world: world,
                failed: told),
            on: loop)
    }

    /// One that calls this machine, where the partners of tests are.
    private func webhookSender(
        _ parts: Service.Parts, _ told: @escaping (String) -> Void
    ) -> WebhookSender {
        var bounds = WebhookSender.bounds
        bounds.allowsPlainText = true
        bounds.refusesPrivateAddresses = false
        return WebhookSender(
            database: parts.database,
            world: World(now: { [clock] in clock.now }, randomBytes: World.real.randomBytes),
            ids: parts.ids, seal: parts.secretSeal, on: loop, bounds: bounds, failed: told)
    }

    private func zaloGateway(
        _ parts: Service.Parts, _ keys: [MasterKey], _ world: World,
        _ alarm: @escaping (String) -> Void
    ) throws -> ZaloGateway? {
        try zalo.map { settings in
            ZaloGateway(
                settings,
                ZaloGateway.Parts(
                    database: parts.database,
                    seal: try Seal(masterKeys: keys, purpose: .clientSecrets), world: world,
                    ids: parts.ids, alarm: alarm),
                on: loop)
        }
    }

    /// Where the documents of this service lie.
    let attachmentsFolder = "/tmp/customer-care-test-\(TestRequest.unique())"

    /// The paths of the documents that lie there, whole or in part.
    func attachmentFiles() async throws -> [String] { TestFiles.all(below: attachmentsFolder) }

    /// Looks through so many folders of documents, as the job does.
    func sweepAttachments(runs: Int) async throws {
        try await onLoop { [self] in
            for _ in 0..<runs { await place.value?.attachmentSweep.run() }
        }
    }

    /// What events and messages have failed with, and what a person was called for.
    private let failures = Mutex<[String]>([])
    var failureReasons: [String] { failures.withLock { $0 } }

    /// Works on what Zalo has told, as the job does.
    func workOnEvents() async throws {
        try await onLoop { [self] in await place.value?.events.run() }
    }

    /// Reads the approved texts of messages, as the job does every few seconds.
    func reloadTemplates() async throws {
        try await onLoop { [self] in await place.value?.templates.reload() }
    }

    /// Takes every step of imports that is due, as the job does.
    func workOnImports() async throws {
        try await onLoop { [self] in await place.value?.imports.run() }
    }

    /// Tells partners what is due, as the job does.
    func tellPartners() async throws {
        try await onLoop { [self] in await place.value?.webhooks.run() }
    }

    /// Announces what there is, as the job does.
    func announce() async throws {
        try await onLoop { [self] in await place.value?.announcer.run() }
    }

    /// Sends what is due, as the job does.
    func sendMessages() async throws {
        try await onLoop { [self] in await place.value?.sender?.run() }
    }

    /// Completes the reports whose outage is over, as the job does every few seconds.
    func watchOutageReports() async throws {
        try await onLoop { [self] in await place.value?.reports.run() }
    }

    /// Looks at the refunds that are due.
    func workOnRefunds() async throws {
        try await onLoop { [self] in await place.value?.refunds.run() }
    }

    /// Looks at the payments that are due, as the job does every few seconds.
    func watchPayments() async throws {
        try await onLoop { [self] in await place.value?.watch.run() }
    }

    private func stop() async {
        place.value?.payments.stop()
        place.value?.attachments.stop()
        place.value?.webhooks.stop()
        await place.value?.database.stop()
        place.value = nil
    }

    /// Where callers believe the service to be.
    static let authority = "care.example:8080"

    // MARK: Calling

    /// Hands the bytes of one request to the service, as a connection would, and takes its answer.
    func send(_ request: TestRequest) async throws -> TestAnswer {
        let bytes = request.bytes
        let answer = try await onLoop { [self] in
            guard let service = place.value?.service,
                case .complete(let parsed, let consumed) = RequestParser.parse(bytes)
            else { throw TestFailure("the request is no HTTP message") }
            var response: Response
            let body = Array(bytes[consumed...])
            switch service.bodyPlan(for: parsed) {
            case .buffered(let maximum) where body.count > maximum,
                .streamed(let maximum) where body.count > maximum:
                response = service.refusal(status: 413, of: parsed, isUnderWay: false)
            case .buffered:
                parsed.body = body
                response = await service.respond(to: parsed)
            case .streamed:
                let stream = BodyStream(wantsMore: {})
                stream.append(body)
                if request.breaksOff { stream.fail(.incomplete) } else { stream.finish() }
                parsed.stream = stream
                response = await service.respond(to: parsed)
            }
            // The body of an answer to HEAD stays with the connection.
            if parsed.method == .head { response.body = [] }
            return TestAnswer(response)
        }
        ExchangeRecording.shared?.record(request, answer)
        return answer
    }

    /// Signs as the shared client, sends, and takes the answer.
    func call(
        _ method: String, _ path: String, _ body: String? = nil,
        adjust: (inout TestRequest) -> Void = { _ in }
    ) async throws -> TestAnswer {
        try await call(as: database.client, method, path, body, adjust: adjust)
    }

    /// Signs as a client, sends, and takes the answer.
    func call(
        as client: TestClient, _ method: String, _ path: String, _ body: String? = nil,
        adjust: (inout TestRequest) -> Void = { _ in }
    ) async throws -> TestAnswer {
        var request = TestRequest(method, path, body)
        adjust(&request)
        try request.sign(as: client, at: clock.now)
        return try await send(request)
    }

    /// Makes so many calls at once and gives their answers, in the order in which they came.
    func atOnce(
        _ count: Int, _ call: @escaping @Sendable (Int) async throws -> TestAnswer
    ) async throws -> [TestAnswer] {
        try await withThrowingTaskGroup(of: TestAnswer.self) { group in
            for number in 0..<count { group.addTask { try await call(number) } }
            var answers: [TestAnswer] = []
            for try await answer in group { answers.append(answer) }
            return answers
        }
    }

    /// Sends without a signature.
    func callUnsigned(
        _ method: String, _ path: String, _ body: String? = nil
    ) async throws -> TestAnswer {
        try await send(TestRequest(method, path, body))
    }

    /// Writes what was noted for the audit, as the job does every second.
    func flushAudit() async throws {
        try await onLoop { [self] in await place.value?.readAudit.flush() }
    }

    /// Looks for a new version of the tariffs, as the job does every few seconds; true when there
    /// was one.
    func reloadTariffs() async throws -> Bool {
        try await onLoop { [self] in try await place.value?.tariffs.reload() ?? false }
    }

    /// Reads the clients anew, as the job does every few seconds.
    func reloadClients() async throws {
        try await onLoop { [self] in try await place.value?.clients.reload() }
    }

    /// Runs something with the service's links to the database.
    func withDatabase(
        _ body: @escaping @Sendable (Database) async throws -> Void
    ) async throws {
        try await onLoop { [self] in
            guard let database = place.value?.database else {
                throw TestFailure("the service has stopped")
            }
            try await body(database)
        }
    }

    /// Runs something on the service's loop.
    @discardableResult
    func onLoop<Answer: Sendable>(
        _ body: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        let loop = loop
        let result: Result<Answer, any Error> = await withCheckedContinuation { continuation in
            loop.execute {
                loop.start {
                    do {
                        continuation.resume(returning: .success(try await body()))
                    } catch {
                        continuation.resume(returning: .failure(error))
                    }
                }
            }
        }
        return try result.get()
    }
}

/// Something in the fixture that cannot be.
struct TestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A bounded number of places; those who find none wait in a line.
actor TestSlots {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(count: Int) {
        free = count
    }

    func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func giveBack() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}
