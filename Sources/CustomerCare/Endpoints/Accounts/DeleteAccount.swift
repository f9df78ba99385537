import JSON
import Postgres

/// Erases an account's personal data, ends its subscriptions and leaves a tombstone.
struct DeleteAccount: Endpoint {
    static let route = Route.delete("/v1/accounts/{account}")

    let account: UUID

    init(_ arguments: Arguments, body: JSONValue) throws(Problem) {
        account = try arguments.account()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        try await context.write { (transaction) async throws(Problem) in
            // The Zalo id is locked before the account, as PutAccount does: in one order two
            // requests cannot wait for each other.
            try await transaction.queue(DeleteAccount.releaseZaloUser, .uuid(account))
            let erased = try await transaction.queryOne(DeleteAccount.find, .uuid(account))
            guard let erased else { throw Problem(.notFound) }
            try await transaction.queue(
                DeleteAccount.unfollow, .texts(erased.customerCodes), .uuid(account))
            try await transaction.queue(DeleteAccount.removeSubscriptions, .uuid(account))
            try await transaction.queue(DeleteAccount.removeStoredAnswers, .uuid(account))
            try await transaction.queue(
                DeleteAccount.statement, .uuid(account), .timestamp(context.now))
            try await context.audit(.accountDeleted, account: account, in: transaction)
        }
        return .noContent
    }

    /// What of an account lies outside its own row.
    struct Erased: Row {
        static let columns = ["customer_codes"]
        let customerCodes: [String]

        init(_ row: inout RowDecoder) throws(RowError) {
            customerCodes = try row.strings()
        }
    }

    static let find = Statement<Erased>(
        "delete_account_find",
        """
        -- The codes of an account that is not deleted, which is locked.
        select array(select s.customer_code from subscriptions s where s.account_id = $1)
            as customer_codes
        from accounts a
        where a.account_id = $1 and a.deleted_at is null
        for update of a
        """)

    static let releaseZaloUser = Command(
        "delete_account_release",
        """
        -- The Zalo id may begin anew with another account.
        delete from zalo_users z
        where z.zalo_user_id = (select a.zalo_user_id from accounts a where a.account_id = $1)
            and z.account_id = $1
        """)

    static let unfollow = Command(
        "delete_account_unfollow",
        """
        -- Nobody of this account sees any of its codes from now on.
        delete from followers where customer_code = any($1) and account_id = $2
        """)

    static let removeSubscriptions = Command(
        "delete_account_subscriptions",
        """
        -- The codes and the names the user gave them.
        delete from subscriptions where account_id = $1
        """)

    static let removeStoredAnswers = Command(
        "delete_account_answers",
        """
        -- Stored answers name the codes as well.
        delete from idempotency_keys where account_id = $1
        """)

    static let statement = Command(
        "delete_account",
        """
        -- What stays says only that there was an account, from when to when.
        update accounts
        set zalo_user_id = null, consent_text_version = null, consent_at = null,
            follow_state = 'unknown', updated_at = $2, deleted_at = $2
        where account_id = $1
        """)
}
