/// The Date field, written anew once a second.
struct DateField {
    private var second: Int64 = .min
    private var line: [UInt8] = []

    /// The field line for a wall-clock time in seconds since 1970 (IMF-fixdate, RFC 9110 5.6.7).
    mutating func line(at second: Int64) -> [UInt8] {
        if second != self.second {
            self.second = second
            line = Array("Date: \(DateField.text(second))\r\n".utf8)
        }
        return line
    }

    /// A time as in `Tue, 20 Apr 2021 02:07:55 GMT`.
    static func text(_ second: Int64) -> String {
        let days = (second >= 0 ? second : second - 86_399) / 86_400
        let time = second - days * 86_400
        let (year, month, day) = civil(days)
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let weekday = weekdays[Int(((days % 7) + 7) % 7)]
        let clock = "\(two(time / 3_600)):\(two(time / 60 % 60)):\(two(time % 60))"
        return "\(weekday), \(two(day)) \(months[Int(month) - 1]) \(year) \(clock) GMT"
    }

    private static func two(_ number: Int64) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }

    /// Year, month and day of a day counted from 1970 (proleptic Gregorian, era of 400 years).
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let daysPerEra: Int64 = 146_097
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - daysPerEra + 1) / daysPerEra
        let dayOfEra = shifted - era * daysPerEra
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}
