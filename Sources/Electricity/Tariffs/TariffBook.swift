/// The tariffs, VAT rates and reactive tables by date, checked: no gap, no overlap, no figure out
/// of its bounds.
package struct TariffBook: Sendable {
    /// What it was made of, each list in the order of its dates.
    package let rows: TariffRows
    // The first days alone: looking through whole rows would copy each of them.
    private let tariffStarts: [LocalDate]
    private let vatStarts: [LocalDate]
    private let tableStarts: [LocalDate]

    /// The book of these rows, or all their faults.
    package init(_ rows: TariffRows) throws(TariffFaults) {
        let sorted = TariffRows(
            tariffs: rows.tariffs, drafts: rows.drafts, vatRates: rows.vatRates,
            reactiveTables: rows.reactiveTables, checkedThrough: rows.checkedThrough)
        let faults = sorted.validate()
        guard faults.isEmpty else { throw TariffFaults(faults: faults) }
        self.rows = sorted
        tariffStarts = sorted.tariffs.map(\.validFrom)
        vatStarts = sorted.vatRates.map(\.validFrom)
        tableStarts = sorted.reactiveTables.map(\.validFrom)
    }

    /// The tariff in force on a day; nil before the first.
    package func tariff(on day: LocalDate) -> Tariff? {
        tariffIndex(on: day).map { rows.tariffs[$0] }
    }

    /// The tariff of a decision, among those in force once and the drafts.
    package func tariff(decision: String) -> Tariff? {
        (rows.tariffs + rows.drafts).first { $0.decision == decision }
    }

    /// The VAT rate of a day; nil before the first.
    package func vatRate(on day: LocalDate) -> VATRate? {
        vatStarts.lastIndex { $0 <= day }.map { rows.vatRates[$0] }
    }

    /// The reactive table of a day; nil before the first.
    package func reactiveTable(on day: LocalDate) -> ReactiveTable? {
        tableStarts.lastIndex { $0 <= day }.map { rows.reactiveTables[$0] }
    }

    /// The first day that has a price.
    package var firstDay: LocalDate { tariffStarts[0] }

    func tariffIndex(on day: LocalDate) -> Int? {
        // Almost always the newest, so from the end.
        tariffStarts.lastIndex { $0 <= day }
    }

    /// The last day within a period, its first day aside, on which the VAT rate changed.
    func vatChange(from: LocalDate, to: LocalDate) -> LocalDate? {
        for index in vatStarts.indices.dropFirst().reversed() where vatStarts[index] <= to {
            if vatStarts[index] <= from { return nil }
            if rows.vatRates[index].basisPoints != rows.vatRates[index - 1].basisPoints {
                return vatStarts[index]
            }
        }
        return nil
    }
}
