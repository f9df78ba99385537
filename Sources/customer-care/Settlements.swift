import ArgumentParser
import CustomerCare

/// Brings in what collectors have taken.
struct Settlements: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Settle bills and payments from the files of collectors.",
        subcommands: [Import.self])

    /// Imports a file.
    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Book a settlement file, once per line, and show what does not match.",
            discussion: """
                One JSON object a line. The first: {"collector", "from", "through", "rows", \
                "total"}; each other: {"reference", "amount"} with "orderReference", or with \
                "customerCode", "month" and perhaps "periodNumber". A bank statement of VietQR \
                transfers has the collector "vietqr". The file is checked as a whole, control \
                totals included, before anything is booked. Ends with 1 when a line is unmatched, \
                or money booked here for these days is missing in the file.
                """)

        @Argument(help: "The file.")
        var file: String

        func run() throws {
            try Ending.of {
                let isClean = try SettlementImport.load(
                    file, try .read(requiringMasterKey: false))
                if !isClean { throw ExitCode.failure }
            }
        }
    }
}

/// Brings in corrected bills.
struct Bills: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Correct bills.", subcommands: [Correct.self])

    /// Corrects amounts.
    struct Correct: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Make new revisions of bills with other amounts; what was overpaid is credit.",
            discussion: """
                One JSON object a line: {"customerCode", "month", "revision", \
                "amountExcludingVAT", "vat"} and perhaps "periodNumber". A revision that is there \
                is left as it is.
                """)

        @Argument(help: "The file.")
        var file: String

        func run() throws {
            try Ending.of {
                try BillCorrection.make(file, try .read(requiringMasterKey: false))
            }
        }
    }
}
