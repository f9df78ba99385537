internal import Configuration
internal import HTTP
internal import Logging
internal import Postgres
internal import Reactor

extension Configuration {
    /// The variables that make up the configuration.
    enum Variable: String, CaseIterable {
        case databaseURL = "CUSTOMER_CARE_DATABASE_URL"
        case ownerDatabaseURL = "CUSTOMER_CARE_OWNER_DATABASE_URL"
        case port = "CUSTOMER_CARE_PORT"
        case adminPort = "CUSTOMER_CARE_ADMIN_PORT"
        case bindAddress = "CUSTOMER_CARE_BIND_ADDRESS"
        case adminBindAddress = "CUSTOMER_CARE_ADMIN_BIND_ADDRESS"
        case masterKeyFile = "CUSTOMER_CARE_MASTER_KEY_FILE"
        case masterKey = "CUSTOMER_CARE_MASTER_KEY"
        case paymentProvidersFile = "CUSTOMER_CARE_PAYMENT_PROVIDERS_FILE"
        case zaloFile = "CUSTOMER_CARE_ZALO_FILE"
        case attachmentsFolder = "CUSTOMER_CARE_ATTACHMENTS_FOLDER"
        case origins = "CUSTOMER_CARE_ORIGINS"
        case loopCount = "CUSTOMER_CARE_LOOP_COUNT"
        case logLevel = "CUSTOMER_CARE_LOG_LEVEL"
        case publicRequestsPerMinute = "CUSTOMER_CARE_PUBLIC_REQUESTS_PER_MINUTE"
        case graceTimeout = "CUSTOMER_CARE_GRACE_TIMEOUT_MS"
        case headerTimeout = "CUSTOMER_CARE_HEADER_TIMEOUT_MS"
        case bodyTimeout = "CUSTOMER_CARE_BODY_TIMEOUT_MS"
        case idleTimeout = "CUSTOMER_CARE_IDLE_TIMEOUT_MS"
        case writeTimeout = "CUSTOMER_CARE_WRITE_TIMEOUT_MS"
        case requestTimeout = "CUSTOMER_CARE_REQUEST_TIMEOUT_MS"
        case readLinkCount = "CUSTOMER_CARE_READ_LINK_COUNT"
        case writeLinkCount = "CUSTOMER_CARE_WRITE_LINK_COUNT"
        case statementTimeout = "CUSTOMER_CARE_STATEMENT_TIMEOUT_MS"
        case databaseWaitTimeout = "CUSTOMER_CARE_DATABASE_WAIT_TIMEOUT_MS"

        var isSecret: Bool {
            switch self {
            case .databaseURL, .ownerDatabaseURL, .masterKey: true
            default: false
            }
        }
    }

    /// Reads the environment of this process; throws all faults together.
    ///
    /// Commands that seal nothing, such as migrations, run without a master key.
    package static func read(
        requiringMasterKey: Bool = true
    ) throws(ConfigurationError) -> Configuration {
        try read(
            environment: Surroundings.environment, requiringMasterKey: requiringMasterKey,
            processorCount: Surroundings.processorCount, readFile: ProcessFile.read)
    }

    /// Reads the given environment; `readFile` gives a file's bytes, or nil when it cannot.
    static func read(
        environment: [String: String], requiringMasterKey: Bool = true, processorCount: Int,
        readFile: (String) -> [UInt8]?
    ) throws(ConfigurationError) -> Configuration {
        var reading = ConfigurationReading(environment: environment, readFile: readFile)
        let url = reading.text(.databaseURL) ?? ""
        if !reading.isGiven(.databaseURL) { reading.fault(.databaseURL, "is required") }
        var result = Configuration(databaseURL: url)
        reading.set(&result.ownerDatabaseURL, .ownerDatabaseURL)
        reading.set(&result.port, .port, in: 1...65_535)
        reading.set(&result.adminPort, .adminPort, in: 1...65_535)
        if result.port == result.adminPort {
            reading.fault(.adminPort, "is the same as CUSTOMER_CARE_PORT")
        }
        reading.set(&result.bindAddress, .bindAddress)
        reading.set(&result.adminBindAddress, .adminBindAddress)
        result.masterKey = reading.masterKey(isRequired: requiringMasterKey)
        result.paymentProvidersFile = reading.text(.paymentProvidersFile)
        result.zaloFile = reading.text(.zaloFile)
        result.attachmentsFolder = reading.text(.attachmentsFolder)
        result.origins =
            reading.origins()
            ?? ["http://127.0.0.1:\(result.port)", "http://localhost:\(result.port)"]
        result.loopCount = min(64, max(1, processorCount))
        reading.set(&result.loopCount, .loopCount, in: 1...64)
        reading.setLevel(&result.logLevel)
        reading.set(
            &result.publicRequestsPerMinute, .publicRequestsPerMinute, in: 0...100_000_000)
        reading.set(&result.graceMilliseconds, .graceTimeout, in: 0...600_000)
        let timeouts = 100...600_000
        reading.set(&result.deadlines.header, .headerTimeout, in: timeouts)
        reading.set(&result.deadlines.body, .bodyTimeout, in: timeouts)
        reading.set(&result.deadlines.idle, .idleTimeout, in: timeouts)
        reading.set(&result.deadlines.write, .writeTimeout, in: timeouts)
        reading.set(&result.deadlines.request, .requestTimeout, in: timeouts)
        reading.set(&result.database.readLinkCount, .readLinkCount, in: 1...64)
        reading.set(&result.database.writeLinkCount, .writeLinkCount, in: 1...64)
        reading.set(&result.database.statementMilliseconds, .statementTimeout, in: timeouts)
        reading.set(&result.database.waitMilliseconds, .databaseWaitTimeout, in: timeouts)
        guard reading.faults.isEmpty else { throw ConfigurationError(faults: reading.faults) }
        return result
    }
}

/// Reads variable after variable and gathers what is wrong.
private struct ConfigurationReading {
    private static let prefix = "CUSTOMER_CARE_"
    private static let fileVariable = "CUSTOMER_CARE_CONFIGURATION_FILE"
    /// Variables of the command line and of tests, which are not for this struct.
    private static let foreignVariables: Set<String> = [
        fileVariable, "CUSTOMER_CARE_KEY_ID", "CUSTOMER_CARE_SECRET", "CUSTOMER_CARE_CLIENT",
        "CUSTOMER_CARE_URL", "CUSTOMER_CARE_BASE_URL", "CUSTOMER_CARE_ADMIN_URL",
        "CUSTOMER_CARE_DEMO_FILE", "CUSTOMER_CARE_BINARY", "CUSTOMER_CARE_EXCHANGES",
        "CUSTOMER_CARE_TEST_DATABASE_URL",
    ]

    private let reader: ConfigReader
    private(set) var faults: [String] = []

    init(environment: [String: String], readFile: (String) -> [UInt8]?) {
        var faults: [String] = []
        var file: [String: String] = [:]
        if let path = environment[Self.fileVariable] {
            if let bytes = readFile(path), let text = String(validating: bytes, as: UTF8.self) {
                file = Self.variables(in: text, &faults)
            } else {
                faults.append("\(Self.fileVariable): the file cannot be read as UTF-8 text")
            }
        }
        let own = environment.filter { $0.key.hasPrefix(Self.prefix) }
        let known = Set(Configuration.Variable.allCases.map(\.rawValue))
        let given = Set(own.keys).subtracting(Self.foreignVariables).union(file.keys)
        for name in given.subtracting(known).sorted() {
            faults.append("\(name): is not a variable of this program")
        }
        reader = ConfigReader(providers: [
            EnvironmentVariablesProvider(environmentVariables: own),
            EnvironmentVariablesProvider(environmentVariables: file),
        ])
        self.faults = faults
    }

    /// Lines `NAME=value`; empty lines and lines that begin with "#" are skipped.
    private static func variables(in text: String, _ faults: inout [String]) -> [String: String] {
        var variables: [String: String] = [:]
        // By scalars: CR LF is one Character, and not the newline.
        let lines = text.unicodeScalars.split(
            separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let line = String(line.last == "\r" ? line.dropLast() : line)
            if line.isEmpty || line.hasPrefix("#") { continue }
            guard let equals = line.firstIndex(of: "="), line.hasPrefix(prefix) else {
                faults.append("\(fileVariable): line \(index + 1) is not \(prefix)…=value")
                continue
            }
            let name = String(line[..<equals])
            if variables[name] != nil { faults.append("\(name): is given twice in the file") }
            variables[name] = String(line[line.index(after: equals)...])
        }
        return variables
    }

    mutating func fault(_ variable: Configuration.Variable, _ text: String) {
        faults.append("\(variable.rawValue): \(text)")
    }

    func isGiven(_ variable: Configuration.Variable) -> Bool {
        value(variable) != nil
    }

    private func value(_ variable: Configuration.Variable) -> String? {
        reader.string(forKey: ConfigKey([variable.rawValue]), isSecret: variable.isSecret)
    }

    /// The text of a variable; nil, with a fault, when it is empty or holds control characters.
    mutating func text(_ variable: Configuration.Variable) -> String? {
        guard let value = value(variable) else { return nil }
        if value.isEmpty {
            fault(variable, "is empty")
            return nil
        }
        if value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            fault(variable, "holds a control character")
            return nil
        }
        return value
    }

    mutating func set(_ field: inout String, _ variable: Configuration.Variable) {
        if let text = text(variable) { field = text }
    }

    /// Takes decimal digits and nothing else.
    mutating func set(
        _ field: inout Int, _ variable: Configuration.Variable, in range: ClosedRange<Int>
    ) {
        guard let text = text(variable) else { return }
        let isNumber = text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } && text.utf8.count <= 9
        let number = text.utf8.reduce(0) { isNumber ? $0 * 10 + Int($1 - 0x30) : -1 }
        guard isNumber, range.contains(number) else {
            let bounds = "\(range.lowerBound) to \(range.upperBound)"
            return fault(variable, "is not a whole number from \(bounds)")
        }
        field = number
    }

    mutating func setLevel(_ field: inout Logger.Level) {
        guard let text = text(.logLevel) else { return }
        guard let level = Logger.Level(rawValue: text) else {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            return fault(.logLevel, "is none of \(levels)")
        }
        field = level
    }

    mutating func masterKey(isRequired: Bool) -> Configuration.MasterKeySource? {
        let path = text(.masterKeyFile)
        let key = text(.masterKey)
        if isGiven(.masterKeyFile), isGiven(.masterKey) {
            fault(.masterKey, "is given besides CUSTOMER_CARE_MASTER_KEY_FILE")
        } else if isRequired, !isGiven(.masterKeyFile), !isGiven(.masterKey) {
            fault(.masterKeyFile, "is required, or CUSTOMER_CARE_MASTER_KEY")
        }
        return path.map { .file(path: $0) } ?? key.map { .base64($0) }
    }

    /// The origins in lower case; nil when there are none or one is wrong.
    mutating func origins() -> [String]? {
        guard let text = text(.origins) else { return nil }
        let origins = text.split(separator: ",", omittingEmptySubsequences: false).map {
            $0.lowercased()
        }
        if let position = origins.firstIndex(where: { !Self.isOrigin($0) }) {
            fault(.origins, "item \(position + 1) is not scheme://host or scheme://host:port")
            return nil
        }
        return origins
    }

    /// Whether the text is `http` or `https`, a host name or address, and perhaps a port.
    private static func isOrigin(_ text: String) -> Bool {
        guard let scheme = ["http://", "https://"].first(where: text.hasPrefix) else {
            return false
        }
        var host = text.dropFirst(scheme.count)
        if let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") {
            let port = host[host.index(after: colon)...]
            let isPort =
                (1...5).contains(port.utf8.count)
                && port.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
            guard isPort, let number = Int(port), (1...65_535).contains(number) else {
                return false
            }
            host = host[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]"), host.utf8.count > 4 {
            return host.dropFirst().dropLast().utf8.allSatisfy {
                ($0 >= 0x30 && $0 <= 0x3A) || ($0 >= 0x61 && $0 <= 0x66)
            }
        }
        return !host.isEmpty
            && host.utf8.allSatisfy {
                ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2D
                    || $0 == 0x2E
            }
    }
}
