import ArgumentParser
import CustomerCare

/// Brings the schema up to date.
struct Migrate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring the schema up to date; any number may run at once.",
        discussion: """
            Loads the tariffs inside the binary when the database holds none. Connects as the \
            schema's owner: CUSTOMER_CARE_OWNER_DATABASE_URL.
            """)

    func run() throws {
        try Ending.of { try Schema.migrate(try .read(requiringMasterKey: false)) }
    }
}
