import ArgumentParser
import CustomerCare

/// Brings a file in through the interface.
struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring in bills, customers, outages and the like, all of a file or nothing.",
        discussion: """
            KIND is one of: \(ImportClient.kinds.joined(separator: ", ")). FILE has one JSON \
            object on each line, or is a table whose first row names the columns (.csv); it may be \
            compressed (.gz); - is standard input. It goes to a running service, CUSTOMER_CARE_URL \
            (http://127.0.0.1:8080), signed with the key of a client of scope import: \
            CUSTOMER_CARE_KEY_ID and CUSTOMER_CARE_SECRET. What breaks off is resumed with the id \
            that it said first.

            Ends with 0 when it is in use (or valid, with --dry-run), 65 when the data are wrong, \
            66 when the import to be resumed is not there, 69 when nobody answers, 75 when it \
            waits for approval or is still worked on, 77 when the key may not import, 1 for \
            anything else.
            """)

    @Argument(help: "What a line is.")
    var kind: String

    @Argument(help: "The file, or - for standard input.")
    var file: String

    @Option(help: "The system that the data come from; the collector of payments.")
    var source: String

    @Option(help: "The instant that the data are of, as RFC 3339 has it; now when left out.")
    var asOf: String?

    @Flag(help: "Tell followers of what is new and what was corrected: bills and outages only.")
    var sendMessages = false

    @Option(help: "ndjson or csv; by the name of the file when left out.")
    var format: Format?

    @Flag(inversion: .prefixedNo, help: "Whether it is compressed; by its name when left out.")
    var gzip: Bool?

    @Option(help: "How many rows there must be.")
    var expectedRows: Int64?

    @Option(help: "What all bills or payments must add up to, in đồng.")
    var expectedTotal: Int64?

    @Option(
        help: """
            The month (2026-11) of which all bills are and none is there yet: they come in several \
            times as fast.
            """)
    var newMonth: String?

    @Flag(help: "Only say what would change.")
    var dryRun = false

    @Option(help: "Go on with an import that was begun before, by its id.")
    var resume: String?

    @Option(help: "The service, in the place of CUSTOMER_CARE_URL.")
    var url: String?

    /// How a file is written.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case ndjson, csv
    }

    func validate() throws {
        guard ImportClient.kinds.contains(kind) else {
            throw ValidationError(
                "\(kind) is none of \(ImportClient.kinds.joined(separator: ", "))")
        }
    }

    func run() throws {
        var order = ImportClient.Order(kind: kind, path: file, source: source)
        order.asOf = asOf
        order.sendsMessages = sendMessages
        order.isTable = format.map { $0 == .csv }
        order.isGzip = gzip
        order.expectedRows = expectedRows
        order.expectedTotal = expectedTotal
        order.newMonth = newMonth
        order.isDryRun = dryRun
        order.resumed = resume
        let outcome = try Ending.of { try ImportClient.configured(url: url).run(order) }
        if outcome != .done { throw ExitCode(outcome.rawValue) }
    }
}
