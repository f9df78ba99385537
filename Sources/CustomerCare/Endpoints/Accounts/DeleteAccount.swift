import Electricity
import JSON
import Postgres

/// Erases an account's personal data, ends its subscriptions and leaves a tombstone.
struct DeleteAccount: Endpoint {
    static let route = Route.delete("/v1/accounts/{account}")

    /// Months of messages that may be there.
    private static let keptMonths = 36

    let account: UUID

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        account = try arguments.account()
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        try await context.write { (transaction) async throws(Problem) in
            // The Zalo id is locked before the account, as PutAccount does: in one order two
            // requests cannot wait for each other.
            try await transaction.queue(DeleteAccount.forgetContact, .uuid(account))
            try await transaction.queue(DeleteAccount.releaseZaloUser, .uuid(account))
            try await LockedAccount.lock(account, in: transaction)
            // Under the lock, so that no code is added or verified behind our back.
            let removed = try await transaction.query(
                DeleteAccount.removeSubscriptions, .uuid(account))
            try await transaction.queue(
                DeleteAccount.unfollow, .texts(removed.map(\.customerCode)), .uuid(account))
            try await transaction.queue(DeleteAccount.removeStoredAnswers, .uuid(account))
            try await transaction.queue(DeleteAccount.removeCalendars, .uuid(account))
            // What waits to be sent, the sender drops.
            try await transaction.queue(
                DeleteAccount.removeNotifications, .uuid(account),
                .month(context.today.month.advanced(byMonths: -DeleteAccount.keptMonths)))
            try await ServiceRequestErasure.erase(account, in: transaction, context: context)
            try await transaction.queue(
                DeleteAccount.statement, .uuid(account), .timestamp(context.now))
            try await context.audit(.accountDeleted, account: account, in: transaction)
        }
        return .noContent
    }

    /// A code that the account had.
    struct Removed: Row {
        static let columns = ["customer_code"]
        let customerCode: String

        init(_ row: inout RowDecoder) throws(RowError) {
            customerCode = try row.string()
        }
    }

    static let releaseZaloUser = Command(
        "delete_account_release",
        """
        -- The Zalo id may begin anew with another account.
        delete from zalo_users z
        where z.zalo_user_id = (select a.zalo_user_id from accounts a where a.account_id = $1)
            and z.account_id = $1
        """)

    static let forgetContact = Command(
        "delete_account_contact",
        """
        -- What the page knows of the person, the telephone number with it.
        delete from zalo_contacts z
        where z.zalo_user_id = (select a.zalo_user_id from accounts a where a.account_id = $1)
        """)

    static let removeNotifications = Command(
        "delete_account_notifications",
        """
        -- What was sent, from month $2 on.
        delete from notifications n where n.account_id = $1 and n.month >= $2
        """)

    static let unfollow = Command(
        "delete_account_unfollow",
        """
        -- Nobody of this account sees any of its codes from now on.
        delete from followers where customer_code = any($1) and account_id = $2
        """)

    static let removeSubscriptions = Statement<Removed>(
        "delete_account_subscriptions",
        """
        -- The codes and the names the user gave them.
        delete from subscriptions where account_id = $1 returning customer_code
        """)

    static let removeCalendars = Command(
        "delete_account_calendars",
        """
        -- Every feed of the account ends.
        delete from calendar_feeds where account_id = $1
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
