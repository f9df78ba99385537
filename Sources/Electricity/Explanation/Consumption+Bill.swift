extension Consumption {
    /// What a bill rests on: the sum of its readings, else of its lines by register, else the kWh
    /// it states.
    init(_ bill: IssuedBill) {
        let readings = bill.readings.map(ReadingCheck.init)
        if !readings.isEmpty {
            self.init(readings.map { ($0.reading.register, $0.kWh) })
        } else if bill.lines.contains(where: \.isOfTimeOfUse) {
            self.init(bill.lines)
        } else {
            self = .total(bill.consumptionKWh)
        }
    }

    /// The kWh of the lines that have a price version's prices, by the same registers.
    func part(_ lines: [IssuedBill.Line], pricedBy prices: PriceVersion.Prices) -> Consumption {
        let part = Consumption(lines.filter { prices.unitPrice(of: $0.kind) == $0.unitPrice })
        return Consumption(
            isByRegister: isByRegister, standardKWh: part.standardKWh, peakKWh: part.peakKWh,
            offPeakKWh: part.offPeakKWh)
    }

    private init(_ lines: [IssuedBill.Line]) {
        self.init(
            lines.map { line in
                if case .register(let register) = line.kind {
                    (register, line.quantityKWh)
                } else {
                    (.total, line.quantityKWh)
                }
            })
    }

    /// The sum by register; by time of use as soon as one register is.
    private init(_ figures: [(register: Register, kWh: Int64)]) {
        func sum(_ registers: Register...) -> Int64 {
            figures.filter { registers.contains($0.register) }
                .reduce(0) { $0.saturatingSum($1.kWh) }
        }
        self.init(
            isByRegister: figures.contains { $0.register != .total },
            standardKWh: sum(.total, .standard), peakKWh: sum(.peak), offPeakKWh: sum(.offPeak))
    }
}

extension IssuedBill.Line {
    fileprivate var isOfTimeOfUse: Bool {
        if case .register(let register) = kind { register != .total } else { false }
    }
}

extension PriceVersion.Prices {
    /// The price of a line of this kind; nil when there is none.
    fileprivate func unitPrice(of kind: Calculation.LineKind) -> Int64? {
        switch (self, kind) {
        case (.tiers(let tiers), .tier(let number)):
            tiers.indices.contains(number &- 1) ? tiers[number - 1].unitPrice : nil
        case (.flat(let own, let unitPrice), kind) where own == kind: unitPrice
        case (.registers(let prices), .register(let register)):
            prices.prices.unitPrice(of: register)
        default: nil
        }
    }
}
