/// How a loop's `Database` connects, and every bound it keeps.
package struct DatabaseConfiguration: Sendable {
    /// A libpq connection URI or keyword string; several hosts are tried in turn.
    package var connection: String
    /// The name shown in `pg_stat_activity`.
    package var applicationName = "customer-care"
    /// Links for single read-only statements, each with many in flight: two keep a backend busy.
    package var readLinkCount = 2
    /// Links lent to one transaction at a time.
    package var writeLinkCount = 4
    /// Links open at once for COPY, scripts and other long work.
    package var bulkLinkLimit = 2
    /// Statements in flight on one read link; more wait.
    ///
    /// A batch that keeps the backend busy and is answered well within a caller's deadline.
    package var pipelineLimit = 128
    /// Callers that may wait for a read link, and as many for a write link.
    package var waitingLimit = 1_000
    /// How long a caller waits for a link, in milliseconds.
    package var waitMilliseconds = 2_000
    /// How long one host may take to accept a connection, in milliseconds.
    package var connectMilliseconds = 3_000
    /// The server's `statement_timeout` in milliseconds.
    package var statementMilliseconds = 2_000
    /// The server's `lock_timeout` in milliseconds.
    package var lockMilliseconds = 1_000
    /// The server's `idle_in_transaction_session_timeout` in milliseconds.
    package var idleInTransactionMilliseconds = 10_000
    /// How much later than `statement_timeout` a silent link is given up, in milliseconds: a
    /// commit that waits for a standby knows no other deadline.
    package var marginMilliseconds = 1_000
    /// The `statement_timeout` of links for long work, in milliseconds; 0 is none.
    package var bulkStatementMilliseconds = 600_000
    /// The first pause before a new round of connection attempts, in milliseconds.
    package var firstPauseMilliseconds = 20
    /// The longest pause between two rounds of connection attempts, in milliseconds.
    package var longestPauseMilliseconds = 2_000

    /// Takes the connection string; the rest has defaults.
    package init(connection: String) {
        self.connection = connection
    }
}
