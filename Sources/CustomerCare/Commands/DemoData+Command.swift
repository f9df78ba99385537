import Reactor

extension DemoData {
    /// `customer-care demo`: makes what is missing and writes the file that tells of it, which
    /// only its owner can read.
    package static func write(
        to path: String, customerCount: Int, _ configuration: Configuration
    ) throws {
        let keys = try configuration.masterKeys()
        let file = try CommandLoop.run(configuration) { database in
            let demo = try DemoData(
                database: database, masterKeys: keys, customerCount: customerCount)
            return try await demo.load(
                baseURL: configuration.baseURL, adminURL: configuration.adminURL, report: tell)
        }
        try FileOutput.replace(path, with: file.text, mode: ownerOnly)
        Terminal.tell("    \(path) tells of clients, secrets and customers")
    }

    /// Permissions of a file with secrets.
    private static let ownerOnly: UInt32 = 0o600

    private static func tell(_ progress: Progress) {
        switch progress {
        case .upToDate(let count): Terminal.tell("    \(count) customers are there already")
        case .outdated(let day): Terminal.tell("    the data is of \(day): making it anew")
        case .madeUp(let count, let total):
            Terminal.tell("    \(count) of \(total) customers made up")
        case .stored(let customers, let bills):
            Terminal.tell("    stored \(customers) customers with \(bills) bills")
        case .client(let name, let isNew):
            Terminal.tell("    client \(name): \(isNew ? "created" : "there already")")
        }
    }
}
