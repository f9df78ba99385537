import Electricity
import Postgres

/// Removes what has expired: nonces, stored answers, pending subscriptions.
///
/// Any number of instances may do it at once, since nothing that still counts is touched.
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
        for command in [ExpirySweep.nonces, ExpirySweep.answers, ExpirySweep.subscriptions] {
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

    // Each condition stands twice: the inner one bounds the batch, the outer one is looked at anew
    // when a row was changed while the sweep waited for it, and leads to the index.

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
            where state = 'pending' and expires_at <= $1 limit $2)
        """)
}
