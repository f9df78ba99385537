import Electricity
import JSON
import Postgres

/// Follows up to ten customer codes at once, to be verified next (Đăng ký / Thêm mã KH).
struct AddSubscriptions: Endpoint {
    static let route = Route.post("/v1/accounts/{account}/subscriptions").withIdempotencyKey()

    /// Live subscriptions of one account, pending ones included.
    static let limit = 10
    /// Seconds in which a pending subscription must be verified: 15 minutes.
    static let pendingSeconds: Int64 = 900

    let account: UUID
    /// In the order asked, each once.
    let codes: [CustomerCode]
    let declarationTextVersion: String

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
        let faults = JSONFaults()
        let object = JSONObject(root: body, faults: faults)
        let texts = object?.strings("customerCodes", count: 1...10, length: 0...64) ?? []
        let declaration = object?.object("declaration")
        let isConfirmed = declaration?.boolean("confirmed")
        let textVersion = declaration.flatMap { TextVersion.read($0) }
        var codes: [CustomerCode] = []
        var malformed: [Problem.FieldError] = []
        for (index, text) in texts.enumerated() {
            guard let text else { continue }
            guard let code = CustomerCode(typed: text) else {
                malformed.append(AddSubscriptions.malformed(index))
                continue
            }
            if !codes.contains(code) { codes.append(code) }
        }
        var problem = Problem(faults)
        if !malformed.isEmpty {
            problem = Problem(invalid: (problem?.errors ?? []) + malformed)
        }
        if let problem { throw problem }
        guard isConfirmed == true else { throw Problem(.declarationNotConfirmed) }
        self.codes = codes
        declarationTextVersion = textVersion ?? ""
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        // Read outside of the transaction: a count that grows meanwhile is told a moment late.
        let attempts = try await Attempts.find(codes, account: account, context: context)
        return try await context.writeOnce(AddSubscriptions.operationId, account: account) {
            (transaction) async throws(Problem) -> Answer in
            let subscriptions = try await add(in: transaction, context: context)
            return .object(status: 202, reserving: 2_048) { json in
                json.list("items") { json in
                    for code in codes {
                        guard let subscription = subscriptions[code] else { continue }
                        json.element { json in
                            subscription.write(to: &json, attempts: attempts[code])
                        }
                    }
                }
            }
        }
    }

    /// Adds what is missing, all or nothing, under the lock of the account: of many at once only
    /// as many win as there is room for.
    private func add(
        in transaction: Transaction<Problem>, context: Context
    ) async throws(Problem) -> [CustomerCode: Subscription] {
        try await LockedAccount.lock(account, in: transaction)
        try await transaction.queue(
            AddSubscriptions.expire, .uuid(account), .timestamp(context.now))
        let live = try await transaction.query(AddSubscriptions.live, .uuid(account))
        var byCode = Dictionary(live.map { ($0.customerCode, $0) }) { first, _ in first }
        let missing = codes.filter { byCode[$0] == nil }
        if live.count + missing.count > AddSubscriptions.limit {
            var problem = Problem(.subscriptionLimitReached)
            problem.subscriptions = (AddSubscriptions.limit, live.count)
            throw problem
        }
        if missing.isEmpty { return byCode }
        let added = try await transaction.query(
            AddSubscriptions.statement, .uuid(account),
            .uuids(missing.map { _ in context.newId() }), .texts(missing.map(\.text)),
            .timestamp(context.now), .text(declarationTextVersion),
            .timestamp(context.now.advanced(bySeconds: AddSubscriptions.pendingSeconds)))
        for subscription in added {
            byCode[subscription.customerCode] = subscription
            try await context.audit(
                .subscriptionAdded, account: account, code: subscription.customerCode,
                in: transaction)
        }
        return byCode
    }

    private static func malformed(_ index: Int) -> Problem.FieldError {
        Problem.FieldError(
            place: .pointer("#/customerCodes/\(index)"), code: JSONFault.Code.wrongFormat.rawValue,
            detail: Arguments.codeWording)
    }

    static let expire = Command(
        "add_subscriptions_expire",
        """
        -- What was not verified in time makes room.
        delete from subscriptions
        where account_id = $1 and state = 'pending' and expires_at <= $2
        """)

    static let live = Statement<Subscription>(
        "add_subscriptions_live",
        """
        -- One row per live subscription of the account.
        select subscription_id, customer_code, state, assurance, alias, muted_topics,
            expires_at, created_at
        from subscriptions
        where account_id = $1
        """)

    static let statement = Statement<Subscription>(
        "add_subscriptions",
        """
        -- One pending subscription per code of $3, with the declaration that came with it.
        insert into subscriptions (account_id, subscription_id, customer_code, state,
            declared_at, declaration_text_version, expires_at, created_at)
        select $1, subscription_id, customer_code, 'pending', $4, $5, $6, $4
        from unnest($2::uuid[], $3::text[]) as added (subscription_id, customer_code)
        returning subscription_id, customer_code, state, assurance, alias, muted_topics,
            expires_at, created_at
        """)
}
