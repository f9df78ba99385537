package import HTTP
package import Logging
package import Postgres

/// Everything an operator decides, read once at the start from variables `CUSTOMER_CARE_…`.
///
/// A variable comes from the environment, else from the file that
/// `CUSTOMER_CARE_CONFIGURATION_FILE` names, else it has the default given here.
package struct Configuration: Sendable {
    /// Where the master key comes from: exactly one of the two is given.
    package enum MasterKeySource: Sendable, Equatable {
        /// The path of a file that holds the key.
        case file(path: String)
        /// The key itself in base64.
        case base64(String)
    }

    /// How the service connects, from `CUSTOMER_CARE_DATABASE_URL` (required), with
    /// `…_READ_LINK_COUNT` and `…_WRITE_LINK_COUNT` (links per loop), `…_STATEMENT_TIMEOUT_MS`
    /// and `…_DATABASE_WAIT_TIMEOUT_MS` (milliseconds).
    package var database: DatabaseConfiguration
    /// `CUSTOMER_CARE_OWNER_DATABASE_URL`: the connection of the schema's owner, for migrations,
    /// demo data and clients; by default that of the service.
    package var ownerDatabaseURL: String
    /// `CUSTOMER_CARE_PORT`: the port of the interface; 8080.
    package var port = 8_080
    /// `CUSTOMER_CARE_ADMIN_PORT`: the port for probes and metrics; 8081.
    package var adminPort = 8_081
    /// `CUSTOMER_CARE_BIND_ADDRESS`: the address the interface listens on; 127.0.0.1.
    package var bindAddress = "127.0.0.1"
    /// `CUSTOMER_CARE_ADMIN_BIND_ADDRESS`: the address the admin port listens on; 127.0.0.1.
    package var adminBindAddress = "127.0.0.1"
    /// `CUSTOMER_CARE_MASTER_KEY_FILE` or `CUSTOMER_CARE_MASTER_KEY`: where the master key comes
    /// from; nil only when the reader of the configuration did not ask for one.
    package var masterKey: MasterKeySource?
    /// `CUSTOMER_CARE_PAYMENT_PROVIDERS_FILE`: the path of a JSON file with the settings and
    /// secrets of payment providers; without it there is no online payment.
    package var paymentProvidersFile: String?
    /// `CUSTOMER_CARE_ZALO_FILE`: the path of a JSON file with the settings and secrets of the
    /// Official Account; without it no event is taken and no message sent.
    package var zaloFile: String?
    /// `CUSTOMER_CARE_ATTACHMENTS_FOLDER`: the folder for documents of service requests.
    ///
    /// They are sealed. All instances share one disk; without a folder none are taken.
    package var attachmentsFolder: String?
    /// `CUSTOMER_CARE_ORIGINS`, separated by commas: the origins that clients sign for, each
    /// `scheme://host[:port]` in lower case; by default 127.0.0.1 and localhost at the port.
    package var origins: [String] = []
    /// `CUSTOMER_CARE_LOOP_COUNT`: event loops, each with a thread and database links of its own; 1
    /// to 64, by default as many as the process may use processors.
    package var loopCount = 1
    /// `CUSTOMER_CARE_LOG_LEVEL`: the least severe level that is logged; info, which includes a
    /// line for each request.
    package var logLevel = Logger.Level.info
    /// `CUSTOMER_CARE_PUBLIC_REQUESTS_PER_MINUTE`: unsigned look-ups and calculations of tariffs
    /// that a process answers a minute, all callers together; 600,000, and 0 is no limit.
    ///
    /// That is about a third of what two cores can, so that signed clients keep the rest.
    package var publicRequestsPerMinute = 600_000
    /// `CUSTOMER_CARE_GRACE_TIMEOUT_MS`: how long requests under way may take after a signal to
    /// stop, in milliseconds; 15,000.
    package var graceMilliseconds = 15_000
    /// `CUSTOMER_CARE_HEADER_TIMEOUT_MS`, `…_BODY_TIMEOUT_MS`, `…_IDLE_TIMEOUT_MS`,
    /// `…_WRITE_TIMEOUT_MS`, `…_REQUEST_TIMEOUT_MS`: the times a connection may take, in
    /// milliseconds.
    package var deadlines = Deadlines()

    /// Takes the one value that has no default; the rest can be set.
    package init(databaseURL: String) {
        database = DatabaseConfiguration(connection: databaseURL)
        ownerDatabaseURL = databaseURL
    }
}

/// All that is wrong with a configuration, so that one start shows every fault.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// One line for each fault, beginning with the variable's name; no line holds a value.
    package let faults: [String]

    package var description: String {
        (["the configuration is not valid:"] + faults).joined(separator: "\n  ")
    }
}

extension Configuration: CustomStringConvertible {
    /// Every setting with its variable's name, one a line, with secrets masked.
    package var description: String {
        settings.map { "\($0.variable.rawValue)=\($0.text)" }.joined(separator: "\n")
    }

    /// Every setting as text, in the order of `Variable`.
    private var settings: [(variable: Variable, text: String)] {
        [
            (.databaseURL, ConnectionText.masked(database.connection)),
            (.ownerDatabaseURL, ConnectionText.masked(ownerDatabaseURL)),
            (.port, "\(port)"),
            (.adminPort, "\(adminPort)"),
            (.bindAddress, bindAddress),
            (.adminBindAddress, adminBindAddress),
            masterKeySetting,
            (.paymentProvidersFile, paymentProvidersFile ?? ""),
            (.zaloFile, zaloFile ?? ""),
            (.attachmentsFolder, attachmentsFolder ?? ""),
            (.origins, origins.joined(separator: ",")),
            (.loopCount, "\(loopCount)"),
            (.logLevel, logLevel.rawValue),
            (.publicRequestsPerMinute, "\(publicRequestsPerMinute)"),
            (.graceTimeout, "\(graceMilliseconds)"),
            (.headerTimeout, "\(deadlines.header)"),
            (.bodyTimeout, "\(deadlines.body)"),
            (.idleTimeout, "\(deadlines.idle)"),
            (.writeTimeout, "\(deadlines.write)"),
            (.requestTimeout, "\(deadlines.request)"),
            (.readLinkCount, "\(database.readLinkCount)"),
            (.writeLinkCount, "\(database.writeLinkCount)"),
            (.statementTimeout, "\(database.statementMilliseconds)"),
            (.databaseWaitTimeout, "\(database.waitMilliseconds)"),
        ]
    }

    private var masterKeySetting: (variable: Variable, text: String) {
        switch masterKey {
        case .file(let path): (.masterKeyFile, path)
        case .base64: (.masterKey, "***")
        case nil: (.masterKeyFile, "")
        }
    }
}

/// A connection string as it may be shown.
enum ConnectionText {
    /// A URI without its passwords; of a keyword string nothing, since its quoting is libpq's.
    static func masked(_ text: String) -> String {
        guard let scheme = text.firstRange(of: "://") else { return "***" }
        let parts = text[scheme.upperBound...].split(
            separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        // A password may hold a "?" by mistake, so the last "@" of the whole text ends it.
        if parts.count == 2, parts[1].contains("@") { return text[..<scheme.upperBound] + "***" }
        var shown = text[..<scheme.upperBound] + maskedAuthority(parts[0])
        if parts.count == 2 {
            let query = parts[1].split(separator: "&").map(maskedParameter)
            shown += "?" + query.joined(separator: "&")
        }
        return String(shown)
    }

    private static func maskedAuthority(_ text: Substring) -> String {
        guard let at = text.lastIndex(of: "@"), let colon = text[..<at].firstIndex(of: ":") else {
            return String(text)
        }
        return text[...colon] + "***" + text[at...]
    }

    private static func maskedParameter(_ text: Substring) -> String {
        guard let equals = text.firstIndex(of: "=") else { return "***" }
        // Only names without percent-encoding can be told apart from a password.
        let isPlain = text[..<equals].allSatisfy { $0.isLetter || $0 == "_" }
        let isSecret = text[..<equals].lowercased().contains("pass")
        return isPlain && !isSecret ? String(text) : text[...equals] + "***"
    }
}
