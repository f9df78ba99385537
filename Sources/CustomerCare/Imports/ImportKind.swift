/// What an import brings.
enum ImportKind: String, Sendable, CaseIterable {
    /// Bills for active energy, with their corrections and cancellations.
    case bills
    /// Bills for reactive power.
    case reactiveBills
    /// What was read of meters, before there is a bill of it.
    case readings
    /// Customers, with changes of the holder of a contract.
    case customers
    /// Where customers hang in the network.
    case networkLinks
    /// On which days meters are read.
    case readingSchedules
    /// Outages, planned or not, with their changes and cancellations.
    case outages
    /// Until when units have told their planned outages.
    case outageHorizons
    /// Money that others have taken for bills.
    case payments
    /// The law as one document, which a second person must approve.
    case tariffs

    /// What a line of it is.
    var line: any ImportLine.Type {
        switch self {
        case .bills: StagedActiveBill.self
        case .reactiveBills: StagedReactiveBill.self
        case .readings: StagedReading.self
        case .customers: StagedCustomer.self
        case .networkLinks: StagedNetworkLink.self
        case .readingSchedules: StagedReadingSchedule.self
        case .outages: StagedOutage.self
        case .outageHorizons: StagedOutageHorizon.self
        case .payments: StagedPayment.self
        case .tariffs: StagedTariffs.self
        }
    }

    /// The same for bills that wait where they become a partition.
    var arrivingLine: any ImportLine.Type {
        switch self {
        case .bills: ArrivingBill<StagedActiveBill>.self
        case .reactiveBills: ArrivingBill<StagedReactiveBill>.self
        case .readings, .customers, .networkLinks, .readingSchedules, .outages, .outageHorizons,
            .payments, .tariffs:
            line
        }
    }

    /// Whether people can be told of it.
    var hasMessages: Bool {
        switch self {
        case .bills, .outages, .customers: true
        case .reactiveBills, .readings, .networkLinks, .readingSchedules, .outageHorizons,
            .payments, .tariffs:
            false
        }
    }
}
