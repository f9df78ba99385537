import Electricity

/// What a message says of each code.
extension ChatText {
    /// Entries of one code at most; the rest is counted.
    private static let entryLimit = 5

    func lines(
        of found: BillOfMonth, _ code: CustomerCode, _ month: BillingMonth, today: LocalDate
    ) -> [String] {
        guard let bill = found.bill else {
            let reason = BillOfMonth.reason(month, today: today)
            // Only of the running month does the next reading say when there will be one.
            let next = reason == .notIssuedYet ? nextReading(found.nextReadingOn) : ""
            return ["\(code): \(none(reason))\(next)"]
        }
        let use = "\(number(bill.consumptionKWh)) kWh"
        if bill.status == .cancelled {
            return ["\(code): " + say("hóa đơn đã hủy.", "the bill was cancelled.")]
        }
        let due = say("hạn \(day(bill.dueOn))", "due \(day(bill.dueOn))")
        return ["\(code): \(use), \(money(bill.total)), \(due), \(paid(bill))."]
    }

    private func none(_ reason: BillOfMonth.Reason) -> String {
        switch reason {
        case .futureMonth: say("tháng này chưa tới.", "this month is still to come.")
        case .notIssuedYet: say("chưa có hóa đơn.", "not billed yet.")
        case .noBill: say("không có hóa đơn.", "no bill.")
        }
    }

    private func nextReading(_ date: LocalDate?) -> String {
        guard let date else { return "" }
        return say(" Ngày ghi điện tới: \(day(date)).", " Next reading: \(day(date)).")
    }

    private func paid(_ bill: Bill) -> String {
        let status = PaymentStatus(
            billed: bill.paid + bill.remaining, paid: bill.paid, pending: bill.pending)
        switch status {
        case .paid: return say("đã thanh toán", "paid")
        case .unpaid: return say("chưa thanh toán", "not paid")
        case .partial:
            let rest = money(bill.remaining)
            return say("còn lại \(rest)", "\(rest) left")
        case .paymentPending: return say("đang xử lý thanh toán", "payment in progress")
        }
    }

    func lines(of debts: Debts) -> [String] {
        let code = debts.customerCode
        guard !debts.debts.isEmpty else {
            return ["\(code): " + say("không còn nợ.", "nothing is owed.")]
        }
        let entries = debts.debts.map { debt in
            "- \(month(debt.month)): \(money(debt.remaining)), "
                + say("hạn \(day(debt.dueOn))", "due \(day(debt.dueOn))")
        }
        let total = money(debts.total)
        return ["\(code): " + say("còn nợ \(total).", "\(total) owed.")] + bounded(entries)
    }

    func lines(of found: ListOutages.Found, now: Instant) -> [String] {
        let code = found.customerCode
        guard !found.outages.isEmpty else {
            guard let last = found.knownUntil else {
                return ["\(code): " + say("chưa có thông tin.", "nothing is known.")]
            }
            return [
                "\(code): "
                    + say(
                        "không có lịch cúp điện đến hết \(day(last)).",
                        "no outage is planned until \(day(last)).")
            ]
        }
        return ["\(code):"] + bounded(found.outages.map { line(of: $0, now: now) })
    }

    private func line(of outage: Outage, now: Instant) -> String {
        let end = outage.restoredAt ?? outage.expectedEnd
        var line = "- \(moment(outage.start)) - \(end.map(moment) ?? "?")"
        line += ": " + kind(outage.kind)
        if let reason = outage.reason.flatMap({ ChatText.harmless($0) }) { line += ", \(reason)" }
        if let place = ChatText.harmless(outage.place) { line += ", \(place)" }
        switch outage.status(at: now) {
        case .cancelled: line += say(" (đã hủy)", " (cancelled)")
        case .ongoing: line += say(" (đang cúp điện)", " (now)")
        case .restored: line += say(" (đã có điện lại)", " (restored)")
        case .scheduled, .ended: break
        }
        return line
    }

    /// Why the power is out.
    func kind(_ kind: OutageKind) -> String {
        switch kind {
        case .planned: say("theo kế hoạch", "planned")
        case .unplanned: say("sự cố", "a fault")
        case .loadReduction: say("giảm phụ tải", "load reduction")
        }
    }

    /// What became of a bill, as the end of a sentence.
    func status(_ status: BillStatus) -> String {
        switch status {
        case .issued: say("đã phát hành", "is issued")
        case .corrected: say("đã được điều chỉnh", "was corrected")
        case .cancelled: say("đã bị hủy bỏ", "was cancelled")
        }
    }

    func lines(of found: GetReadingSchedule.Found, _ code: CustomerCode) -> [String] {
        guard let date = found.date else {
            return ["\(code): " + say("chưa có lịch ghi điện.", "no reading day is told yet.")]
        }
        var line = "\(code): \(day(date))"
        if let moved = found.movedFrom {
            line += say(" (dời từ \(day(moved)))", " (moved from \(day(moved)))")
        }
        return [line]
    }

    func lines(
        of found: ReactiveBillOfMonth, _ code: CustomerCode, isExempt: Bool
    ) -> [String] {
        guard let reactive = found.bill else {
            let reason =
                isExempt
                ? say("không áp dụng.", "not applicable.")
                : say("không có tiền CSPK.", "no charge for reactive power.")
            return ["\(code): \(reason)"]
        }
        let energy = "\(number(reactive.bill.consumptionKWh)) kWh"
        let kvarh = "\(number(reactive.reactiveEnergyKvarh)) kvarh"
        return ["\(code): \(energy), \(kvarh), \(money(reactive.bill.total))."]
    }

    private func bounded(_ entries: [String]) -> [String] {
        let rest = entries.count - ChatText.entryLimit
        guard rest > 0 else { return entries }
        return entries.prefix(ChatText.entryLimit) + [say("- và \(rest) nữa", "- and \(rest) more")]
    }
}
