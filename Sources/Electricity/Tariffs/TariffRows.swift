/// What a loader fills: the dated rows of prices, VAT and reactive power.
///
/// `validate()` names every fault; `TariffBook` takes only rows without any.
package struct TariffRows: Hashable, Sendable {
    /// The tariffs that are or were in force.
    package var tariffs: [Tariff]
    /// Tariffs that are not in force, only to compare with, chosen by their decision.
    package var drafts: [Tariff]
    /// The rates of VAT, from the first tariff on without gap.
    package var vatRates: [VATRate]
    /// The tables of reactive power.
    package var reactiveTables: [ReactiveTable]
    /// The day up to which someone has checked that no newer decision exists.
    package var checkedThrough: LocalDate

    /// The rows, in any order.
    package init(
        tariffs: [Tariff], drafts: [Tariff] = [], vatRates: [VATRate],
        reactiveTables: [ReactiveTable] = [], checkedThrough: LocalDate
    ) {
        self.tariffs = tariffs.sorted { $0.validFrom < $1.validFrom }
        self.drafts = drafts
        self.vatRates = vatRates.sorted { $0.validFrom < $1.validFrom }
        self.reactiveTables = reactiveTables.sorted { $0.validFrom < $1.validFrom }
        self.checkedThrough = checkedThrough
    }
}
