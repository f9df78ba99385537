import ArgumentParser
import CustomerCare

extension Staff {
    /// Finds customers.
    struct Customers: StaffCommand {
        static let configuration = CommandConfiguration(
            abstract: "Search customers by exactly one of code, phone, card and name.",
            discussion: """
                Who searches, why, and whom it shows is noted down, and the customer can see it. A \
                name must be whole. Example:
                  customer-care staff customers --phone 0901234567 --purpose "asks about a bill"
                """)

        @OptionGroup var options: Options

        @Option(help: "The customer code.")
        var code: String?

        @Option(help: "The telephone number of the contract.")
        var phone: String?

        @Option(help: "The number of the holder's card (CMND, CCCD).")
        var nationalId: String?

        @Option(help: "The whole name of the holder.")
        var name: String?

        @Option(help: "Why: 3 to 200 characters, noted down.")
        var purpose: String

        func validate() throws {
            guard [code, phone, nationalId, name].compactMap(\.self).count == 1 else {
                throw ValidationError("give exactly one of --code, --phone, --national-id, --name")
            }
        }

        var call: StaffCall {
            .post(
                "/v1/staff/customer-searches",
                [
                    "customerCode": .text(code), "phone": .text(phone),
                    "nationalId": .text(nationalId), "holderName": .text(name),
                    "purpose": .text(purpose),
                ],
                shows: [
                    "customerCode", "holderName", "phone", "address", "contractStatus",
                    StaffCall.Column("managingUnit.code", "UNIT"), "nextReadingDate",
                    .money("owed"), .money("credit"),
                    StaffCall.Column("followerCount", "FOLLOWERS"),
                ])
        }
    }

    /// Lists codes without a bill.
    struct BillingGaps: StaffCommand {
        static let configuration = CommandConfiguration(
            abstract: "List codes of a unit that have no bill some days after their reading.",
            discussion: """
                Example:
                  customer-care staff billing-gaps --unit PB0601 --month 2026-11 --days 5
                """)

        @OptionGroup var options: Options
        @OptionGroup var rows: Rows

        @Option(help: "The unit: the first six characters of its customer codes.")
        var unit: String

        @Option(help: "The month, YYYY-MM; the present one when left out.")
        var month: String?

        @Option(help: "Days since the reading, at least; 5 when left out.")
        var days: Int?

        var call: StaffCall {
            .list(
                "/v1/staff/billing-gaps",
                ["unit": unit, "month": month, "days": days.map(String.init)], limit: rows.limit,
                shows: ["customerCode", "routeBook", "readingDate", "daysSinceReading"])
        }
    }
}
