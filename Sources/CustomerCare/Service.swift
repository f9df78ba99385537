import Electricity
package import HTTP
import JSON
import Postgres
import Reactor
import Signing

/// The product on one loop: takes a request to its operation and the answer back.
///
/// The order of the checks is that of the contract: path 404, method 405, signature 401, scope
/// 403, rate 429, media type 415, Idempotency-Key 400, JSON 400, values 422; then the operation.
package final class Service: Application {
    /// What the operations of a loop share.
    struct Parts {
        let database: DatabaseAccess<Problem>
        let personalData: PersonalData
        let guides: GuideBook
        let tariffs: TariffRegistry
        let templates: MessageTemplates
        let payments: PaymentGateway
        let attachments: AttachmentStore?
        let zalo: ZaloSettings?
        let authenticity: MessageAuthenticity
        /// Seals the secrets of partners.
        let secretSeal: Seal
        let readAudit: ReadAudit
        let ids: IDSource
    }

    /// An operation with what is asked of it at every request.
    private struct Operation {
        let endpoint: any Endpoint.Type
        let id: String
        let route: Route

        init(_ endpoint: any Endpoint.Type) {
            self.endpoint = endpoint
            id = endpoint.operationId
            route = endpoint.route
        }
    }

    private let world: World
    private let parts: Parts
    private let authenticator: Authenticator
    private let limiter: RateLimiter
    private let observer: Observer
    private let router: Router<Operation>

    init(
        world: World, parts: Parts, authenticator: Authenticator, limiter: RateLimiter,
        observer: Observer
    ) {
        self.world = world
        self.parts = parts
        self.authenticator = authenticator
        self.limiter = limiter
        self.observer = observer
        var router = Router<Operation>()
        for endpoint in Routes.all { router.add(Operation(endpoint), at: endpoint.route) }
        self.router = router
    }

    package func bodyPlan(for request: Request) -> BodyPlan {
        if request.hasBody,
            case .found(let operation, _) = router.match(request.method, request.target.path),
            let streaming = operation.route.streaming
        {
            return .streamed(maximumBytes: streaming.maximumBytes)
        }
        return .buffered(maximumBytes: Limits.bufferedBodyBytes)
    }

    package func refusal(status: Int, of request: Request?, isUnderWay: Bool) -> Response {
        observer.observe(.requestRefused(status: status))
        let now = world.now()
        let id = parts.ids.next(at: now)
        var problem = Problem(Problem.Code(status: status))
        if let request, isUnderWay {
            // A write that was cut off by its deadline may still be carried out.
            let isRead = request.method == .get || request.method == .head
            if problem.code == .unavailable, !isRead { problem = Problem(.outcomeUnknown) }
        } else if let request, problem.code == .contentTooLarge {
            // Only who may send a body here is told how large it may be.
            let exchange = Exchange(request: request, now: now, requestId: id)
            if let earlier = earlierProblem(of: exchange) {
                note(earlier, exchange)
                problem = earlier
            }
        }
        return ResponseComposer.response(
            to: problem, requestId: id.description,
            language: Language(accepting: request?.fields.combined("accept-language")))
    }

    /// Why this caller may not use an operation that is there, by the head alone.
    ///
    /// Where none is there, the size of the body is the first thing that is wrong.
    private func earlierProblem(of exchange: Exchange) -> Problem? {
        let request = exchange.request
        guard case .found(let operation, _) = router.match(request.method, request.target.path)
        else { return nil }
        do {
            try admit(exchange, to: operation.route, bodyIsUnread: true)
            return nil
        } catch {
            return error
        }
    }

    package func respond(to request: Request) async -> Response {
        let start = MonotonicInstant.now
        let now = world.now()
        let exchange = Exchange(
            request: request, now: now, requestId: parts.ids.next(at: now))
        let response: Response
        do {
            response = try await answer(exchange)
        } catch {
            note(error, exchange)
            response = ResponseComposer.response(
                to: error, requestId: exchange.requestId.description,
                language: exchange.language, quota: exchange.quota)
        }
        observer.requestAnswered(
            operation: exchange.operation, method: request.method?.rawValue ?? "-",
            status: response.status, nanoseconds: MonotonicInstant.now.nanoseconds(since: start),
            requestId: exchange.requestId.description, traceId: exchange.traceId,
            clientName: exchange.client?.name, customerCode: exchange.context?.customerCode,
            bytes: response.body.count)
        return response
    }

    /// What becomes known of one request on its way.
    private final class Exchange {
        let request: Request
        let now: Instant
        let requestId: UUID
        lazy var language = Language(accepting: request.fields.combined("accept-language"))
        lazy var traceId = TraceParent.traceId(request.fields.only("traceparent"))
        var operation = "-"
        var client: Client?
        var nonce: SignedNonce?
        var quota: RateLimiter.Quota?
        var context: Context?

        init(request: Request, now: Instant, requestId: UUID) {
            self.request = request
            self.now = now
            self.requestId = requestId
        }
    }

    // MARK: The stages of a request

    private func answer(_ exchange: Exchange) async throws(Problem) -> Response {
        let request = exchange.request
        if request.target.isAsterisk {
            return ResponseComposer.options(
                "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS", exchange.requestId)
        }
        if request.method == .options,
            case .methodNotAllowed(let allowed) = router.match(request.method, request.target.path)
        {
            return ResponseComposer.options(allowed, exchange.requestId)
        }
        let (operation, path) = try find(request)
        exchange.operation = operation.id
        try admit(exchange, to: operation.route, bodyIsUnread: request.stream != nil)
        return try await run(operation, path: path, exchange)
    }

    /// The operation of a path and method, or 404, 405, 501.
    private func find(
        _ request: Request
    ) throws(Problem) -> (Operation, path: [(name: String, value: String)]) {
        switch router.match(request.method, request.target.path) {
        case .notFound:
            throw Problem(.notFound)
        case .methodNotAllowed(let allowed):
            var problem = Problem(request.method == nil ? .notImplemented : .methodNotAllowed)
            problem.allowedMethods = allowed
            throw problem
        case .found(let operation, let path):
            return (operation, path)
        }
    }

    /// Finds out who asks, and whether they may ask this and now.
    private func admit(
        _ exchange: Exchange, to route: Route, bodyIsUnread: Bool = false
    ) throws(Problem) {
        guard case .clients(let scope) = route.access else {
            if route.isCounted { try admit(limiter.countPublic(now: exchange.now), exchange) }
            return
        }
        let (client, nonce) = try authenticator.authenticate(
            exchange.request, now: exchange.now, bodyIsUnread: bodyIsUnread)
        exchange.client = client
        exchange.nonce = nonce
        guard client.scopes.contains(scope) else { throw Problem(.forbidden) }
        try admit(limiter.count(client, now: exchange.now), exchange)
    }

    private func admit(
        _ quota: RateLimiter.Quota?, _ exchange: Exchange
    ) throws(Problem) {
        exchange.quota = quota
        if let quota, quota.isExceeded {
            var problem = Problem(.rateLimited)
            problem.retryAfterSeconds = quota.resetSeconds
            throw problem
        }
    }

    private func run(
        _ operation: Operation, path: [(name: String, value: String)], _ exchange: Exchange
    ) async throws(Problem) -> Response {
        let request = exchange.request
        let route = operation.route
        if route.hasBody { try MediaType.requireJSON(request) }
        let stream = try incomingBody(of: request, route)
        let idempotency = route.needsIdempotencyKey ? try IdempotencyKey(request) : nil
        guard let query = Percent.decodeQuery(request.target.query) else {
            throw Problem(.badRequest)
        }
        let body = route.hasBody ? try Service.json(request.body) : .null
        let arguments = Arguments(
            path: path, query: query, rawQuery: request.target.query ?? [], rawBody: request.body,
            zaloSignature: request.fields.only("x-zevent-signature"))
        let call = try operation.endpoint.init(arguments, body: body)
        let context = Context(
            now: exchange.now, requestId: exchange.requestId, language: exchange.language,
            client: exchange.client, nonce: exchange.nonce, idempotency: idempotency,
            ifMatch: request.fields.combined("if-match"), body: stream, parts: parts)
        exchange.context = context
        let answer = try await call.respond(in: context)
        return ResponseComposer.response(
            to: answer, route: route, request: request, requestId: exchange.requestId,
            quota: exchange.quota)
    }

    /// The body that the operation takes itself; nil where it is JSON, or none.
    private func incomingBody(
        of request: Request, _ route: Route
    ) throws(Problem) -> IncomingBody? {
        guard let streaming = route.streaming else { return nil }
        let (mediaType, isGzip) = try MediaType.require(streaming, request)
        // Announced as nothing: nothing may be signed either, and there is nothing to take.
        guard let stream = request.stream else { return nil }
        let digest = request.fields.combined("content-digest")
        return try IncomingBody(stream, mediaType: mediaType, isGzip: isGzip, digest: digest)
    }

    private static func json(_ bytes: [UInt8]) throws(Problem) -> JSONDocument {
        do {
            return try JSONDocument(bytes)
        } catch {
            var problem = Problem(.invalidJSON)
            let place = "\(error.line):\(error.column)"
            problem.detail = Wording(
                "JSON không hợp lệ (dòng:cột \(place)).",
                "Invalid JSON at line:column \(place): \(error.reason.rawValue).")
            throw problem
        }
    }

    /// Tells the log what the client is not told.
    private func note(_ problem: Problem, _ exchange: Exchange) {
        let requestId = exchange.requestId.description
        switch problem.code {
        case .unauthenticated:
            observer.observe(
                .signatureRefused(
                    reason: problem.reason ?? "-",
                    keyId: problem.keyId ?? exchange.nonce?.keyId ?? "-",
                    requestId: requestId))
        case .rateLimited:
            observer.observe(
                .rateLimitReached(
                    client: exchange.client?.name ?? "-", operation: exchange.operation))
        case .internalError, .unavailable, .outcomeUnknown:
            observer.observe(
                .requestFailed(
                    operation: exchange.operation, requestId: requestId,
                    reason: problem.reason ?? problem.code.rawValue))
        default:
            break
        }
    }
}

/// The W3C Trace Context header; an invalid one is as good as none.
enum TraceParent {
    /// The trace id of `00-<32 hex>-<16 hex>-<2 hex>`; a later version may say more behind it.
    static func traceId(_ header: [UInt8]?) -> String? {
        guard let header else { return nil }
        let fields = header.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard fields.count >= 4, fields.prefix(4).map(\.count) == [2, 32, 16, 2],
            fields.prefix(4).joined().allSatisfy(isDigit),
            !fields[0].elementsEqual("ff".utf8),
            fields.count == 4 || !fields[0].elementsEqual("00".utf8),
            fields[1].contains(where: isSet), fields[2].contains(where: isSet)
        else { return nil }
        return String(validating: fields[1], as: UTF8.self)
    }

    /// Hexadecimal, lower case only.
    private static func isDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }

    private static func isSet(_ byte: UInt8) -> Bool { byte != UInt8(ascii: "0") }
}
