import Electricity
import Postgres

/// What is known of a person at the Official Account.
struct ZaloContact: Row {
    static let columns = [
        "zalo_user_id", "oa_user_id", "follow_state", "last_interaction_at", "sealed_phone",
    ]
    let zaloUserId: String
    /// The id by which the Official Account reaches the person; nil before the first event.
    let officialAccountUserId: String?
    let followState: FollowState
    let lastInteractionAt: Instant?
    let sealedPhone: [UInt8]?

    init(_ row: inout RowDecoder) throws(RowError) {
        zaloUserId = try row.string()
        officialAccountUserId = try row.optionalString()
        followState = try row.word(FollowState.self)
        lastInteractionAt = try row.optionalInstant()
        sealedPhone = try row.optionalBytes()
    }

    /// Writes down what an event says of a person; what is older than what is known changes
    /// nothing.
    struct Change {
        let zaloUserId: String
        var officialAccountUserId: String?
        var follows: Bool?
        var interacted = false
        var sealedPhone: [UInt8]?
        let at: Instant
    }

    /// The contact after a change.
    static func note(
        _ change: Change, in transaction: Transaction<Problem>
    ) async throws(Problem) -> ZaloContact? {
        let state = change.follows.map { $0 ? FollowState.following : .unfollowed }
        return try await transaction.queryOne(
            noteStatement, .text(change.zaloUserId), .text(change.officialAccountUserId),
            .text(state?.rawValue ?? FollowState.unknown.rawValue),
            .timestamp(state == nil ? nil : change.at),
            .timestamp(change.interacted ? change.at : nil), .bytes(change.sealedPhone))
    }

    static let noteStatement = Statement<ZaloContact>(
        "zalo_contact_note",
        """
        -- The contact with what is newer than what was known.
        insert into zalo_contacts as c (zalo_user_id, oa_user_id, follow_state, follow_changed_at,
            last_interaction_at, sealed_phone)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (zalo_user_id) do update
        set oa_user_id = coalesce(excluded.oa_user_id, c.oa_user_id),
            follow_state = case when excluded.follow_changed_at is null
                or c.follow_changed_at > excluded.follow_changed_at
                then c.follow_state else excluded.follow_state end,
            follow_changed_at = greatest(c.follow_changed_at, excluded.follow_changed_at),
            last_interaction_at = greatest(c.last_interaction_at, excluded.last_interaction_at),
            sealed_phone = coalesce(excluded.sealed_phone, c.sealed_phone)
        returning zalo_user_id, oa_user_id, follow_state, last_interaction_at, sealed_phone
        """)

    static let find = Statement<ZaloContact>(
        "zalo_contact_find",
        """
        -- The contact of a person, by the id that the app gives.
        select zalo_user_id, oa_user_id, follow_state, last_interaction_at, sealed_phone
        from zalo_contacts where zalo_user_id = $1
        """)

    /// Whose account a person's is.
    struct Owner: Row {
        static let columns = ["account_id"]
        let accountId: UUID

        init(_ row: inout RowDecoder) throws(RowError) {
            accountId = try row.uuid()
        }
    }

    static let owner = Statement<Owner>(
        "zalo_contact_owner",
        """
        -- The account of a Zalo id, where it has one.
        select account_id from zalo_users where zalo_user_id = $1
        """)

    static let follow = Command(
        "zalo_contact_follow",
        """
        -- Whether the person of account $1 follows the page.
        update accounts set follow_state = $2, updated_at = $3
        where account_id = $1 and deleted_at is null and follow_state <> $2
        """)
}

/// Whether a person follows the Official Account.
enum FollowState: String, Sendable {
    /// Nothing was heard of it.
    case unknown
    case following
    case unfollowed
}
