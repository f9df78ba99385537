import Reactor

extension Instance {
    /// `customer-care serve`: serves until a signal; the log goes to standard output.
    package static func serve(_ configuration: Configuration) throws {
        let keys = try configuration.masterKeys()
        Terminal.tell("customer-care \(Version.current)\n\(configuration)")
        // Before the first thread, so that no thread is ever interrupted.
        Signals.block(Signals.stopping)
        let writer = try LineWriter(to: FileOutput.standardOutput)
        defer { writer.stopAndJoin() }
        let log = Log(level: configuration.logLevel, writer: writer, clock: World.real.now)
        try Instance(
            configuration: configuration, masterKeys: keys, log: log, version: Version.current
        ).run()
    }
}
