/// Figures of one loop's `Database`; the counters only grow.
package struct DatabaseStatistics: Equatable, Sendable {
    /// Links for reads that are up now.
    package var readLinksUp = 0
    /// Links for transactions that are up now.
    package var writeLinksUp = 0
    /// Links for transactions that are lent now.
    package var writeLinksLent = 0
    /// Statements sent and not yet answered.
    package var inFlight = 0
    /// Callers waiting for a link.
    package var waiting = 0
    /// Statements answered with a result.
    package var answered = 0
    /// Statements answered with an error.
    package var failed = 0
    /// Statements run a second time: the link was lost, or a neighbour in the pipeline failed.
    package var repeated = 0
    /// Transactions committed.
    package var committed = 0
    /// Transactions rolled back.
    package var rolledBack = 0
    /// Callers whose write shared the commit of another.
    package var shared = 0
    /// Callers whose write ran again, since one of those who shared its transaction failed.
    package var redone = 0
    /// Links that came up.
    package var connected = 0
    /// Links that were lost after they had been up.
    package var lost = 0
    /// Callers turned away, because no link was there in time or too many waited.
    package var turnedAway = 0
}

/// Something worth a line in the log; contains no parameter and no password.
package enum DatabaseEvent: Sendable, Equatable {
    /// A link is up.
    case connected(host: String)
    /// A host did not accept a connection.
    case connectionFailed(host: String, reason: String)
    /// A link that was up is gone.
    case lost(reason: String)
    /// The server sent a warning or notice.
    case notice(severity: String, sqlState: String, message: String)
}
