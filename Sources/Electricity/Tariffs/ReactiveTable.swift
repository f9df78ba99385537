/// The coefficients of reactive power (bảng hệ số bù đắp k %) and the days they apply to.
///
/// Circular 15/2014/TT-BCT.
package struct ReactiveTable: Hashable, Sendable {
    /// The coefficient of one power factor.
    package struct Row: Hashable, Sendable {
        /// cosφ in hundredths.
        package let powerFactorHundredths: Int
        /// k in hundredths of a per cent.
        package let coefficientBasisPoints: Int64

        /// The coefficient of a power factor.
        package init(powerFactorHundredths: Int, coefficientBasisPoints: Int64) {
            self.powerFactorHundredths = powerFactorHundredths
            self.coefficientBasisPoints = coefficientBasisPoints
        }
    }

    /// The circular, such as `15/2014/TT-BCT`.
    package let document: String
    /// The first day it applies to.
    package let validFrom: LocalDate
    /// The last day it applies to; nil while no other has followed.
    package let validTo: LocalDate?
    /// From this maximum power on, in kW, reactive power is paid for.
    package let thresholdKW: Int64
    /// From this cosφ on, in hundredths, nothing is paid.
    package let freeFromHundredths: Int
    /// One row per hundredth below that, from the highest cosφ down.
    package let rows: [Row]
    /// k below the last row, in hundredths of a per cent.
    package let lowestCoefficientBasisPoints: Int64
    /// Who pays for reactive power.
    package let categories: Set<PricingCategory>
    /// How cosφ becomes hundredths before the table is read.
    package let powerFactorRounding: Rounding
    /// How the charge becomes whole VND.
    package let amountRounding: Rounding
    /// How sure it is.
    package let confidence: Confidence

    /// A table with its rows in any order; `TariffBook` checks it.
    package init(
        document: String, validFrom: LocalDate, validTo: LocalDate?, thresholdKW: Int64,
        freeFromHundredths: Int, rows: [Row], lowestCoefficientBasisPoints: Int64,
        categories: Set<PricingCategory>, powerFactorRounding: Rounding = .halfUp,
        amountRounding: Rounding = .halfUp, confidence: Confidence = .high
    ) {
        self.document = document
        self.validFrom = validFrom
        self.validTo = validTo
        self.thresholdKW = thresholdKW
        self.freeFromHundredths = freeFromHundredths
        self.rows = rows.sorted { $0.powerFactorHundredths > $1.powerFactorHundredths }
        self.lowestCoefficientBasisPoints = lowestCoefficientBasisPoints
        self.categories = categories
        self.powerFactorRounding = powerFactorRounding
        self.amountRounding = amountRounding
        self.confidence = confidence
    }

    /// k in hundredths of a per cent for a cosφ of so many hundredths.
    package func coefficientBasisPoints(ofHundredths hundredths: Int) -> Int64 {
        let index = freeFromHundredths - 1 - hundredths
        if index < 0 { return 0 }
        // `TariffBook` has seen to it that there is a row for each hundredth.
        return index < rows.count
            ? rows[index].coefficientBasisPoints : lowestCoefficientBasisPoints
    }
}
