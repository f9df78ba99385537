/// The tariffs, VAT rates and reactive tables by date, checked: no gap, no overlap, no figure out
/// of its bounds.
package struct TariffBook: Sendable {
    /// What it was made of, each list in the order of its dates.
    package let rows: TariffRows

    /// The book of these rows, or all their faults.
    package init(_ rows: TariffRows) throws(TariffFaults) {
        let sorted = TariffRows(
            tariffs: rows.tariffs, drafts: rows.drafts, vatRates: rows.vatRates,
            reactiveTables: rows.reactiveTables, checkedThrough: rows.checkedThrough)
        let faults = sorted.validate()
        guard faults.isEmpty else { throw TariffFaults(faults: faults) }
        self.rows = sorted
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
        rows.vatRates.last { $0.validFrom <= day }
    }

    /// The reactive table of a day; nil before the first.
    package func reactiveTable(on day: LocalDate) -> ReactiveTable? {
        rows.reactiveTables.last { $0.validFrom <= day }
    }

    /// The first day that has a price.
    package var firstDay: LocalDate { rows.tariffs[0].validFrom }

    func tariffIndex(on day: LocalDate) -> Int? {
        // Almost always the newest, so from the end.
        rows.tariffs.lastIndex { $0.validFrom <= day }
    }
}
