internal import CLibPQ

/// A connection of libpq, closed with its last owner.
///
/// No call here ever blocks, but for the look-up of a host's name: give addresses, or names that
/// the machine itself knows.
@safe
final class Link {
    /// What a connection under way waits for.
    enum ConnectStep {
        case wantsToRead, wantsToWrite, connected, failed
    }

    /// What has become of bytes to be sent.
    enum FlushState {
        case sent, pending, failed
    }

    /// Called with severity, SQLSTATE and message of each notice.
    var receiveNotice: ((_ severity: String, _ sqlState: String, _ message: String) -> Void)?

    private let connection: OpaquePointer

    /// Begins to connect; nil when there is no memory.
    init?(connectingWith keywords: [(keyword: String, value: String)]) {
        let names = CStrings(keywords.map(\.keyword))
        let values = CStrings(keywords.map(\.value))
        guard let connection = unsafe PQconnectStartParams(names.pointers, values.pointers, 0)
        else { return nil }
        unsafe self.connection = unsafe connection
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe PQsetNoticeReceiver(
            connection,
            { context, result in
                guard let context = unsafe context, let result = unsafe result else { return }
                let link = unsafe Unmanaged<Link>.fromOpaque(context).takeUnretainedValue()
                unsafe link.take(notice: result)
            }, context)
    }

    deinit {
        unsafe PQfinish(connection)
    }

    private func take(notice: OpaquePointer) {
        func field(_ code: Int32) -> String {
            unsafe PQresultErrorField(notice, code).map { unsafe String(cString: $0) } ?? ""
        }
        receiveNotice?(
            field(Diagnostic.severity), field(Diagnostic.sqlState),
            field(Diagnostic.message))
    }

    // MARK: State

    /// The socket; it may change from one connect step to the next.
    var socket: Int32 { unsafe PQsocket(connection) }

    var isBroken: Bool { unsafe PQstatus(connection) == CONNECTION_BAD }

    /// Why the last call failed; names hosts and roles, never a password.
    var lastMessage: String {
        let message = unsafe String(cString: PQerrorMessage(connection))
        return String(message.prefix { $0 != "\n" })
    }

    // MARK: Connecting

    func stepConnecting() -> ConnectStep {
        switch unsafe PQconnectPoll(connection) {
        case PGRES_POLLING_READING: .wantsToRead
        case PGRES_POLLING_WRITING: .wantsToWrite
        case PGRES_POLLING_OK: .connected
        default: .failed
        }
    }

    /// Makes a connection that stands ready for work that never blocks.
    func enterNonblocking(pipelined: Bool) -> Bool {
        guard unsafe PQsetnonblocking(connection, 1) == 0 else { return false }
        return unsafe !pipelined || PQenterPipelineMode(connection) == 1
    }

    // MARK: Sending

    /// Queues the preparation of a statement and the question for its types.
    func sendPrepare(_ sql: StaticString, as name: PreparedName) -> Bool {
        unsafe PQsendPrepare(
            connection, name.pointer,
            UnsafeRawPointer(sql.utf8Start)
                .assumingMemoryBound(to: CChar.self), 0, nil) == 1
    }

    func sendDescribe(_ name: PreparedName) -> Bool {
        unsafe PQsendDescribePrepared(connection, name.pointer) == 1
    }

    /// Queues a prepared statement with its encoded parameters; the answer comes in binary.
    func sendQuery(_ name: PreparedName, _ parameters: borrowing EncodedParameters) -> Bool {
        unsafe PQsendQueryPrepared(
            connection, name.pointer, parameters.count, parameters.values, parameters.lengths,
            parameters.formats, 1) == 1
    }

    /// Queues a statement without parameters in a pipeline, such as `begin`.
    func sendUnprepared(_ sql: StaticString) -> Bool {
        unsafe PQsendQueryParams(
            connection,
            UnsafeRawPointer(sql.utf8Start)
                .assumingMemoryBound(to: CChar.self), 0, nil, nil, nil, nil, 1) == 1
    }

    /// Sends statements by the simple protocol, outside a pipeline.
    func sendScript(_ script: String) -> Bool {
        unsafe PQsendQuery(connection, script) == 1
    }

    /// Ends a group of a pipeline and begins to send it.
    func sendSync() -> Bool {
        unsafe PQpipelineSync(connection) == 1
    }

    func flush() -> FlushState {
        switch unsafe PQflush(connection) {
        case 0: .sent
        case 1: .pending
        default: .failed
        }
    }

    // MARK: Receiving

    /// Takes what has arrived; false when the connection is gone.
    func consumeInput() -> Bool {
        unsafe PQconsumeInput(connection) == 1
    }

    /// Whether the next result has not arrived yet.
    var isBusy: Bool { unsafe PQisBusy(connection) == 1 }

    /// The next result, or nil at the end of one statement's results.
    func nextResult() -> QueryResult? {
        guard let result = unsafe PQgetResult(connection) else { return nil }
        return unsafe QueryResult(owning: result)
    }

    // MARK: COPY

    /// Queues data for COPY, to be flushed piece by piece; false when the connection is gone.
    func putCopy(_ bytes: ArraySlice<UInt8>) -> Bool {
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe PQputCopyData(
                connection, bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                Int32(bytes.count)) == 1
        }
    }

    /// Ends the data of COPY; with a reason, the server discards what it has got.
    func endCopy(failingWith reason: String?) -> Bool {
        guard let reason else { return unsafe PQputCopyEnd(connection, nil) == 1 }
        return unsafe PQputCopyEnd(connection, reason) == 1
    }

    /// What `takeCopy` has found.
    enum CopyRow {
        case bytes([UInt8]), notYet, end, failed
    }

    /// The next piece of COPY data that has arrived.
    func takeCopy() -> CopyRow {
        var buffer: UnsafeMutablePointer<CChar>?
        let length = unsafe PQgetCopyData(connection, &buffer, 1)
        guard length > 0, let start = unsafe buffer else {
            return length == 0 ? .notYet : length == -1 ? .end : .failed
        }
        defer { unsafe PQfreemem(start) }
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: Int(length))
        return .bytes(unsafe [UInt8](bytes))
    }
}
