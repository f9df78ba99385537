import ArgumentParser
import CustomerCare

/// What staff and auditors do through the interface.
struct Staff: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Work as staff from a terminal: outages, requests, customers, payments, messages.",
        discussion: """
            Every command is one signed call of a running service, CUSTOMER_CARE_URL \
            (http://127.0.0.1:8080), with the same rights as by the interface. Who acts is the \
            key: CUSTOMER_CARE_KEY_ID and CUSTOMER_CARE_SECRET of one person's client of scope \
            staff, or admin for actions and audit-events. Under its name is noted down what was \
            done and read. What reaches many takes two persons: the first proposes, the other \
            says the same with a key of their own. Nothing is asked.

            An instant is written 2026-12-05 08:00, in the time of Vietnam, or as RFC 3339 has \
            it. Results go to standard output, as a table or with --json as lines of JSON; \
            warnings and refusals to standard error.

            Ends with 0 when it is done or proposed, 64 for a wrong command line, 65 when what is \
            sent is wrong, 66 when it is not there, 69 when nobody answers, 75 when it is in \
            another state, was changed meanwhile, or too much was asked: look again or try later, \
            77 when the key may not do it, 1 for anything else.
            """,
        subcommands: [
            Customers.self, BillingGaps.self, Requests.self, Incidents.self, Outages.self,
            PaymentTasks.self, Imports.self, DeadLetters.self, Templates.self, Actions.self,
            AuditEvents.self,
        ])

    /// What every command of staff takes.
    struct Options: ParsableArguments {
        @Flag(name: .customLong("json"), help: "Write lines of JSON, for scripts.")
        var isJSON = false

        @Option(help: "What problems are told in; by LC_ALL or LANG when left out, else vi.")
        var language: Language?

        @Option(help: "The service, in the place of CUSTOMER_CARE_URL.")
        var url: String?
    }

    /// What a list takes that has pages.
    struct Rows: ParsableArguments {
        @Option(help: "Rows to be read, at most; page after page.")
        var limit = 200

        func validate() throws {
            guard (1...100_000).contains(limit) else {
                throw ValidationError("--limit is 1 to 100000")
            }
        }
    }
}

/// A command that is one call: a new one is its arguments and what they make of it.
protocol StaffCommand: ParsableCommand {
    /// What every command of staff takes.
    var options: Staff.Options { get }
    /// What is asked for, and how it is shown.
    var call: StaffCall { get }
}

extension StaffCommand {
    func run() throws {
        let outcome = try Ending.of {
            try StaffClient.configured(url: options.url, language: options.language)
                .run(call, asJSON: options.isJSON)
        }
        if outcome != .done { throw ExitCode(outcome.rawValue) }
    }
}

extension Language: ExpressibleByArgument {}
