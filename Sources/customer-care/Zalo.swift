import ArgumentParser
import CustomerCare

/// What a person must do around the Official Account.
struct Zalo: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look after the Official Account on Zalo.", subcommands: [Tokens.self])

    /// Stores a pair of tokens.
    struct Tokens: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Store the first pair of tokens, or a renewed one.",
            discussion: """
                The file holds what Zalo answers: {"access_token", "refresh_token", "expires_in"}. \
                The service changes the pair by itself from then on; a refresh token that Zalo \
                refuses is told in the log (zaloWantsPerson), and only a new pair helps.
                """)

        @Argument(help: "The file.")
        var file: String

        func run() throws {
            try Ending.of { try ZaloTokenRenewal.renew(file, try .read()) }
        }
    }
}
