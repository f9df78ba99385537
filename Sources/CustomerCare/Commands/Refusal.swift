import JSON

/// A problem document as a person at a terminal reads it.
struct Refusal {
    private let reply: SignedCaller.Reply
    private let language: Language

    /// Takes what was answered in the place of what was asked for.
    init(_ reply: SignedCaller.Reply, in language: Language) {
        self.reply = reply
        self.language = language
    }

    /// How it ends the command.
    var outcome: CommandOutcome {
        let outcome = CommandOutcome(status: reply.status)
        // An answer that was not asked for is none, whatever its status.
        return outcome == .done ? .failed : outcome
    }

    /// Title, detail and each field that is named, a line each.
    var lines: [String] {
        let code = reply.json.text("code")
        let head = ["\(reply.status)", code].compactMap(\.self).joined(separator: " ")
        var lines = ["customer-care: " + head + (reply.json.text("title").map { ": \($0)" } ?? "")]
        if let detail = reply.json.text("detail") { lines.append("    \(detail)") }
        if case .array(let errors)? = reply.json.member("errors") {
            for error in errors {
                let place = error.text("pointer") ?? error.text("parameter") ?? "?"
                let words = error.text("detail").map { ": \($0)" } ?? ""
                lines.append("    \(place) \(error.text("code") ?? "?")\(words)")
            }
        }
        if let hint = Refusal.hints[code ?? ""] {
            lines.append("    \(hint.text(in: language))")
        }
        if reply.retryAfterSeconds > 0 {
            let wait = Wording(
                "Thử lại sau \(reply.retryAfterSeconds) giây.",
                "Try again in \(reply.retryAfterSeconds) seconds.")
            lines.append("    \(wait.text(in: language))")
        }
        return lines.map(TerminalText.visible)
    }

    /// What to do at a terminal, where the problem's own detail speaks of fields of HTTP or does
    /// not say it.
    private static let hints: [String: Wording] = [
        Problem.Code.preconditionFailed.rawValue: Wording(
            "Xem lại bằng show, rồi làm lại với tag mới.",
            "Look at it again with show, then repeat with its new tag."),
        Problem.Code.outcomeUnknown.rawValue: Wording(
            "Hãy xem thao tác đã thực hiện chưa trước khi làm lại.",
            "Look whether it was done before you repeat it."),
        Problem.Code.forbidden.rawValue: Wording(
            "Khóa này không có quyền cần thiết; xem customer-care clients list.",
            "This key lacks the scope; customer-care clients list shows the scopes."),
    ]
}
