import Electricity
import JSON
import Postgres

/// Gives a subscription a name of the user's own, or takes it away; says what they do not want to
/// be told about the code.
struct UpdateSubscription: Endpoint {
    static let route = Route.patch("/v1/accounts/{account}/subscriptions/{subscription}")

    let account: UUID
    let subscription: UUID
    /// Whether the request speaks of the alias at all.
    let changesAlias: Bool
    /// nil takes the alias away.
    let alias: String?
    /// The topics that are not wanted; nil leaves them as they are.
    let mutedTopics: [String]?

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
        subscription = try arguments.id("subscription")
        let faults = JSONFaults()
        let object = JSONObject(root: body, faults: faults)
        changesAlias = object?.has("alias") ?? false
        var alias = object?.optionalString("alias", length: 1...50)
        if let typed = alias {
            alias = PersonalText.accepted(typed, maximumScalars: 50)
            if alias == nil { object?.fault("alias", .wrongFormat) }
        }
        self.alias = alias
        mutedTopics = object.flatMap(UpdateSubscription.topics)
        if let problem = Problem(faults) { throw problem }
    }

    /// The topics of the body, each once; nil when it speaks of none.
    private static func topics(_ object: JSONObject) -> [String]? {
        guard object.has("mutedTopics") else { return nil }
        let chosen = MessageTopic.chosen.map(\.rawValue)
        let words = object.words("mutedTopics", atMost: 50, among: chosen)
        return words.map { words in chosen.filter(words.contains) }
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let updated = try await context.write {
            (transaction) async throws(Problem) -> Subscription in
            let updated = try await transaction.queryOne(
                UpdateSubscription.statement, .uuid(account), .uuid(subscription),
                .bool(changesAlias), .text(alias), .timestamp(context.now),
                .bool(mutedTopics != nil), .texts(mutedTopics ?? []))
            guard let updated else { throw Problem(.notFound) }
            if mutedTopics != nil, updated.state == .active {
                try await transaction.queue(
                    UpdateSubscription.mute, .text(updated.customerCode.text), .uuid(account),
                    .texts(updated.mutedTopics))
            }
            if changesAlias {
                try await context.audit(
                    .subscriptionRenamed, account: account, code: updated.customerCode,
                    in: transaction)
            }
            return updated
        }
        return try await Subscription.answer(updated, account: account, context: context)
    }

    static let statement = Statement<Subscription>(
        "update_subscription",
        """
        -- The subscription with its new alias if $3, and its new topics if $6.
        update subscriptions
        set alias = case when $3 then $4 else alias end,
            muted_topics = case when $6 then $7 else muted_topics end
        where account_id = $1 and subscription_id = $2
            and (expires_at is null or expires_at > $5)
        returning subscription_id, customer_code, state, assurance, alias, muted_topics,
            expires_at, created_at
        """)

    static let mute = Command(
        "update_subscription_mute",
        """
        -- The same on the other side of the edge, where announcements begin.
        update followers set muted_topics = $3 where customer_code = $1 and account_id = $2
        """)
}
