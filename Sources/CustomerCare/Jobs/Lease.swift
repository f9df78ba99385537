import Electricity
import Postgres

/// The right to do something that only one of all instances may do at a time.
///
/// It ends by itself, so whoever dies with it holds up nobody for long; what is done under it must
/// be harmless when two do it after all.
struct Lease {
    let name: String
    /// Whoever holds it: one loop of one process.
    let owner: UUID
    /// Longer than any single step that is done under it.
    let seconds: Int64

    /// Takes it until so many seconds after now; false while another has it, or this owner itself.
    func take(
        at now: Instant, in transaction: Transaction<Problem>
    ) async throws(Problem) -> Bool {
        try await transaction.run(
            Lease.take, .text(name), .uuid(owner), .timestamp(now),
            .timestamp(now.advanced(bySeconds: seconds))) > 0
    }

    /// Holds it for longer; false when another has it meanwhile.
    func extend(
        at now: Instant, in transaction: Transaction<Problem>
    ) async throws(Problem) -> Bool {
        try await transaction.run(
            Lease.extend, .text(name), .uuid(owner),
            .timestamp(now.advanced(bySeconds: seconds))) > 0
    }

    /// Lets go of it.
    func release(in transaction: Transaction<Problem>) async throws(Problem) {
        try await transaction.queue(Lease.release, .text(name), .uuid(owner))
    }

    // MARK: In a transaction of its own

    /// Takes it; false while another has it, or this owner itself.
    func take(at now: Instant, on database: DatabaseAccess<Problem>) async throws(Problem) -> Bool {
        try await database.transaction {
            (transaction: Transaction<Problem>) async throws(Problem) in
            try await self.take(at: now, in: transaction)
        }
    }

    /// Holds it for longer; false when another has it meanwhile.
    func extend(
        at now: Instant, on database: DatabaseAccess<Problem>
    ) async throws(Problem) -> Bool {
        try await database.transaction {
            (transaction: Transaction<Problem>) async throws(Problem) in
            try await self.extend(at: now, in: transaction)
        }
    }

    /// Lets go of it.
    func release(on database: DatabaseAccess<Problem>) async throws(Problem) {
        try await database.transaction {
            (transaction: Transaction<Problem>) async throws(Problem) in
            try await self.release(in: transaction)
        }
    }

    static let take = Command(
        "lease_take",
        """
        -- Touches a row for the one who may go on under lease $1 until $4.
        insert into leases as l (name, owner, expires_at) values ($1, $2, $4)
        on conflict (name) do update
        set owner = excluded.owner, expires_at = excluded.expires_at
        where l.expires_at <= $3
        """)

    static let extend = Command(
        "lease_extend",
        """
        -- Touches a row for the one who has lease $1, and now until $3.
        update leases set expires_at = $3 where name = $1 and owner = $2
        """)

    static let release = Command(
        "lease_release",
        """
        -- Lets go of lease $1.
        delete from leases where name = $1 and owner = $2
        """)
}
