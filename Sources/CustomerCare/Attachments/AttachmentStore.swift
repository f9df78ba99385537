import Postgres
import Reactor
import Signing

/// Keeps documents on a disk, sealed piece by piece; nothing of them is in memory as a whole while
/// they come in.
///
/// A file holds pieces, each with its length before it (4 bytes, big-endian) and sealed for its
/// document and its place, so that none can be left out, moved or taken from another document.
/// Several instances may share the folder. Its calls throw 503 when the disk refuses and 500 when a
/// document is not what was sealed.
package final class AttachmentStore: Sendable {
    /// Bytes of a document in one sealed piece.
    private static let pieceBytes = 65_536
    /// Bytes of the length before a piece.
    private static let lengthBytes = 4
    /// Folders into which documents are spread by the last digits of their id.
    private static let digits = 3

    private let drafts: DiskFolder
    private let root: DiskFolder
    private let thread: BlockingThread
    private let personalData: PersonalData

    /// Opens the store in a folder, making it where it is missing; blocks.
    init(path: String, personalData: PersonalData) throws(SystemError) {
        root = try DiskFolder(path)
        drafts = try root.folder("incoming")
        thread = try BlockingThread()
        self.personalData = personalData
    }

    /// Ends the store's thread when nobody uses it any more.
    func stop() {
        thread.stopAndJoin()
    }

    /// Begins to take a document under a new id.
    func begin(_ id: UUID) async throws(Problem) -> Draft {
        Draft(
            id: id, store: self,
            file: try await call { [drafts] () throws(SystemError) in
                try drafts.create(id.description)
            })
    }

    /// The whole content of a document that has at most so many bytes.
    func read(_ id: UUID, byteCount: Int) async throws(Problem) -> [UInt8] {
        let pieces = byteCount / AttachmentStore.pieceBytes + 1
        let most = byteCount + pieces * (Seal.overhead + AttachmentStore.lengthBytes)
        let sealed = try await call { [root] () throws(SystemError) in
            try AttachmentStore.folder(of: id, in: root).read(id.description, atMost: most)
        }
        guard let sealed, let content = try open(sealed, of: id), content.count == byteCount else {
            throw AttachmentStore.broken
        }
        return content
    }

    /// Removes a document; one that is not there is as good as removed.
    func remove(_ id: UUID) async throws(Problem) {
        try await call { [root] () throws(SystemError) in
            try AttachmentStore.folder(of: id, in: root).remove(id.description)
        }
    }

    /// How many folders there are.
    static let folderCount = 4_096

    /// The ids of documents that lie in one of the folders, at most so many.
    func ids(inFolder number: Int, atMost count: Int) async throws(Problem) -> [UUID] {
        let name = String(String(AttachmentStore.folderCount + number, radix: 16).dropFirst())
        let names = try await call { [root] () throws(SystemError) in
            try root.folder(name).names(atMost: count)
        }
        return names.compactMap { UUID($0) }
    }

    /// The ids of documents that came in only partly, at most so many.
    func draftIds(atMost count: Int) async throws(Problem) -> [UUID] {
        try await call { [drafts] () throws(SystemError) in
            try drafts.names(atMost: count)
        }.compactMap { UUID($0) }
    }

    /// Removes what came in only partly.
    func removeDraft(_ id: UUID) async throws(Problem) {
        try await call { [drafts] () throws(SystemError) in try drafts.remove(id.description) }
    }

    // MARK: A document that comes in

    /// A document on its way in; it counts for nothing before `finish` has returned.
    final class Draft {
        let id: UUID
        private(set) var byteCount = 0
        /// The first bytes, by which its kind is told.
        private(set) var beginning: [UInt8] = []

        private let store: AttachmentStore
        private let file: DiskFile
        private let digest = RunningDigest()
        private var waiting: [UInt8] = []
        private var pieceCount = 0

        fileprivate init(id: UUID, store: AttachmentStore, file: DiskFile) {
            self.id = id
            self.store = store
            self.file = file
        }

        /// Takes the next bytes; at most one piece of them waits in memory.
        func append(_ bytes: [UInt8]) async throws(Problem) {
            byteCount += bytes.count
            if beginning.count < AttachmentKind.markBytes {
                beginning += bytes.prefix(AttachmentKind.markBytes - beginning.count)
            }
            digest.update(bytes)
            waiting += bytes
            while waiting.count > AttachmentStore.pieceBytes {
                let piece = Array(waiting.prefix(AttachmentStore.pieceBytes))
                waiting.removeFirst(AttachmentStore.pieceBytes)
                try await write(piece, isLast: false)
            }
        }

        /// Puts the document in its place, where it is after a crash too; its SHA-256.
        func finish() async throws(Problem) -> [UInt8] {
            try await write(waiting, isLast: true)
            try await store.call { [file, store, id] () throws(SystemError) in
                try file.synchronize()
                try store.drafts.move(
                    id.description, to: AttachmentStore.folder(of: id, in: store.root))
            }
            return digest.finish()
        }

        private func write(_ piece: [UInt8], isLast: Bool) async throws(Problem) {
            let sealed = try store.seal(piece, of: id, number: pieceCount, isLast: isLast)
            pieceCount += 1
            let count = UInt32(truncatingIfNeeded: sealed.count)
            let length = (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) }
            try await store.call { [file] () throws(SystemError) in
                try file.append(length + sealed)
            }
        }
    }

    // MARK: Parts

    /// The content on the disk is not what was sealed.
    private static let broken = Problem(
        .internalError, reason: "attachments: a document is broken")

    private static func folder(
        of id: UUID, in root: DiskFolder
    ) throws(SystemError) -> DiskFolder {
        try root.folder(String(id.description.suffix(digits)))
    }

    private func call<Result: Sendable>(
        _ body: @escaping @Sendable () throws(SystemError) -> Result
    ) async throws(Problem) -> Result {
        do {
            return try await thread.run(body)
        } catch {
            // What a disk says is for the log.
            throw Problem(.unavailable, reason: "attachments: \(error)")
        }
    }

    private func seal(
        _ piece: [UInt8], of id: UUID, number: Int, isLast: Bool
    ) throws(Problem) -> [UInt8] {
        do {
            return try personalData.sealedPiece(piece, of: id, number: number, isLast: isLast)
        } catch {
            throw AttachmentStore.broken
        }
    }

    /// The content of a file; nil when it is cut off or changed.
    private func open(_ sealed: [UInt8], of id: UUID) throws(Problem) -> [UInt8]? {
        var content: [UInt8] = []
        var rest = sealed[...]
        var number = 0
        while rest.count >= AttachmentStore.lengthBytes {
            let count = rest.prefix(AttachmentStore.lengthBytes).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(AttachmentStore.lengthBytes)
            guard rest.count >= count else { return nil }
            let piece = Array(rest.prefix(count))
            rest = rest.dropFirst(count)
            do {
                content += try personalData.openedPiece(
                    piece, of: id, number: number, isLast: rest.isEmpty)
            } catch {
                throw AttachmentStore.broken
            }
            number += 1
        }
        return rest.isEmpty && number > 0 ? content : nil
    }
}
