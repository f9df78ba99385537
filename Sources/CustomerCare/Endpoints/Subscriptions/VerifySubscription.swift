import Electricity
import JSON
import Postgres
import Signing

/// Verifies a subscription by one thing the customer knows (Xác nhận thông tin).
///
/// Every attempt is counted in a committed transaction before the value is compared, and a right
/// one is taken off again: whatever is cut off in between, nobody gets a free guess.
struct VerifySubscription: Endpoint {
    static let route = Route.post(
        "/v1/accounts/{account}/subscriptions/{subscription}/verification")

    let account: UUID
    let subscription: UUID
    let claim: VerificationClaim

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
        subscription = try arguments.id("subscription")
        claim = try VerificationClaim(body)
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let found = try await context.database.queryOne(
            VerifySubscription.find, .uuid(account), .uuid(subscription),
            .timestamp(context.now))
        guard let found else { throw Problem(.notFound) }
        context.customerCode = found.customerCode
        if found.state == .active {
            // Nothing to verify and nothing counted; the signature is used up all the same.
            try await context.write { (_) async throws(Problem) in }
            return try await Subscription.answer(found, account: account, context: context)
        }
        let left = try await AttemptCounter.count(found.customerCode, account, context)
        let evidence = try await context.database.queryOne(
            VerifySubscription.evidence, .text(found.customerCode.text),
            .text(claim.invoiceId), .month(context.today.month.advanced(byMonths: -12)))
        guard claim.isProved(by: evidence, context.personalData), let evidence else {
            // Nobody is told at once who has guessed wrong; the fifth time is no mistake.
            if left == 0 { try await warn(found.customerCode, context) }
            throw failed(left)
        }
        if evidence.contractStatus == .ended {
            try await forgive(found.customerCode, context)
            throw Problem(.contractEnded)
        }
        if evidence.periodsPerMonth > 1 {
            try await forgive(found.customerCode, context)
            throw Problem(.customerNotEligible)
        }
        let active = try await activate(found.customerCode, evidence, left, context)
        return .object { active.write(to: &$0, attempts: nil) }
    }

    private func failed(_ attemptsLeft: Int) -> Problem {
        var problem = Problem(.verificationFailed)
        problem.attemptsLeft = attemptsLeft
        problem.detail = Wording(
            "Thông tin không khớp. Bạn còn \(attemptsLeft) lần thử.",
            "The value does not match. Attempts left: \(attemptsLeft).")
        return problem
    }

    /// Makes the subscription active on both sides of the edge.
    private func activate(
        _ code: CustomerCode, _ evidence: VerificationEvidence, _ attemptsLeft: Int,
        _ context: Context
    ) async throws(Problem) -> Subscription {
        try await context.write { (transaction) async throws(Problem) -> Subscription in
            try await LockedAccount.lock(account, in: transaction)
            let active = try await transaction.queryOne(
                VerifySubscription.statement, .uuid(account), .uuid(subscription),
                .text(claim.method.assurance.rawValue), .timestamp(context.now))
            guard let active else { throw Problem(.notFound) }
            let followed = try await transaction.run(
                VerifySubscription.follow, .text(code.text), .uuid(account), .uuid(subscription),
                .text(claim.method.assurance.rawValue), .timestamp(context.now),
                .texts(active.mutedTopics), .bytes(evidence.holderNameIndex),
                .bytes(evidence.nationalIdIndex))
            // The contract has got another holder since the value was compared.
            guard followed == 1 else { throw failed(attemptsLeft) }
            try await AttemptCounter.forgive(code, account, in: transaction)
            try await context.audit(
                .verificationSucceeded, account: account, code: code, in: transaction)
            let welcome = OutgoingMessage(
                .welcome, to: .account(account), about: code.text,
                event: subscription.description
            ) { $0.field("customerCode", code.text) }
            try await welcome.queue(at: context.now, in: transaction)
            return active
        }
    }

    /// Tells those who know the customer well that somebody does not, once a day.
    private func warn(_ code: CustomerCode, _ context: Context) async throws(Problem) {
        try await context.write { (transaction) async throws(Problem) in
            try await transaction.queue(
                VerifySubscription.warnFollowers, .text(code.text),
                .text(MessageTopic.verificationWarning.rawValue),
                .text("\(code.text)/\(context.today)"), .timestamp(context.now), .uuid(account))
        }
    }

    private func forgive(_ code: CustomerCode, _ context: Context) async throws(Problem) {
        try await context.write { (transaction) async throws(Problem) in
            try await AttemptCounter.forgive(code, account, in: transaction)
        }
    }

    static let find = Statement<Subscription>(
        "verify_subscription_find",
        """
        -- The subscription, unless it has expired.
        select subscription_id, customer_code, state, assurance, alias, muted_topics,
            expires_at, created_at
        from subscriptions
        where account_id = $1 and subscription_id = $2
            and (expires_at is null or expires_at > $3)
        """)

    static let evidence = Statement<VerificationEvidence>(
        "verify_subscription_evidence",
        """
        -- What the customer of a code may be known by; $2 is an invoice id or null, $3 the
        -- first month whose invoices may count: those of the newest twelve do.
        select c.holder_name_index, c.phone_index, c.national_id_index, c.periods_per_month,
            c.contract_status,
            exists (
                select from bills b
                where b.customer_code = $1 and b.month >= $3 and b.invoice_id = $2
                    and b.month > (
                        select max(n.month) - interval '1 year'
                        from bills n
                        where n.customer_code = $1 and n.month >= $3
                    )
            ) as has_invoice
        from customers c
        where c.customer_code = $1
        """)

    static let statement = Statement<Subscription>(
        "verify_subscription",
        """
        -- The subscription, now active; an expired one stays as it is.
        update subscriptions
        set state = 'active', assurance = $3, verified_at = $4, expires_at = null
        where account_id = $1 and subscription_id = $2
            and (expires_at is null or expires_at > $4)
        returning subscription_id, customer_code, state, assurance, alias, muted_topics,
            expires_at, created_at
        """)

    static let follow = Command(
        "verify_subscription_follow",
        """
        -- The same edge by customer code, where look-ups begin; nothing when the contract has got
        -- another holder than the one of $7 and $8 meanwhile.
        insert into followers (customer_code, account_id, subscription_id, assurance, followed_at,
            muted_topics)
        select $1, $2, $3, $4, $5, $6
        from customers c
        where c.customer_code = $1 and c.holder_name_index = $7
            and c.national_id_index is not distinct from $8
        for share of c
        on conflict (customer_code, account_id) do update
        set subscription_id = excluded.subscription_id, assurance = excluded.assurance,
            followed_at = excluded.followed_at, muted_topics = excluded.muted_topics
        """)

    static let warnFollowers = Command(
        "verify_subscription_warn_followers",
        """
        -- One message for each follower of code $1 that is verified by more than a name, and is
        -- not account $5 itself.
        insert into outbox (slot, message_id, account_id, topic, customer_code, parameters, state,
            due_at, attempts, created_at)
        select slot_of(f.account_id), message_id_of($2::text || '/' || f.account_id || '/' || $3),
            f.account_id, $2, f.customer_code, '{}', 'waiting', $4, 0, $4
        from followers f
        where f.customer_code = $1 and f.assurance = 'standard' and f.account_id <> $5
        on conflict do nothing
        """)
}
