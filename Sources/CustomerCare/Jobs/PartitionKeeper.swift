import Electricity
import Postgres

/// Sees to it that the months to come have partitions before anything of them arrives, and that
/// those of long ago go.
///
/// The work is a function of the database, since the service may not change the schema
/// (docs/decisions/0021). Doing it twice does no harm.
final class PartitionKeeper {
    /// Months made ahead of time: bills of a month may come before it begins.
    private static let monthsAhead: Int32 = 6
    /// Months for which bills stay in reach: accounting documents are kept for ten years (Luật Kế
    /// toán 88/2015/QH13, article 41; Nghị định 174/2016/NĐ-CP, article 13).
    private static let billMonths: Int32 = 120
    /// Months after which nobody asks what he was told.
    private static let notificationMonths: Int32 = 24
    /// Seconds between two looks: a day has many of them, and the months ahead are a margin.
    private static let pauseSeconds: Int64 = 3_600

    private let database: DatabaseAccess<Problem>
    private let world: World
    /// Told what was done, if anything was, and why nothing could be.
    private let observe: (Observation) -> Void
    private var nextLook: Instant?

    init(
        database: DatabaseAccess<Problem>, world: World, observe: @escaping (Observation) -> Void
    ) {
        self.database = database
        self.world = world
        self.observe = observe
    }

    /// Looks when it is time to; whether all is as it should be.
    @discardableResult
    func run() async -> Bool {
        let now = world.now()
        if let nextLook, now < nextLook { return true }
        do throws(Problem) {
            let kept = try await database.transaction {
                (transaction: Transaction<Problem>) async throws(Problem) -> Kept? in
                try await transaction.queryOne(
                    PartitionKeeper.keep, .date(LocalDate(of: now)),
                    .int32(PartitionKeeper.monthsAhead), .int32(PartitionKeeper.billMonths),
                    .int32(PartitionKeeper.notificationMonths))
            }
            nextLook = now.advanced(bySeconds: PartitionKeeper.pauseSeconds)
            if let kept, kept.created + kept.retired > 0 {
                observe(
                    .partitionsChanged(created: Int(kept.created), retired: Int(kept.retired)))
            }
            return true
        } catch {
            // Away, or somebody reads a table that is to go: the next look comes soon.
            observe(
                .requestFailed(
                    operation: "partitions", requestId: "-",
                    reason: error.reason ?? error.code.rawValue))
            return false
        }
    }

    /// How many partitions were made and taken out.
    struct Kept: Row {
        static let columns = ["created", "retired"]
        let created: Int32
        let retired: Int32

        init(_ row: inout RowDecoder) throws(RowError) {
            created = try row.int32()
            retired = try row.int32()
        }
    }

    static let keep = Statement<Kept>(
        "partition_keeper_keep",
        """
        -- Partitions of the months to come and of long ago, on day $1: $2 months ahead, bills of $3
        -- and notifications of $4 months.
        select created, retired from keep_month_partitions($1, $2, $3, $4)
        """)
}
