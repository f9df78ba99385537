import Postgres

extension Schema {
    /// `customer-care migrate`: brings the schema up to date and tells each step.
    package static func migrate(_ configuration: Configuration) throws {
        let outcome = try CommandLoop.run(configuration) { database in
            let outcome = try await migrate(database) { progress in
                switch progress {
                case .waitingForLock: break
                case .applying(let name): Terminal.tell("    applying \(name)")
                case .applied(let name): Terminal.tell("    applied  \(name)")
                case .createdPartitions(0): break
                case .createdPartitions(let count):
                    Terminal.tell("    created  \(count) monthly partitions")
                }
            }
            // What the binary brings is a beginning; later versions are the operator's.
            if case .current = outcome,
                let version = try await TariffStore(database: database).loadBuiltInIfNone()
            {
                Terminal.tell("    loaded   tariffs, version \(version)")
            }
            return outcome
        }
        switch outcome {
        case .current: Terminal.tell("    the schema is up to date")
        case .newer(let version):
            Terminal.tell("    the schema is newer than this program (step \(version)): kept")
        }
    }
}
