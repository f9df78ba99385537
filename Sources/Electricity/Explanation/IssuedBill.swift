/// A bill as it was issued, to be compared with what the law says.
package struct IssuedBill: Hashable, Sendable {
    /// One reading of the meter (chỉ số công tơ) that the bill rests on.
    package struct Reading: Hashable, Sendable {
        /// The register that was read.
        package let register: Register
        /// At the beginning of the period.
        package let openingReading: Int64
        /// At its end.
        package let closingReading: Int64
        /// The factor of the meter's transformers (hệ số nhân).
        package let multiplier: Int64
        /// What the bill says was used, in kWh.
        package let consumptionKWh: Int64

        /// A reading as the bill has it.
        package init(
            register: Register, openingReading: Int64, closingReading: Int64, multiplier: Int64,
            consumptionKWh: Int64
        ) {
            self.register = register
            self.openingReading = openingReading
            self.closingReading = closingReading
            self.multiplier = multiplier
            self.consumptionKWh = consumptionKWh
        }
    }

    /// One charge line of the bill.
    package struct Line: Hashable, Sendable {
        /// What the line is for.
        package let kind: Calculation.LineKind
        /// In kWh.
        package let quantityKWh: Int64
        /// VND per kWh before VAT.
        package let unitPrice: Int64
        /// In VND, before VAT.
        package let amount: Int64

        /// A line as the bill has it.
        package init(
            kind: Calculation.LineKind, quantityKWh: Int64, unitPrice: Int64, amount: Int64
        ) {
            self.kind = kind
            self.quantityKWh = quantityKWh
            self.unitPrice = unitPrice
            self.amount = amount
        }
    }

    /// The first day of the period.
    package let periodStart: LocalDate
    /// The day of the closing reading.
    package let periodEnd: LocalDate
    /// The readings; one per meter and register, none when they are not known.
    package let readings: [Reading]
    /// The charge lines.
    package let lines: [Line]
    /// What the bill says was used, in kWh.
    package let consumptionKWh: Int64
    /// In VND.
    package let amountExcludingVAT: Int64
    /// In VND.
    package let vat: Int64
    /// In VND.
    package let total: Int64

    /// A bill as it was issued.
    package init(
        periodStart: LocalDate, periodEnd: LocalDate, readings: [Reading], lines: [Line],
        consumptionKWh: Int64, amountExcludingVAT: Int64, vat: Int64, total: Int64
    ) {
        self.periodStart = periodStart
        self.periodEnd = periodEnd
        self.readings = readings
        self.lines = lines
        self.consumptionKWh = consumptionKWh
        self.amountExcludingVAT = amountExcludingVAT
        self.vat = vat
        self.total = total
    }
}

/// What a reading comes to.
package struct ReadingCheck: Hashable, Sendable {
    /// The reading.
    package let reading: IssuedBill.Reading
    /// `(closing − opening) × multiplier` in kWh; nil when the meter ran backwards, that is, was
    /// replaced or went past its last digit.
    package let computedKWh: Int64?

    /// The kWh it is billed with: the computed ones, else those the bill states.
    package var kWh: Int64 { computedKWh ?? reading.consumptionKWh }

    /// Whether the bill states what the reading comes to.
    package var agrees: Bool { kWh == reading.consumptionKWh }

    init(_ reading: IssuedBill.Reading) {
        self.reading = reading
        let (span, isTooWide) = reading.closingReading.subtractingReportingOverflow(
            reading.openingReading)
        let (product, isTooLarge) = span.multipliedReportingOverflow(by: reading.multiplier)
        computedKWh = isTooWide || isTooLarge || product < 0 ? nil : product
    }
}
