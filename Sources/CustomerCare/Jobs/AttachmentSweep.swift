import Electricity
import Postgres

/// Removes documents that nobody knows any more: of deleted accounts, and those that came in only
/// partly before an instance died.
///
/// Any number of instances may do so at once: removing twice does no harm.
final class AttachmentSweep {
    /// Folders of one run: all of them in about an hour.
    private static let foldersPerRun = 64
    /// Documents of one folder that are looked at, and at a time.
    private static let folderLimit = 20_000
    private static let batch = 500
    /// A younger document may be one whose row is still being written.
    private static let minimumAgeSeconds: Int64 = 3_600

    private let database: DatabaseAccess<Problem>
    private let store: AttachmentStore
    private let world: World
    private var folder = 0

    /// Sweeps a store by what the database knows.
    init(database: DatabaseAccess<Problem>, store: AttachmentStore, world: World) {
        self.database = database
        self.store = store
        self.world = world
    }

    /// Looks through the next folders, and at what came in only partly.
    @discardableResult
    func run() async -> Bool {
        do {
            for id in try await store.draftIds(atMost: AttachmentSweep.folderLimit)
            where isOld(id) {
                try await store.removeDraft(id)
            }
            for _ in 0..<AttachmentSweep.foldersPerRun {
                let ids = try await store.ids(
                    inFolder: folder, atMost: AttachmentSweep.folderLimit)
                try await sweep(ids.filter(isOld))
                folder = (folder + 1) % AttachmentStore.folderCount
            }
            return true
        } catch {
            // The database or the disk is away: the next run goes on at the same folder.
            return false
        }
    }

    private func sweep(_ ids: [UUID]) async throws {
        var rest = ids[...]
        while !rest.isEmpty {
            let some = Array(rest.prefix(AttachmentSweep.batch))
            rest = rest.dropFirst(some.count)
            let known = try await database.query(AttachmentSweep.known, .uuids(some))
            let kept = Set(known.map(\.attachmentId))
            for id in some where !kept.contains(id) { try await store.remove(id) }
        }
    }

    /// Whether a document is older than any write that may be under way; its id tells.
    private func isOld(_ id: UUID) -> Bool {
        let milliseconds = Int64(id.high >> 16)
        let age = world.now().microsecondsSince1970 / 1_000 - milliseconds
        return age > AttachmentSweep.minimumAgeSeconds * 1_000
    }

    /// A document that a request has.
    struct Known: Row {
        static let columns = ["attachment_id"]
        let attachmentId: UUID

        init(_ row: inout RowDecoder) throws(RowError) {
            attachmentId = try row.uuid()
        }
    }

    static let known = Statement<Known>(
        "attachment_sweep_known",
        """
        -- Those of the documents $1 that a request has.
        select attachment_id from service_request_attachments where attachment_id = any($1)
        """)
}
