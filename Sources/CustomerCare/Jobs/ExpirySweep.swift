import Electricity
import Postgres

/// Removes what has expired: nonces, stored answers, pending subscriptions, counted attempts.
///
/// Any number of instances may do it at once. Every statement says twice what has expired:
/// PostgreSQL looks again at a row that changed while it waited for its lock, but only at the outer
/// condition, and a subscription that was verified in that moment must stay.
struct ExpirySweep {
    let database: Database
    let world: World

    /// Rows of one statement, so that a long sweep never holds many locks.
    private static let batch: Int64 = 5_000
    /// Statements of one sweep.
    private static let batches = 100

    /// Sweeps until nothing is left or the bound is reached; the next sweep goes on.
    func run() async {
        let now = Parameter.timestamp(world.now())
        for command in ExpirySweep.all {
            for _ in 0..<ExpirySweep.batches {
                do {
                    let swept = try await database.run(command, now, .int64(ExpirySweep.batch))
                    if swept < ExpirySweep.batch { break }
                } catch {
                    // Away or busy: what has expired can wait for the next sweep.
                    return
                }
            }
        }
    }

    private static let all = [
        nonces, answers, subscriptions, followerAttempts, customerAttempts, accountAttempts,
    ]

    static let nonces = Command(
        "expiry_sweep_nonces",
        """
        -- Nonces of signatures that are too old to be accepted anyway.
        delete from nonces
        where expires_at <= $1 and (key_id, nonce) in (
            select key_id, nonce from nonces where expires_at <= $1 limit $2)
        """)

    static let answers = Command(
        "expiry_sweep_answers",
        """
        -- Stored answers after their 48 hours.
        delete from idempotency_keys
        where expires_at <= $1 and (account_id, client_id, operation, idempotency_key) in (
            select account_id, client_id, operation, idempotency_key
            from idempotency_keys where expires_at <= $1 limit $2)
        """)

    static let subscriptions = Command(
        "expiry_sweep_subscriptions",
        """
        -- Pending subscriptions that were not verified in time.
        delete from subscriptions
        where state = 'pending' and expires_at <= $1 and (account_id, subscription_id) in (
            select account_id, subscription_id from subscriptions
            where state = 'pending' and expires_at <= $1
            order by account_id, subscription_id limit $2)
        """)

    static let followerAttempts = Command(
        "expiry_sweep_follower_attempts",
        """
        -- Attempts of accounts for codes whose 24 hours are over.
        delete from follower_attempts
        where window_ends_at <= $1 and (customer_code, account_id) in (
            select customer_code, account_id from follower_attempts
            where window_ends_at <= $1 limit $2)
        """)

    static let customerAttempts = Command(
        "expiry_sweep_customer_attempts",
        """
        -- Attempts for codes whose 24 hours are over.
        delete from customer_attempts
        where window_ends_at <= $1 and customer_code in (
            select customer_code from customer_attempts where window_ends_at <= $1 limit $2)
        """)

    static let accountAttempts = Command(
        "expiry_sweep_account_attempts",
        """
        -- Attempts of accounts whose 24 hours are over.
        delete from account_attempts
        where window_ends_at <= $1 and account_id in (
            select account_id from account_attempts where window_ends_at <= $1 limit $2)
        """)
}
