import JSON
import Postgres

/// Reads an account.
struct GetAccount: Endpoint {
    static let route = Route.get("/v1/accounts/{account}")

    let account: UUID

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let found = try await context.database.queryOne(GetAccount.statement, .uuid(account))
        guard let found else { throw Problem(.notFound) }
        return .object { found.write(to: &$0) }
    }

    static let statement = Statement<Account>(
        "get_account",
        """
        -- The account, unless it is deleted.
        select account_id, zalo_user_id, locale, follow_state, consent_text_version, consent_at,
            created_at, updated_at
        from accounts
        where account_id = $1 and deleted_at is null
        """)
}
