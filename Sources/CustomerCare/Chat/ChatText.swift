import Electricity

/// Puts what was found into words, in one language, short enough for one message of Zalo.
struct ChatText {
    /// UTF-16 units of a message: Zalo takes 2,000 characters and does not say which.
    static let longest = 2_000

    let language: Language

    /// A text in the language.
    func say(_ vietnamese: String, _ english: String) -> String {
        language == .vietnamese ? vietnamese : english
    }

    // MARK: Figures

    /// An amount with its unit: `1.234.567 đồng`.
    func money(_ amount: Int64) -> String { "\(number(amount)) \(say("đồng", "VND"))" }

    /// A number in groups of three digits.
    func number(_ number: Int64) -> String {
        let digits = Array(String(number.magnitude).utf8)
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += say(".", ",") }
            text.unicodeScalars.append(Unicode.Scalar(digit))
        }
        return text
    }

    /// `25/11/2026`, as the page writes days.
    func day(_ date: LocalDate) -> String {
        let (year, month, day) = date.components
        return "\(two(day))/\(two(month))/\(year)"
    }

    /// `11/2026`.
    func month(_ month: BillingMonth) -> String { String(day(month.firstDay).dropFirst(3)) }

    /// `07:30 25/11/2026`, in Vietnam.
    func moment(_ instant: Instant) -> String {
        let date = LocalDate(of: instant)
        let seconds = instant.secondsSince1970 - date.start.secondsSince1970
        return "\(two(Int(seconds / 3_600))):\(two(Int(seconds / 60 % 60))) \(day(date))"
    }

    private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    // MARK: Messages

    /// Lines below a title, as many whole blocks as a message takes; says how many are left out.
    func message(_ title: String, _ blocks: [[String]]) -> String {
        var text = title
        for (index, block) in blocks.enumerated() {
            let next = "\n" + block.joined(separator: "\n")
            let rest = "\n" + omitted(blocks.count - index)
            if text.utf16.count + next.utf16.count + rest.utf16.count > ChatText.longest {
                return text + rest
            }
            text += next
        }
        return text
    }

    private func omitted(_ count: Int) -> String {
        say(
            "Còn \(count) mã khách hàng nữa: gửi mã khách hàng để xem riêng.",
            "\(count) more customer codes: send a code to see it alone.")
    }

    /// A text from elsewhere on one line, cut to a length between words, without links, which
    /// Zalo does not take and forgers like.
    static func harmless(_ text: String, longest: Int = 120) -> String? {
        let words = text.split { $0.isWhitespace }.filter { word in
            !word.contains("://") && !word.lowercased().hasPrefix("www.")
        }
        var line = ""
        for word in words {
            if line.utf16.count + word.utf16.count >= longest { return line + "…" }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        return line.isEmpty ? nil : line
    }
}
