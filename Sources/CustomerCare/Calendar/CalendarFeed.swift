import Electricity

/// What a feed tells of one code: outages, reading days, due dates.
struct CalendarFeed {
    /// A day on which a bill must be paid.
    struct DueDate {
        let month: BillingMonth
        let dueOn: LocalDate
    }

    let subscription: String
    let outages: ListOutages.Found
    /// The reading days, by month.
    let readings: [(month: BillingMonth, found: GetReadingSchedule.Found)]
    let dueDates: [DueDate]
    let asOf: Instant
    let words: ChatText

    /// The iCalendar object; the same as long as the data is.
    var bytes: [UInt8] {
        var calendar = CalendarWriter()
        calendar.component("VCALENDAR") { calendar in
            calendar.line("VERSION", "2.0")
            calendar.line("PRODID", "-//EVN SPC//Customer Care//VI")
            calendar.line("CALSCALE", "GREGORIAN")
            calendar.line("METHOD", "PUBLISH")
            calendar.text(
                "X-WR-CALNAME",
                words.say("Điện \(outages.customerCode)", "Electricity \(outages.customerCode)"))
            calendar.line("REFRESH-INTERVAL;VALUE=DURATION", "PT1H")
            calendar.line("X-PUBLISHED-TTL", "PT1H")
            calendar.timeZone()
            for outage in outages.outages { write(outage, to: &calendar) }
            for (month, found) in readings { write(found, of: month, to: &calendar) }
            for date in dueDates { write(date, to: &calendar) }
        }
        return calendar.bytes
    }

    private func write(_ outage: Outage, to calendar: inout CalendarWriter) {
        let isCancelled = outage.cancelledAt != nil
        calendar.component("VEVENT") { calendar in
            calendar.line("UID", "outage-\(outage.outageId)@\(subscription)")
            calendar.utc("DTSTAMP", outage.updatedAt)
            calendar.line("SEQUENCE", "\(outage.version - 1)")
            calendar.line("STATUS", isCancelled ? "CANCELLED" : "CONFIRMED")
            calendar.local("DTSTART", outage.start)
            if let end = outage.restoredAt ?? outage.expectedEnd, end > outage.start {
                calendar.local("DTEND", end)
            }
            let summary = words.say("Cúp điện", "Power outage")
            calendar.text(
                "SUMMARY", isCancelled ? summary + words.say(" (đã hủy)", " (cancelled)") : summary)
            if let place = ChatText.harmless(outage.place) { calendar.text("LOCATION", place) }
            if let reason = outage.reason.flatMap({ ChatText.harmless($0) }) {
                calendar.text("DESCRIPTION", reason)
            }
        }
    }

    private func write(
        _ found: GetReadingSchedule.Found, of month: BillingMonth,
        to calendar: inout CalendarWriter
    ) {
        guard let date = found.date else { return }
        allDay(
            "reading-\(month)", date, asOf: found.asOf,
            words.say("Ghi điện", "Meter reading"), to: &calendar)
    }

    private func write(_ date: DueDate, to calendar: inout CalendarWriter) {
        let month = words.month(date.month)
        allDay(
            "due-\(date.month)", date.dueOn, asOf: asOf,
            words.say(
                "Hạn thanh toán tiền điện tháng \(month)", "Electricity bill of \(month) due"),
            to: &calendar)
    }

    private func allDay(
        _ name: String, _ date: LocalDate, asOf: Instant, _ summary: String,
        to calendar: inout CalendarWriter
    ) {
        calendar.component("VEVENT") { calendar in
            calendar.line("UID", "\(name)@\(subscription)")
            calendar.utc("DTSTAMP", asOf)
            calendar.line("SEQUENCE", "0")
            calendar.line("STATUS", "CONFIRMED")
            calendar.date("DTSTART", date)
            calendar.date("DTEND", date.advanced(byDays: 1))
            calendar.line("TRANSP", "TRANSPARENT")
            calendar.text("SUMMARY", summary)
        }
    }
}
