internal import CLibPQ

/// A connection string taken apart: one list of keywords for each of its hosts.
///
/// libpq would try the hosts in one go, but without a deadline for each: a host that swallows
/// packets would keep all others from being tried.
struct ConnectionTarget {
    typealias Keywords = [(keyword: String, value: String)]

    /// What the hosts have in common, with the settings of the session.
    private let common: Keywords
    /// The keywords `host`, `hostaddr` and `port` of each host.
    private let hosts: [Keywords]

    var hostCount: Int { hosts.count }

    /// Takes the string apart and adds the settings of a session with that statement timeout.
    ///
    /// With `plansOnce` a prepared statement keeps one plan for all parameters. Every statement of
    /// an operation is a look-up by key, and planning one anew over the monthly partitions takes
    /// ten times as long as running it.
    init(
        _ configuration: DatabaseConfiguration, statementMilliseconds: Int, plansOnce: Bool
    ) throws(DatabaseError) {
        var given = try ConnectionTarget.parse(configuration.connection)
        var settings = [
            "statement_timeout=\(statementMilliseconds)",
            "lock_timeout=\(configuration.lockMilliseconds)",
            "idle_in_transaction_session_timeout=\(configuration.idleInTransactionMilliseconds)",
            "timezone=UTC",
        ]
        if plansOnce { settings.append("plan_cache_mode=force_generic_plan") }
        let options = [given["options"] ?? ""] + settings.map { "-c \($0)" }
        given["options"] = options.filter { !$0.isEmpty }.joined(separator: " ")
        given["application_name"] = configuration.applicationName
        given["client_encoding"] = "UTF8"
        hosts = try ConnectionTarget.split(given)
        // Of several hosts one is the primary; the others must not be taken for it.
        if hosts.count > 1, (given["target_session_attrs"] ?? "any") == "any" {
            given["target_session_attrs"] = "read-write"
        }
        for keyword in ["host", "hostaddr", "port"] { given[keyword] = nil }
        common = given.map { (keyword: $0.key, value: $0.value) }
    }

    /// The keywords for one attempt at one host.
    func keywords(host: Int) -> Keywords {
        hosts[host] + common
    }

    /// The name of a host for the log.
    func name(host: Int) -> String {
        hosts[host].map(\.value).joined(separator: ":")
    }

    private static func parse(_ text: String) throws(DatabaseError) -> [String: String] {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = unsafe PQconninfoParse(text, &message) else {
            // libpq's message may quote the string, and with it the password.
            unsafe PQfreemem(message)
            throw .misconfigured(reason: "the connection string cannot be parsed")
        }
        defer { unsafe PQconninfoFree(options) }
        var given: [String: String] = [:]
        var index = 0
        while let keyword = unsafe options[index].keyword {
            if let value = unsafe options[index].val {
                unsafe given[String(cString: keyword)] = unsafe String(cString: value)
            }
            index += 1
        }
        return given
    }

    private static func split(_ given: [String: String]) throws(DatabaseError) -> [Keywords] {
        func list(_ keyword: String) -> [String] {
            guard let value = given[keyword], !value.isEmpty else { return [] }
            return value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let lists = ["host", "hostaddr", "port"].map { (keyword: $0, values: list($0)) }
        let count = max(1, lists[0].values.count, lists[1].values.count)
        for entry in lists where entry.values.count > 1 && entry.values.count != count {
            throw .misconfigured(reason: "the lists of hosts and ports differ in length")
        }
        return (0..<count).map { host in
            lists.compactMap { entry in
                guard let last = entry.values.last else { return nil }
                let value = entry.values.count == 1 ? last : entry.values[host]
                return value.isEmpty ? nil : (keyword: entry.keyword, value: value)
            }
        }
    }
}
