internal import Logging
internal import Postgres

/// Something that happened and is worth a line in the log; told in the past tense.
///
/// A request that was answered is not here: `Observer.requestAnswered` writes it without detours.
/// No case carries personal data, a body or a path.
enum Observation: Sendable, Equatable {
    /// The service serves; the ports it listens on.
    case serviceStarted(version: String, port: Int, adminPort: Int, loopCount: Int)
    /// A signal asked the service to stop.
    case stopRequested(signal: Int)
    /// The last loop has ended.
    case serviceStopped
    /// A message was refused with a status before an operation was found.
    case requestRefused(status: Int)
    /// A signature was not accepted, for the precise reason that the caller is not told.
    case signatureRefused(reason: String, keyId: String, requestId: String)
    /// A client had used up what its rate limit allows.
    case rateLimitReached(client: String, operation: String)
    /// A request failed because of a bug of ours or of a fault nobody foresaw.
    case requestFailed(operation: String, requestId: String, reason: String)
    /// A database link is up.
    case linkConnected(host: String)
    /// A host did not accept a database link.
    case linkRefused(host: String, reason: String)
    /// A database link that was up is gone.
    case linkLost(reason: String)
    /// The database server said something of its own accord.
    case databaseNoticed(severity: String, sqlState: String, message: String)
    /// A loop became ready to serve.
    case loopBecameReady
    /// A loop lost something it cannot serve without.
    case loopBecameUnready(check: String)
    /// The clients and their keys were read.
    case clientsLoaded(count: Int)
    /// The clients could not be read; the ones known stay in use.
    case clientsNotLoaded(reason: String)
    /// So many secrets of clients are sealed with a master key that is not ours; 0: none any more.
    case clientSecretsNotOpened(count: Int)
    /// A version of the tariffs came into use.
    case tariffsLoaded(version: Int)
    /// A version of the tariffs could not be read; the one known stays in use.
    case tariffsNotLoaded(reason: String)
    /// The service stopped while the database was away: so many reads of personal data are not
    /// in the audit.
    case auditLost(count: Int)
    /// Partitions of months were made, or taken out.
    case partitionsChanged(created: Int, retired: Int)
    /// Nothing can be sent before a person has renewed the tokens of the Official Account.
    case zaloWantsPerson(reason: String)

    /// Takes over what the database's links tell.
    init(_ event: DatabaseEvent) {
        switch event {
        case .connected(let host): self = .linkConnected(host: host)
        case .connectionFailed(let host, let reason):
            self = .linkRefused(host: host, reason: reason)
        case .lost(let reason): self = .linkLost(reason: reason)
        case .notice(let severity, let sqlState, let message):
            self = .databaseNoticed(severity: severity, sqlState: sqlState, message: message)
        }
    }

    /// How severe it is.
    var level: Logger.Level {
        switch self {
        case .serviceStarted, .stopRequested, .serviceStopped: .notice
        case .requestRefused, .signatureRefused, .rateLimitReached: .info
        case .linkConnected, .loopBecameReady, .clientsLoaded, .tariffsLoaded, .partitionsChanged:
            .info
        case .linkRefused, .linkLost, .databaseNoticed, .loopBecameUnready: .warning
        case .clientsNotLoaded, .clientSecretsNotOpened, .tariffsNotLoaded: .warning
        case .requestFailed, .auditLost, .zaloWantsPerson: .error
        }
    }

    /// The name it bears in the log, equal to the case's.
    var name: String {
        switch self {
        case .serviceStarted: "serviceStarted"
        case .stopRequested: "stopRequested"
        case .serviceStopped: "serviceStopped"
        case .requestRefused: "requestRefused"
        case .signatureRefused: "signatureRefused"
        case .rateLimitReached: "rateLimitReached"
        case .requestFailed: "requestFailed"
        case .linkConnected: "linkConnected"
        case .linkRefused: "linkRefused"
        case .linkLost: "linkLost"
        case .databaseNoticed: "databaseNoticed"
        case .loopBecameReady: "loopBecameReady"
        case .loopBecameUnready: "loopBecameUnready"
        case .clientsLoaded: "clientsLoaded"
        case .clientsNotLoaded: "clientsNotLoaded"
        case .clientSecretsNotOpened: "clientSecretsNotOpened"
        case .tariffsLoaded: "tariffsLoaded"
        case .tariffsNotLoaded: "tariffsNotLoaded"
        case .auditLost: "auditLost"
        case .partitionsChanged: "partitionsChanged"
        case .zaloWantsPerson: "zaloWantsPerson"
        }
    }

    /// What it carries, in the order in which the log shows it.
    var fields: [(LogField, String)] {
        switch self {
        case .serviceStarted(let version, let port, let adminPort, let loopCount):
            [
                (.version, version), (.port, "\(port)"), (.adminPort, "\(adminPort)"),
                (.count, "\(loopCount)"),
            ]
        case .stopRequested(let signal): [(.signal, "\(signal)")]
        case .serviceStopped, .loopBecameReady: []
        case .requestRefused(let status): [(.status, "\(status)")]
        case .signatureRefused(let reason, let keyId, let requestId):
            [(.reason, reason), (.keyId, keyId), (.requestId, requestId)]
        case .rateLimitReached(let client, let operation):
            [(.client, client), (.operation, operation)]
        case .requestFailed(let operation, let requestId, let reason):
            [(.operation, operation), (.requestId, requestId), (.reason, reason)]
        case .linkConnected(let host): [(.host, host)]
        case .zaloWantsPerson(let reason): [(.reason, reason)]
        case .linkRefused(let host, let reason): [(.host, host), (.reason, reason)]
        case .linkLost(let reason), .clientsNotLoaded(let reason), .tariffsNotLoaded(let reason):
            [(.reason, reason)]
        case .tariffsLoaded(let version): [(.version, "\(version)")]
        case .databaseNoticed(let severity, let sqlState, let message):
            [(.severity, severity), (.sqlState, sqlState), (.message, message)]
        case .loopBecameUnready(let check): [(.check, check)]
        case .partitionsChanged(let created, let retired):
            [(.count, "\(created)"), (.retired, "\(retired)")]
        case .clientsLoaded(let count), .clientSecretsNotOpened(let count), .auditLost(let count):
            [(.count, "\(count)")]
        }
    }
}
