import Electricity
import JSON
import Postgres

/// Shows whoever is verified by more than a name who else follows the code, masked.
struct ListFollowers: Endpoint {
    static let route = Route.get("/v1/accounts/{account}/customers/{customerCode}/followers")

    /// Followers of one answer: the newest, among whom a stranger would be.
    private static let most: Int64 = 100

    let account: UUID
    let customerCode: CustomerCode

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
        customerCode = try arguments.customerCode()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        context.customerCode = customerCode
        let own = try await context.database.queryOne(
            ListFollowers.own, .uuid(account), .text(customerCode.text))
        guard let own else { throw Problem(.notFound) }
        guard own.assurance == .standard else { throw Problem(.assuranceTooLow) }
        let found = try await context.database.query(
            ListFollowers.statement, .uuid(account), .text(customerCode.text),
            .int64(ListFollowers.most))
        return .object(reserving: 1_024) { json in
            json.field("customerCode", customerCode.text)
            json.list("items") { json in
                for follower in found { json.element(follower.write) }
            }
        }
    }

    /// How well the account itself is verified.
    struct Own: Row {
        static let columns = ["assurance"]
        let assurance: Assurance

        init(_ row: inout RowDecoder) throws(RowError) {
            assurance = try row.word(Assurance.self)
        }
    }

    /// Somebody who follows the code.
    struct Follower: Row {
        static let columns = [
            "subscription_id", "is_own", "zalo_user_id", "assurance", "followed_at",
        ]
        let followerId: UUID
        let isOwn: Bool
        let zaloUserId: String?
        let assurance: Assurance
        let followedAt: Instant

        init(_ row: inout RowDecoder) throws(RowError) {
            followerId = try row.uuid()
            isOwn = try row.bool()
            zaloUserId = try row.optionalString()
            assurance = try row.word(Assurance.self)
            followedAt = try row.instant()
        }

        func write(to json: inout JSONWriter) {
            json.field("followerId", followerId.description)
            json.field("isYou", isOwn)
            json.field("zaloUserId", zaloUserId.map(Mask.identifier))
            json.field("assurance", assurance.rawValue)
            json.field("followedAt", followedAt)
        }
    }

    static let own = Statement<Own>(
        "list_followers_own",
        """
        -- How well account $1 is verified for code $2, if it follows it.
        select f.assurance from followers f where f.customer_code = $2 and f.account_id = $1
        """)

    static let statement = Statement<Follower>(
        "list_followers",
        """
        -- Those who follow code $2, the newest first, if account $1 is one of them by more than a
        -- name.
        select o.subscription_id, o.account_id = $1 as is_own, a.zalo_user_id, o.assurance,
            o.followed_at
        from followers f
        join followers o on o.customer_code = f.customer_code
        join accounts a on a.account_id = o.account_id
        where f.customer_code = $2 and f.account_id = $1 and f.assurance = 'standard'
        order by o.followed_at desc, o.subscription_id limit $3
        """)
}
