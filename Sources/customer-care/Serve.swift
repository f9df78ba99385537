import ArgumentParser
import CustomerCare

/// Answers requests.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Answer requests until SIGTERM or SIGINT, then finish what runs.",
        discussion: """
            The log goes to standard output, one JSON object a line; the configuration, with its \
            secrets masked, to standard error. A second signal ends the service at once.
            """)

    func run() throws {
        try Ending.of { try Instance.serve(try .read()) }
    }
}
