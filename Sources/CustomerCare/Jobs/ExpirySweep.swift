import Electricity
import Postgres

/// Removes what has expired: nonces, stored answers, pending subscriptions, counted attempts.
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
    ///
    /// False when the database was away.
    @discardableResult
    func run() async -> Bool {
        let now = Parameter.timestamp(world.now())
        for command in ExpirySweep.all {
            for _ in 0..<ExpirySweep.batches {
                do {
                    let swept = try await database.run(command, now, .int64(ExpirySweep.batch))
                    if swept < ExpirySweep.batch { break }
                } catch {
                    // Away or busy: what has expired can wait for the next sweep.
                    return false
                }
            }
        }
        return true
    }

    private static let all = [
        nonces, answers, subscriptions, followerAttempts, customerAttempts, accountAttempts,
        messages, deadMessages, events, messageIds, announcements,
        // Before the rows of what has lapsed.
        deliveries, lapsedImports, stagedBills, stagedCustomers, stagedNetworkLinks,
        stagedReadingSchedules, stagedOutages, stagedOutageHorizons, stagedPayments,
        stagedReadings, stagedTariffs,
    ]

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

    static let messages = Command(
        "expiry_sweep_messages",
        """
        -- Messages that nobody could send for seven days: too late is worse than not at all.
        delete from outbox
        where state = 'waiting' and created_at <= $1::timestamptz - interval '7 days'
            and (slot, message_id) in (
                select slot, message_id from outbox
                where state = 'waiting' and created_at <= $1::timestamptz - interval '7 days'
                limit $2)
        """)

    static let deadMessages = Command(
        "expiry_sweep_dead_messages",
        """
        -- Dead letters that staff have had thirty days to look at.
        delete from outbox
        where state = 'dead' and created_at <= $1::timestamptz - interval '30 days'
            and (slot, message_id) in (
                select slot, message_id from outbox
                where state = 'dead' and created_at <= $1::timestamptz - interval '30 days'
                limit $2)
        """)

    static let events = Command(
        "expiry_sweep_events",
        """
        -- Events of Zalo that were worked on so long ago that none comes again.
        delete from zalo_events
        where done_at <= $1::timestamptz - interval '7 days' and (slot, event_key) in (
            select slot, event_key from zalo_events
            where done_at <= $1::timestamptz - interval '7 days' limit $2)
        """)

    static let messageIds = Command(
        "expiry_sweep_message_ids",
        """
        -- Ids of messages for which no receipt comes any more.
        delete from zalo_message_ids
        where sent_at <= $1::timestamptz - interval '60 days' and provider_message_id in (
            select provider_message_id from zalo_message_ids
            where sent_at <= $1::timestamptz - interval '60 days' limit $2)
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

    static let announcements = Command(
        "expiry_sweep_announcements",
        """
        -- What was announced ninety days ago.
        delete from announcements
        where done_at <= $1::timestamptz - interval '90 days' and announcement_id in (
            select announcement_id from announcements
            where done_at <= $1::timestamptz - interval '90 days' limit $2)
        """)

    static let deliveries = Command(
        "expiry_sweep_deliveries",
        """
        -- What partners were told, or could not be, thirty days ago.
        delete from webhook_deliveries
        where created_at <= $1::timestamptz - interval '30 days' and (client_id, delivery_id) in (
            select client_id, delivery_id from webhook_deliveries
            where created_at <= $1::timestamptz - interval '30 days' limit $2)
        """)
}
