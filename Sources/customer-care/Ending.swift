import ArgumentParser
import CustomerCare

/// How commands end when something is wrong.
enum Ending {
    /// EX_CONFIG of sysexits.h.
    private static let configurationFault = ExitCode(78)

    /// Runs a command; what it throws is told on standard error and becomes an exit status: 78
    /// for a wrong configuration, 1 for the rest.
    static func of<Answer>(_ command: () throws -> Answer) throws -> Answer {
        do {
            return try command()
        } catch let code as ExitCode {
            throw code
        } catch {
            Terminal.tell("customer-care: \(error)")
            let isConfiguration = error is ConfigurationError || error is MasterKeyFault
            throw isConfiguration ? configurationFault : .failure
        }
    }
}
