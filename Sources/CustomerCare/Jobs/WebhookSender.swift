import Electricity
import HTTPClient
import JSON
import Postgres
import Reactor
import Signing

/// Tells partners' systems what has happened.
///
/// One of all instances does it at a time, under a lease, and takes a few of each webhook in turn:
/// a partner whose system is slow or down holds up no other. An event may be told twice, under the
/// same id, by which the partner knows.
final class WebhookSender {
    /// Deliveries of one webhook in a round, rounds of a run, and how many are under way.
    private static let share: Int64 = 4
    private static let rounds = 20
    private static let width = 8
    /// Longer than a round takes: every call of one webhook may run into its time.
    private static let leaseSeconds: Int64 = 180
    /// Seconds until a delivery is given up: three days.
    private static let worthSeconds: Int64 = 259_200
    /// The first and the longest pause between two attempts, in seconds.
    private static let firstPause: Int64 = 5
    private static let longestPause: Int64 = 28_800
    /// The status by which a partner says that nobody is there any more.
    private static let gone = 410

    private let database: DatabaseAccess<Problem>
    private let world: World
    private let ids: IDSource
    private let seal: Seal
    private let bounds: HTTPCaller.Bounds
    /// Made for the first delivery: most instances have none.
    private var caller: HTTPCaller?
    private var isStopped = false
    private let lease: Lease
    private let loop: EventLoop
    /// Told why something could not be looked at.
    private let failed: (String) -> Void

    /// Calls only public addresses, by TLS; tests give other bounds.
    init(
        database: DatabaseAccess<Problem>, world: World, ids: IDSource, seal: Seal,
        on loop: EventLoop, bounds: HTTPCaller.Bounds = WebhookSender.bounds,
        failed: @escaping (String) -> Void
    ) {
        self.database = database
        self.world = world
        self.ids = ids
        self.seal = seal
        self.loop = loop
        self.failed = failed
        self.bounds = bounds
        lease = Lease(
            name: "webhooks", owner: ids.next(at: world.now()),
            seconds: WebhookSender.leaseSeconds)
    }

    /// What is called in earnest: addresses that others have named.
    static var bounds: HTTPCaller.Bounds {
        var bounds = HTTPCaller.Bounds()
        bounds.totalMilliseconds = 15_000
        bounds.replyBytes = 65_536
        bounds.refusesPrivateAddresses = true
        return bounds
    }

    /// Breaks off what is under way.
    func stop() {
        isStopped = true
        caller?.stop()
    }

    /// Tells what is due, until nothing is left, the bound is reached or another does it.
    @discardableResult
    func run() async -> Bool {
        do throws(Problem) {
            // A look costs nothing, a lease a commit.
            guard try await hasWork() else { return true }
            guard try await lease.take(at: world.now(), on: database) else { return true }
            for _ in 0..<WebhookSender.rounds {
                let due = try await database.query(
                    WebhookSender.due, .timestamp(world.now()), .int64(WebhookSender.share))
                if due.isEmpty { break }
                await tell(due)
                guard try await lease.extend(at: world.now(), on: database) else { return true }
            }
            try await lease.release(on: database)
            return true
        } catch {
            // Away or busy: what is due stays due, and the lease runs out.
            failed(error.reason ?? error.code.rawValue)
            return false
        }
    }

    private func hasWork() async throws(Problem) -> Bool {
        try await !database.query(WebhookSender.due, .timestamp(world.now()), .int64(1)).isEmpty
    }

    private func transaction<Result>(
        _ body: (Transaction<Problem>) async throws(Problem) -> Result
    ) async throws(Problem) -> Result {
        try await database.transaction {
            (transaction: Transaction<Problem>) async throws(Problem) -> Result in
            try await body(transaction)
        }
    }

    /// Tells a round of deliveries, several at a time.
    private func tell(_ deliveries: [Due]) async {
        var rest = deliveries[...]
        let ends = (0..<WebhookSender.width).map { _ in Promise<Void>() }
        for end in ends {
            loop.start { [self] in
                while let delivery = rest.popFirst() { await tell(delivery) }
                end.keep(())
            }
        }
        for end in ends { await end.value() }
    }

    private func tell(_ delivery: Due) async {
        let now = world.now()
        do throws(Problem) {
            let outcome = await send(delivery, at: now)
            try await note(delivery, outcome, at: now)
        } catch {
            // It stays due, and is told again under the same id.
            failed(error.reason ?? error.code.rawValue)
        }
    }

    /// What came of an attempt.
    private enum Outcome {
        case answered(status: Int, retryAfterSeconds: Int)
        case failed(String)
    }

    private func send(_ delivery: Due, at now: Instant) async -> Outcome {
        let secrets: [[UInt8]]
        do {
            let place = Webhook.context(delivery.clientId, delivery.name)
            secrets = try delivery.secrets(at: now).map { sealed throws(SigningError) in
                try seal.open(sealed, context: place)
            }
        } catch {
            return .failed("the secret cannot be opened: \(error)")
        }
        let id = delivery.deliveryId.description
        var request = OutgoingRequest.post(delivery.url, json: delivery.payload)
        request.fields += [
            ("webhook-id", id), ("webhook-timestamp", "\(now.secondsSince1970)"),
            (
                "webhook-signature",
                WebhookSignature.header(
                    id: id, timestamp: now.secondsSince1970, body: delivery.payload,
                    secrets: secrets)
            ),
        ]
        if isStopped { return .failed("\(CallFault.stopped)") }
        do {
            let caller = self.caller ?? HTTPCaller(on: loop, bounds: bounds)
            self.caller = caller
            let reply = try await caller.send(request)
            return .answered(status: reply.status, retryAfterSeconds: reply.retryAfterSeconds)
        } catch {
            return .failed("\(error)")
        }
    }

    private func note(_ delivery: Due, _ outcome: Outcome, at now: Instant) async throws(Problem) {
        var status: Int?
        var fault: String?
        var next = now.advanced(bySeconds: pause(after: delivery.attempts))
        switch outcome {
        case .answered(let code, let seconds):
            status = code
            if !(200..<300).contains(code) { fault = "status \(code)" }
            if seconds > 0 {
                next = now.advanced(
                    bySeconds: min(Int64(seconds), WebhookSender.longestPause))
            }
        case .failed(let reason): fault = reason
        }
        let isOver = delivery.createdAt.advanced(bySeconds: WebhookSender.worthSeconds) <= next
        let isGone = status == WebhookSender.gone
        let state = fault == nil ? "delivered" : isOver || isGone ? "failed" : "waiting"
        try await transaction { (transaction) async throws(Problem) in
            try await transaction.queue(
                WebhookSender.noteAttempt, .uuid(delivery.clientId), .uuid(delivery.deliveryId),
                .text(state), .timestamp(next), .int32(status.map { Int32($0) }), .text(fault),
                .timestamp(state == "waiting" ? nil : now))
            if isGone {
                try await transaction.queue(
                    WebhookSender.disable, .uuid(delivery.clientId), .text(delivery.name),
                    .timestamp(now))
            }
        }
    }

    /// Any time of the second half of a bound that doubles.
    private func pause(after attempts: Int32) -> Int64 {
        let bound = min(
            WebhookSender.firstPause << Int64(min(attempts, 20)), WebhookSender.longestPause)
        return 1 + bound / 2 + Int64(ids.bits() % UInt64(bound / 2 + 1))
    }

    // MARK: What the database says

    /// A delivery that is due, with where it goes.
    struct Due: Row {
        static let columns = [
            "client_id", "delivery_id", "name", "payload", "attempts", "created_at", "url",
            "sealed_secret", "sealed_former_secret", "former_secret_until",
        ]
        let clientId: UUID
        let deliveryId: UUID
        let name: String
        let payload: [UInt8]
        let attempts: Int32
        let createdAt: Instant
        let url: String
        private let sealedSecret: [UInt8]
        private let sealedFormerSecret: [UInt8]?
        private let formerSecretUntil: Instant?

        init(_ row: inout RowDecoder) throws(RowError) {
            clientId = try row.uuid()
            deliveryId = try row.uuid()
            name = try row.string()
            payload = try row.utf8()
            attempts = try row.int32()
            createdAt = try row.instant()
            url = try row.string()
            sealedSecret = try row.bytes()
            sealedFormerSecret = try row.optionalBytes()
            formerSecretUntil = try row.optionalInstant()
        }

        /// The sealed secrets that sign now, the newest first.
        func secrets(at now: Instant) -> [[UInt8]] {
            guard let former = sealedFormerSecret, let until = formerSecretUntil, now < until
            else { return [sealedSecret] }
            return [sealedSecret, former]
        }
    }

    static let due = Statement<Due>(
        "webhook_sender_due",
        """
        -- Of each webhook that is switched on, up to $2 deliveries that are due at $1.
        select w.client_id, d.delivery_id, w.name, d.payload, d.attempts::integer as attempts,
            d.created_at, w.url, w.sealed_secret, w.sealed_former_secret, w.former_secret_until
        from webhooks w
        cross join lateral (
            select delivery_id, payload, attempts, created_at
            from webhook_deliveries
            where client_id = w.client_id and name = w.name and state = 'waiting'
                and due_at <= $1
            order by due_at limit $2
        ) d
        where w.disabled_at is null
        """)

    static let noteAttempt = Command(
        "webhook_sender_note_attempt",
        """
        -- What came of an attempt.
        update webhook_deliveries
        set state = $3, due_at = $4, attempts = attempts + 1, status_code = $5, fault = $6,
            ended_at = $7
        where client_id = $1 and delivery_id = $2 and state = 'waiting'
        """)

    static let disable = Command(
        "webhook_sender_disable",
        """
        -- Nobody is there any more.
        update webhooks set disabled_at = $3 where client_id = $1 and name = $2
        """)
}
