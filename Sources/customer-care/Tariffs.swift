import ArgumentParser
import CustomerCare

/// Loads and shows the tariffs.
struct Tariffs: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Load and show tariffs, VAT rates and the tables of reactive power.",
        discussion: """
            A new version is known to every running service within five seconds. Connects as the \
            schema's owner: CUSTOMER_CARE_OWNER_DATABASE_URL.
            """,
        subcommands: [Load.self, Show.self])

    /// Loads a document.
    struct Load: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a document, show what it changes, and make it the newest version.",
            discussion: """
                The document is checked as a whole: each fault is told by its JSON pointer, and \
                nothing is loaded then. What differs from the newest version is written to \
                standard output, one value a line (+ new, - gone, ~ changed), before it takes \
                effect; with --dry-run it takes none. Nothing is asked. A future tariff can be \
                loaded before its first day. Begin with: customer-care tariffs show --json.
                """)

        @Argument(help: "A JSON document like the one inside the binary.")
        var file: String?

        @Flag(help: "Load the document inside the binary, as `migrate` does the first time.")
        var builtIn = false

        @Flag(help: "Only check, and show what would change.")
        var dryRun = false

        func validate() throws {
            guard (file != nil) != builtIn else {
                throw ValidationError("give a file, or --built-in")
            }
        }

        func run() throws {
            try Ending.of {
                try TariffStore.load(
                    file.map { .file($0) } ?? .builtIn, isRehearsal: dryRun,
                    try .read(requiringMasterKey: false))
            }
        }
    }

    /// Shows the newest version.
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the newest version: documents, validity, confidence.")

        @Flag(name: .customLong("json"), help: "The document itself, to be edited and loaded.")
        var isJSON = false

        func run() throws {
            try Ending.of {
                try TariffStore.show(asJSON: isJSON, try .read(requiringMasterKey: false))
            }
        }
    }
}
