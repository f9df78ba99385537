/// A `copy … from stdin` under way; drop it without `finish` and nothing is stored.
package final class CopyIn {
    /// How many bytes are handed to libpq between two looks at the socket.
    private static let pieceBytes = 65_536

    private let link: BulkLink
    private let name: StaticString
    private var isOver = false

    init(_ link: BulkLink, _ name: StaticString) {
        self.link = link
        self.name = name
    }

    /// Sends bytes in the format the statement names; returns when the kernel has taken them, so
    /// a slow server slows the caller.
    package func write(_ bytes: [UInt8]) async throws(DatabaseError) {
        precondition(!isOver, "a copy takes bytes only until it is finished")
        var rest = bytes[...]
        while !rest.isEmpty {
            try await link.putCopy(rest.prefix(CopyIn.pieceBytes))
            rest = rest.dropFirst(CopyIn.pieceBytes)
        }
    }

    /// Ends the data; returns how many rows were stored, or throws what was wrong with one.
    package func finish() async throws(DatabaseError) -> Int {
        isOver = true
        try await link.endCopy(failingWith: nil)
        return try await link.lastResult(of: name)?.affectedRowCount ?? 0
    }

    /// Ends the data with a failure, so that the server discards all of it.
    package func cancel(reason: String) async {
        guard !isOver else { return }
        isOver = true
        do {
            try await link.endCopy(failingWith: reason)
            _ = try await link.lastResult(of: name)
        } catch {
            // The refusal is what was asked for; a lost link has discarded the data as well.
        }
    }
}

/// A `copy … to stdout` under way.
package final class CopyOut {
    private let link: BulkLink
    private let name: StaticString
    private var isOver = false

    init(_ link: BulkLink, _ name: StaticString) {
        self.link = link
        self.name = name
    }

    /// The next piece, a row in the text formats; nil at the end, once the server has confirmed
    /// that nothing is missing.
    package func next() async throws(DatabaseError) -> [UInt8]? {
        if isOver { return nil }
        if let bytes = try await link.takeCopy() { return bytes }
        isOver = true
        _ = try await link.lastResult(of: name)
        return nil
    }
}
