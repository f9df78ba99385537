import Electricity
import JSON
import Postgres

/// An account follows a customer code (quan tâm mã KH).
///
/// Not the supply contract.
struct Subscription: Row {
    /// Whether the subscription is verified; only an active one shows data.
    enum State: String, Sendable {
        /// To be verified, within 15 minutes.
        case pending
        case active
        /// The contract holder has changed: no data until it is verified again.
        case reverificationRequired = "reverification_required"
    }

    static let columns = [
        "subscription_id", "customer_code", "state", "assurance", "alias", "muted_topics",
        "expires_at", "created_at",
    ]

    let subscriptionId: UUID
    let customerCode: CustomerCode
    let state: State
    let assurance: Assurance?
    let alias: String?
    /// What the account does not want to be told about the code.
    let mutedTopics: [String]
    let expiresAt: Instant?
    let createdAt: Instant

    init(_ row: inout RowDecoder) throws(RowError) {
        subscriptionId = try row.uuid()
        customerCode = try row.customerCode()
        state = try row.word(State.self)
        assurance = try row.optionalWord(Assurance.self)
        alias = try row.optionalString()
        mutedTopics = try row.strings()
        expiresAt = try row.optionalInstant()
        createdAt = try row.instant()
    }

    /// The members of the subscription as the contract has them.
    func write(to json: inout JSONWriter, attempts: Attempts?) {
        json.field("subscriptionId", subscriptionId.description)
        json.field("customerCode", customerCode.text)
        json.field("state", state.rawValue)
        json.field("assurance", assurance?.rawValue)
        json.field("alias", alias)
        json.list("mutedTopics") { json in
            for topic in mutedTopics { json.element(topic) }
        }
        if state == .active {
            json.nullField("verification")
        } else {
            json.field("verification") { json in
                json.list("methods") { json in
                    for method in VerificationMethod.allCases { json.element(method.rawValue) }
                }
                json.field("attemptsLeft", attempts?.left ?? Attempts.perFollower)
                json.field("lockedUntil", attempts?.lockedUntil)
                json.field("expiresAt", expiresAt)
            }
        }
        json.field("createdAt", createdAt)
    }
}

/// How well a subscription was verified: a name is easier to know than a number.
enum Assurance: String, Sendable {
    case low
    case standard
}

/// What a subscription can be verified by: one thing that the customer knows.
enum VerificationMethod: String, Sendable, CaseIterable {
    case name
    case phone
    case nationalId
    case invoiceId

    var assurance: Assurance { self == .name ? .low : .standard }
}

/// The wrong values that an account has tried for a code.
struct Attempts: Row {
    static let columns = ["customer_code", "attempts", "window_ends_at"]
    /// Wrong values of one account for one code.
    static let perFollower = 5
    /// Wrong values for one code over all accounts: a stranger with five must not lock the owner.
    static let perCustomer = 20
    /// Wrong values of one account over all codes.
    static let perAccount = 60
    /// For how long they count: 24 hours.
    static let windowSeconds: Int64 = 86_400

    let customerCode: CustomerCode
    let count: Int
    let windowEndsAt: Instant

    init(_ row: inout RowDecoder) throws(RowError) {
        customerCode = try row.customerCode()
        count = Int(try row.int32())
        windowEndsAt = try row.instant()
    }

    var left: Int { max(0, Attempts.perFollower - count) }
    var lockedUntil: Instant? { left == 0 ? windowEndsAt : nil }

    /// The attempts that count now, by code; not for codes without any.
    static func find(
        _ codes: [CustomerCode], account: UUID, context: Context
    ) async throws(Problem) -> [CustomerCode: Attempts] {
        if codes.isEmpty { return [:] }
        let rows = try await context.database.query(
            statement, .texts(codes.map(\.text)), .uuid(account), .timestamp(context.now))
        return Dictionary(rows.map { ($0.customerCode, $0) }) { first, _ in first }
    }

    static let statement = Statement<Attempts>(
        "subscription_attempts",
        """
        -- One row per code of $1 for which account $2 has wrong attempts that still count.
        select customer_code, attempts, window_ends_at
        from follower_attempts
        where customer_code = any($1) and account_id = $2 and window_ends_at > $3
        """)
}

extension Subscription {
    /// A subscription as an answer, with the attempts left when it is not verified.
    static func answer(
        _ subscription: Subscription, account: UUID, context: Context
    ) async throws(Problem) -> Answer {
        context.customerCode = subscription.customerCode
        let unverified = subscription.state == .active ? [] : [subscription.customerCode]
        let attempts = try await Attempts.find(unverified, account: account, context: context)
        return .object {
            subscription.write(to: &$0, attempts: attempts[subscription.customerCode])
        }
    }
}
