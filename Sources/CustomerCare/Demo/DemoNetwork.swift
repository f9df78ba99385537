import Electricity

/// Where demo customers hang on the network, and what happens to it around a day.
struct DemoNetwork: Sendable {
    /// A made-up outage.
    struct Outage: Sendable {
        let number: Int
        let kind: OutageKind
        let place: String
        let reason: String?
        let start: Instant
        let expectedEnd: Instant?
        var restoredAt: Instant?
        var cancelledAt: Instant?
        /// What was expected in the version before, if there was one.
        var formerEnd: Instant?
        let scope: (kind: OutageScope, value: String)

        var version: Int { formerEnd == nil && cancelledAt == nil ? 1 : 2 }

        /// When it no longer matters.
        var overAt: Instant? {
            if let restoredAt { return restoredAt }
            return kind == .unplanned && cancelledAt == nil ? nil : expectedEnd
        }
    }

    let today: LocalDate

    /// Days ahead for which the units have told their planned outages.
    static let horizonDays = 14
    /// Since when customers have been where they are.
    static let linkedSince = "2020-01-01"

    // MARK: Links

    /// Scope kinds and values of a customer.
    func links(of customer: DemoCustomer) -> [(kind: OutageScope, value: String)] {
        let transformer = customer.index / 20 % 4 + 1
        let unit = customer.unitCode
        return [
            (.transformer, "\(unit)-T\(transformer)"),
            (.feeder, DemoNetwork.feeder(unit, transformer <= 2 ? 1 : 2)),
            (.routeBook, routeBook(of: customer)), (.area, unit),
        ]
    }

    private static func feeder(_ unit: String, _ number: Int) -> String { "\(unit)-47\(number)" }

    /// Customers of one unit whose meters are read on one day.
    func routeBook(of customer: DemoCustomer) -> String {
        "\(customer.unitCode)-S\(customer.readingDay)"
    }

    // MARK: Reading days

    /// The months for which reading days are told.
    var scheduledMonths: [BillingMonth] {
        (-1...2).map { today.month.advanced(byMonths: $0) }
    }

    /// The day of a month on which a route book is read.
    func readingDate(_ customer: DemoCustomer, in month: BillingMonth) -> LocalDate {
        month.firstDay.advanced(byDays: customer.readingDay - 1)
    }

    /// Whether the last of the told reading days is moved by a day for this customer alone.
    func isMoved(_ customer: DemoCustomer) -> Bool { customer.index == 0 }

    // MARK: Outages

    /// What happens in a unit around today: of every kind and in every state.
    func outages(of unit: DemoUnit, _ index: Int) -> [Outage] {
        let first = DemoNetwork.feeder(unit.code, 1)
        let ward = unit.wards.first ?? unit.city
        var outages = [
            Outage(
                number: 1, kind: .planned, place: "\(ward), \(unit.city)",
                reason: "Bảo trì lưới điện trung thế", start: at(3, 7, 30),
                expectedEnd: at(3, 11, 30), scope: (.feeder, first)),
            // Over midnight, and longer than first told.
            Outage(
                number: 2, kind: .planned, place: "Trạm biến áp T1, \(ward)",
                reason: "Thay máy biến áp", start: at(6, 21, 0), expectedEnd: at(7, 4, 0),
                formerEnd: at(7, 2, 0), scope: (.transformer, "\(unit.code)-T1")),
            Outage(
                number: 3, kind: .planned, place: unit.city, reason: "Phát quang hành lang tuyến",
                start: at(4, 8, 0), expectedEnd: at(4, 16, 0), cancelledAt: at(-1, 9, 0),
                scope: (.area, unit.code)),
            Outage(
                number: 4, kind: .unplanned, place: unit.city, reason: "Sự cố do giông sét",
                start: at(-1, 14, 10), expectedEnd: at(-1, 18, 0), restoredAt: at(-1, 16, 40),
                scope: (.feeder, first)),
            Outage(
                number: 5, kind: .loadReduction, place: unit.city,
                reason: "Giảm phụ tải giờ cao điểm", start: at(10, 17, 30),
                expectedEnd: at(10, 20, 30), scope: (.area, unit.code)),
        ]
        if index == 1 {
            outages.append(
                Outage(
                    number: 6, kind: .unplanned, place: unit.city, reason: nil,
                    start: at(-1, 22, 15), expectedEnd: nil, scope: (.feeder, first)))
        }
        return outages
    }

    /// What is planned for one customer alone.
    func outage(of customer: DemoCustomer) -> Outage? {
        guard customer.index == 0 else { return nil }
        return Outage(
            number: 7, kind: .planned, place: "Tại điểm đo của khách hàng",
            reason: "Thay công tơ định kỳ", start: at(2, 9, 0), expectedEnd: at(2, 10, 0),
            scope: (.customerCode, customer.code.text))
    }

    /// A time of day so many days from today.
    private func at(_ days: Int, _ hour: Int64, _ minute: Int64) -> Instant {
        today.advanced(byDays: days).start.advanced(bySeconds: hour * 3_600 + minute * 60)
    }
}
