import ArgumentParser
import CustomerCare

/// The program: one binary for the service and everything around it.
@main
struct CustomerCareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "customer-care",
        abstract: "The back end of EVN SPC's customer care on Zalo.",
        discussion: """
            Every command is configured by environment variables CUSTOMER_CARE_…; README.md lists \
            them. A command ends with 0 when all went well, 1 when something failed, 64 for a \
            wrong command line and 78 for a wrong configuration.
            """,
        version: Version.current,
        subcommands: [
            Serve.self, Migrate.self, Demo.self, Clients.self, Tariffs.self, Bills.self,
            Settlements.self, Import.self, Staff.self, Zalo.self, Health.self,
        ])
}
