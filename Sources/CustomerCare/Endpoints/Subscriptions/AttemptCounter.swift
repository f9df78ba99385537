import Electricity
import Postgres

/// Counts attempts to verify: of an account for a code, of a code over all accounts, and of an
/// account over all codes.
enum AttemptCounter {
    /// How many were counted.
    struct Counted: Row {
        static let columns = ["attempts"]
        let attempts: Int

        init(_ row: inout RowDecoder) throws(RowError) {
            attempts = Int(try row.int32())
        }
    }

    /// Until when no further attempt is taken.
    struct Locked: Row {
        static let columns = ["window_ends_at"]
        let until: Instant

        init(_ row: inout RowDecoder) throws(RowError) {
            until = try row.instant()
        }
    }

    /// Counts one attempt in a transaction of its own and says how many are left; 429 with the
    /// time of the lock's end when there are none.
    ///
    /// Each count is one conditional upsert, so of a hundred attempts at once five are counted.
    static func count(
        _ code: CustomerCode, _ account: UUID, _ context: Context
    ) async throws(Problem) -> Int {
        let now = Parameter.timestamp(context.now)
        let end = Parameter.timestamp(context.now.advanced(bySeconds: Attempts.windowSeconds))
        return try await context.write { (transaction) async throws(Problem) -> Int in
            let ofFollower = try await transaction.queryOne(
                countFollower, .text(code.text), .uuid(account), now, end,
                .int64(Int64(Attempts.perFollower)))
            guard let ofFollower else {
                throw locked(
                    try await transaction.queryOne(
                        lockedFollower, .text(code.text), .uuid(account)), context)
            }
            let ofCustomer = try await transaction.queryOne(
                countCustomer, .text(code.text), now, end, .int64(Int64(Attempts.perCustomer)))
            guard ofCustomer != nil else {
                throw locked(
                    try await transaction.queryOne(lockedCustomer, .text(code.text)), context)
            }
            let ofAccount = try await transaction.queryOne(
                countAccount, .uuid(account), now, end, .int64(Int64(Attempts.perAccount)))
            guard ofAccount != nil else {
                throw locked(
                    try await transaction.queryOne(lockedAccount, .uuid(account)), context)
            }
            try await context.audit(
                .verificationAttempted, account: account, code: code, in: transaction)
            return max(0, Attempts.perFollower - ofFollower.attempts)
        }
    }

    /// Takes a right value off the counts again.
    static func forgive(
        _ code: CustomerCode, _ account: UUID, in transaction: Transaction<Problem>
    ) async throws(Problem) {
        try await transaction.queue(forgiveFollower, .text(code.text), .uuid(account))
        try await transaction.queue(forgiveCustomer, .text(code.text))
        try await transaction.queue(forgiveAccount, .uuid(account))
    }

    private static func locked(_ lock: Locked?, _ context: Context) -> Problem {
        let until = lock?.until ?? context.now.advanced(bySeconds: Attempts.windowSeconds)
        var problem = Problem(.verificationLocked)
        problem.lockedUntil = until
        problem.retryAfterSeconds = Int(
            max(1, until.secondsSince1970 - context.now.secondsSince1970))
        return problem
    }

    static let countFollower = Statement<Counted>(
        "verify_subscription_count_follower",
        """
        -- One more attempt of account $2 for code $1; no row when it has used all $5 of them. The
        -- window begins anew with every attempt, so the fifth locks for its whole length.
        insert into follower_attempts as a (customer_code, account_id, attempts, window_ends_at)
        values ($1, $2, 1, $4)
        on conflict (customer_code, account_id) do update
        set attempts = case when a.window_ends_at <= $3 then 1 else a.attempts + 1 end,
            window_ends_at = excluded.window_ends_at
        where a.window_ends_at <= $3 or a.attempts < $5
        returning attempts
        """)

    static let countCustomer = Statement<Counted>(
        "verify_subscription_count_customer",
        """
        -- One more attempt for code $1; no row when its $4 of this window are used.
        insert into customer_attempts as a (customer_code, attempts, window_ends_at)
        values ($1, 1, $3)
        on conflict (customer_code) do update
        set attempts = case when a.window_ends_at <= $2 then 1 else a.attempts + 1 end,
            window_ends_at = case when a.window_ends_at <= $2 then excluded.window_ends_at
                else a.window_ends_at end
        where a.window_ends_at <= $2 or a.attempts < $4
        returning attempts
        """)

    static let countAccount = Statement<Counted>(
        "verify_subscription_count_account",
        """
        -- One more attempt of account $1 for whatever code; no row when its $4 are used.
        insert into account_attempts as a (account_id, attempts, window_ends_at)
        values ($1, 1, $3)
        on conflict (account_id) do update
        set attempts = case when a.window_ends_at <= $2 then 1 else a.attempts + 1 end,
            window_ends_at = case when a.window_ends_at <= $2 then excluded.window_ends_at
                else a.window_ends_at end
        where a.window_ends_at <= $2 or a.attempts < $4
        returning attempts
        """)

    static let lockedFollower = Statement<Locked>(
        "verify_subscription_locked_follower",
        """
        -- Until when account $2 may not try code $1.
        select window_ends_at from follower_attempts where customer_code = $1 and account_id = $2
        """)

    static let lockedCustomer = Statement<Locked>(
        "verify_subscription_locked_customer",
        """
        -- Until when nobody may try code $1.
        select window_ends_at from customer_attempts where customer_code = $1
        """)

    static let lockedAccount = Statement<Locked>(
        "verify_subscription_locked_account",
        """
        -- Until when account $1 may not try any code.
        select window_ends_at from account_attempts where account_id = $1
        """)

    static let forgiveFollower = Command(
        "verify_subscription_forgive_follower",
        """
        -- The account has shown that it knows the customer of the code.
        delete from follower_attempts where customer_code = $1 and account_id = $2
        """)

    static let forgiveCustomer = Command(
        "verify_subscription_forgive_customer",
        """
        -- A right value is no wrong one.
        update customer_attempts set attempts = attempts - 1
        where customer_code = $1 and attempts > 0
        """)

    static let forgiveAccount = Command(
        "verify_subscription_forgive_account",
        """
        -- A right value is no wrong one.
        update account_attempts set attempts = attempts - 1
        where account_id = $1 and attempts > 0
        """)
}
