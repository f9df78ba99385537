import ArgumentParser
import CustomerCare

/// Asks a running service whether it is ready.
struct Health: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask the service of this machine whether it is ready; 0 when it is.",
        discussion: "Asks /readyz of CUSTOMER_CARE_ADMIN_PORT. Needs no other configuration.")

    @Option(help: "The admin port's address: an IPv4 or IPv6 address in digits.")
    var address = "127.0.0.1"

    @Option(help: "The admin port; by default CUSTOMER_CARE_ADMIN_PORT, else 8081.")
    var port: UInt16?

    func run() throws {
        try Ending.of {
            let (isReady, answer) = try HealthQuestion.ask(
                address: address, port: port ?? Configuration.adminPort())
            Terminal.say(answer)
            if !isReady { throw ExitCode.failure }
        }
    }
}
