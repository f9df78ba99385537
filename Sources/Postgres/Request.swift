import Reactor

/// One command on its way through a pipeline, and where its answer goes.
final class Request {
    /// How a command ended.
    enum Reply {
        /// It was carried out.
        case result(QueryResult)
        /// The server refused it.
        case failed(ServerError)
        /// An earlier command of its group failed with this error; this one was not tried.
        case aborted(ServerError)
        /// The connection was lost before the answer.
        case lost
        /// The deadline passed before the answer; the connection has been given up.
        case timedOut
        /// It was not sent, since a parameter does not fit the statement.
        case unfit(ParameterBuffer.Fault)
        /// It was carried out, but the server stopped waiting for its standby.
        case unconfirmed
    }

    let reply = Promise<Reply>()
    let deadline: MonotonicInstant
    /// Whether the answer waits for the end of the group: an implicit transaction commits there.
    let waitsForSync: Bool
    /// What the server has answered so far.
    var answer: Reply?
    /// Whether the server has warned while this command was the one under way.
    var isWarned = false

    init(deadline: MonotonicInstant, waitsForSync: Bool) {
        self.deadline = deadline
        self.waitsForSync = waitsForSync
    }
}
