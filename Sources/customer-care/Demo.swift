import ArgumentParser
import CustomerCare

/// Makes demo data.
struct Demo: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fill an empty database with made-up customers, bills and clients.",
        discussion: """
            A second run keeps what is there, and makes bills of an earlier day anew. It refuses \
            a database that holds other customers. The file tells of everything a script needs, \
            the clients' secrets included; only its owner can read it.
            """)

    @Option(
        help: ArgumentHelp(
            "Where to write addresses, clients, secrets and customers.", valueName: "file"))
    var output: String

    @Option(help: "How many customers; at least 30.")
    var customers = 1_000

    func validate() throws {
        guard (30...1_000_000).contains(customers) else {
            throw ValidationError("--customers is 30 to 1000000")
        }
    }

    func run() throws {
        try Ending.of {
            try DemoData.write(to: output, customerCount: customers, try .read())
        }
    }
}
