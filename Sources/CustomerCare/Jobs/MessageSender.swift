import Electricity
import JSON
import Postgres
import Reactor
import Zalo

/// Sends what waits in the outbox.
///
/// A message is claimed for a while by moving the time at which it is due; whoever dies with it
/// lets it become due again. What Zalo took leaves the outbox with the note that it was sent, in
/// one transaction: only a death between Zalo's answer and that commit sends it twice.
final class MessageSender {
    /// Messages of one claim, and how many are on their way at a time.
    private static let batch: Int64 = 64
    private static let width = 8
    /// Seconds in which a claimed message is left alone: longer than every call of a batch takes.
    private static let claimSeconds: Int64 = 180
    /// Seconds after which a message is worth nothing any more: three days, so that a day without
    /// Zalo costs none.
    private static let worthSeconds: Int64 = 259_200
    /// The first and the longest pause, in seconds.
    private static let firstPause: Int64 = 5
    private static let longestPause: Int64 = 3_600

    /// What a sender works with.
    struct Parts {
        let database: DatabaseAccess<Problem>
        let gateway: ZaloGateway
        let service: Service.Parts
        let world: World
        /// Told why a message could not be sent.
        let failed: (String) -> Void
    }

    private let parts: Parts
    private let loop: EventLoop

    /// Sends through a gateway.
    init(_ parts: Parts, on loop: EventLoop) {
        self.parts = parts
        self.loop = loop
    }

    /// Sends what is due, slot by slot, until nothing is left or Zalo takes no more this minute.
    func run() async {
        do throws(Problem) {
            let now = parts.world.now()
            let slots = try await parts.database.query(MessageSender.slots, .timestamp(now))
            for slot in slots {
                while try await send(slot: slot.slot) {}
            }
        } catch {
            // Away or busy: what is due stays due.
            return
        }
    }

    /// Sends one batch of a slot; false when there is no more to do there now.
    private func send(slot: Int32) async throws(Problem) -> Bool {
        let now = parts.world.now()
        let claimed = try await parts.database.transaction {
            (transaction: Transaction<Problem>) async throws(Problem) in
            try await transaction.query(
                MessageSender.claim, .int32(slot), .timestamp(now), .int64(MessageSender.batch),
                .timestamp(now.advanced(bySeconds: MessageSender.claimSeconds)))
        }
        if claimed.isEmpty { return false }
        var isOpen = true
        do {
            try await parts.gateway.reserve(Int64(claimed.count))
        } catch {
            isOpen = false
        }
        let queue = WorkQueue(claimed)
        let ends = (0..<MessageSender.width).map { _ in Promise<Void>() }
        for end in ends {
            loop.start { [self] in
                while let message = queue.next() {
                    if isOpen { await send(message) } else { await slowDown(message) }
                }
                end.keep(())
            }
        }
        for end in ends { await end.value() }
        return isOpen && claimed.count == Int(MessageSender.batch)
    }

    /// Messages that several tasks of a loop take one after the other.
    private final class WorkQueue {
        private var rest: ArraySlice<Due>

        init(_ messages: [Due]) { rest = messages[...] }

        func next() -> Due? { rest.popFirst() }
    }

    // MARK: One message

    private func slowDown(_ message: Due) async {
        let now = parts.world.now()
        let next = Instant(secondsSince1970: (now.secondsSince1970 / 60 + 1) * 60)
        await finish { (transaction) async throws(Problem) in
            try await self.postpone(message, to: next, nil, countsAttempt: false, in: transaction)
        }
    }

    private func send(_ message: Due) async {
        do throws(Problem) {
            let recipient = try await recipient(of: message)
            guard let recipient else { return await drop(message) }
            try await send(message, to: recipient)
        } catch {
            // The claim runs out, and somebody tries again.
            parts.failed(error.reason ?? error.code.rawValue)
        }
    }

    /// Whom a message is for, and in which language.
    private struct Recipient {
        let contact: ZaloContact?
        let language: Language
    }

    /// Nil for an account that is deleted or follows the code no longer.
    private func recipient(of message: Due) async throws(Problem) -> Recipient? {
        if let person = message.zaloUserId {
            let contact = try await parts.database.queryOne(ZaloContact.find, .text(person))
            return Recipient(contact: contact, language: .vietnamese)
        }
        guard let account = message.accountId else { return nil }
        let found = try await parts.database.queryOne(
            MessageSender.account, .uuid(account), .text(message.customerCode))
        guard let found, let zaloUserId = found.zaloUserId else { return nil }
        // What is about a code goes to whoever follows it still.
        if message.customerCode != nil, !found.isFollowed { return nil }
        let contact = try await parts.database.queryOne(ZaloContact.find, .text(zaloUserId))
        return Recipient(contact: contact, language: found.language)
    }

    private func send(_ message: Due, to recipient: Recipient) async throws(Problem) {
        let template = parts.gateway.settings.templates[message.topic]
        let ways = MessageChannel.ways(
            of: message.topic, to: recipient.contact, by: template, at: parts.world.now())
        var last: ZaloGateway.Fault?
        for way in ways {
            guard let outgoing = outgoing(message, by: way, to: recipient, template) else {
                continue
            }
            do {
                let id = try await parts.gateway.send(outgoing)
                return await sent(message, by: way, as: id)
            } catch {
                last = error
                if case .refused(let fault) = error, fault.treatment == .switchChannel { continue }
                return await treat(message, error)
            }
        }
        await giveUp(message, last.map { "\($0)" } ?? "no way to this person")
    }

    /// What is handed to Zalo; nil when the way cannot be taken after all.
    private func outgoing(
        _ message: Due, by way: MessageChannel, to recipient: Recipient,
        _ template: ZaloSettings.Template?
    ) -> ZaloMessage? {
        guard let contact = recipient.contact else { return nil }
        let guides = parts.service.guides
        let words = MessageText(
            book: guides.messages, services: guides.services, language: recipient.language)
        let values = JSONValue.object(message.parameters) ?? .null
        let code = MessageCode(
            message.topic, of: message.messageId, on: LocalDate(of: message.createdAt)
        ).text(parts.service.authenticity)
        let data = words.data(message.topic, values) + [("code", code)]
        switch way {
        case .consultation:
            guard let userId = contact.officialAccountUserId else { return nil }
            var text = words.text(message.topic, values)
            if message.topic.isKept {
                text += ChatText(language: recipient.language)
                    .say("\nMã xác thực tin: \(code)", "\nMessage code: \(code)")
            }
            return .consultation(userId: userId, text: text)
        case .templateByUser:
            guard let template, let userId = contact.officialAccountUserId else { return nil }
            return .templateByUser(
                userId: userId, template: ZaloTemplate(id: template.id, data: data))
        case .templateByPhone:
            guard let template, let sealed = contact.sealedPhone else { return nil }
            // A number sealed with a key that is gone is no number.
            let opened = try? parts.service.personalData.openedPhone(
                sealed, of: contact.zaloUserId)
            guard let phone = opened else { return nil }
            return .templateByPhone(
                phone: phone, template: ZaloTemplate(id: template.id, data: data),
                trackingId: message.messageId.description)
        }
    }

    // MARK: What becomes of it

    private func treat(_ message: Due, _ fault: ZaloGateway.Fault) async {
        let now = parts.world.now()
        let text = "\(fault)"
        switch fault {
        case .refused(let fault) where fault.treatment == .giveUp:
            return await giveUp(message, text)
        case .refused(let fault) where fault.treatment == .waitForMorning:
            return await wait(message, until: MessageSender.morning(after: now, hour: 6), text)
        case .refused(let fault) where fault.treatment == .waitForTomorrow:
            return await wait(message, until: MessageSender.morning(after: now, hour: 8), text)
        case .refused(let fault) where fault.treatment == .slowDown:
            return await slowDown(message)
        case .tokenNeedsPerson:
            return await wait(message, until: now.advanced(bySeconds: 600), text)
        case .tokenInChange:
            return await wait(message, until: now.advanced(bySeconds: 2), text)
        case .refused(let fault) where fault.treatment == .human:
            parts.failed("Zalo wants a person: \(fault.code)")
            return await wait(message, until: now.advanced(bySeconds: 3_600), text)
        default: break
        }
        if message.createdAt.advanced(bySeconds: MessageSender.worthSeconds) <= now {
            return await giveUp(message, text)
        }
        await finish { (transaction) async throws(Problem) in
            try await self.postpone(
                message, to: now.advanced(bySeconds: self.pause(after: message.attempts)), text,
                countsAttempt: true, in: transaction)
        }
    }

    /// Any time up to a bound that doubles, so that many messages do not come back together.
    private func pause(after attempts: Int32) -> Int64 {
        let bound = min(
            MessageSender.firstPause << Int64(min(attempts, 20)), MessageSender.longestPause)
        return 1 + Int64(parts.service.ids.bits() % UInt64(bound))
    }

    /// Five minutes past an hour of the next morning.
    static func morning(after now: Instant, hour: Int64) -> Instant {
        let start = LocalDate(of: now).start
        let today = start.advanced(bySeconds: hour * 3_600 + 300)
        return now < today ? today : today.advanced(bySeconds: 86_400)
    }

    private func wait(_ message: Due, until next: Instant, _ fault: String) async {
        await finish { (transaction) async throws(Problem) in
            try await self.postpone(
                message, to: next, fault, countsAttempt: false, in: transaction)
        }
    }

    private func sent(_ message: Due, by way: MessageChannel, as id: String) async {
        let now = parts.world.now()
        await finish { (transaction) async throws(Problem) in
            try await self.note(message, .sent(way, id), at: now, in: transaction)
            try await transaction.queue(
                MessageSender.remove, .int32(message.slot), .uuid(message.messageId))
        }
    }

    private func giveUp(_ message: Due, _ fault: String) async {
        let now = parts.world.now()
        await finish { (transaction) async throws(Problem) in
            try await self.note(message, .failed(fault), at: now, in: transaction)
            try await transaction.queue(
                MessageSender.bury, .int32(message.slot), .uuid(message.messageId), .text(fault))
        }
    }

    private func drop(_ message: Due) async {
        await finish { (transaction) async throws(Problem) in
            try await transaction.queue(
                MessageSender.remove, .int32(message.slot), .uuid(message.messageId))
        }
    }

    /// What has become of a message.
    private enum End {
        case sent(MessageChannel, String)
        case failed(String)
    }

    private func note(
        _ message: Due, _ end: End, at now: Instant, in transaction: Transaction<Problem>
    ) async throws(Problem) {
        guard let account = message.accountId, message.topic.isKept else { return }
        let month = LocalDate(of: message.createdAt).month.firstDay
        var channel: String?
        var fault: String?
        var sentAt: Instant?
        switch end {
        case .sent(let way, let id):
            channel = way.rawValue
            sentAt = now
            try await transaction.queue(
                MessageSender.keepId, .text(id), .uuid(account), .date(month),
                .uuid(message.messageId), .timestamp(now))
        case .failed(let text): fault = text
        }
        try await transaction.queue(
            Notification.insert, .uuid(account), .date(month), .uuid(message.messageId),
            .text(message.topic.rawValue), .text(message.customerCode),
            .text(String(decoding: message.parameters, as: UTF8.self)), .text(channel),
            .text(sentAt == nil ? "failed" : "sent"), .text(fault),
            .timestamp(message.createdAt), .timestamp(sentAt))
    }

    private func postpone(
        _ message: Due, to next: Instant, _ fault: String?, countsAttempt: Bool,
        in transaction: Transaction<Problem>
    ) async throws(Problem) {
        try await transaction.queue(
            MessageSender.postponeStatement, .int32(message.slot), .uuid(message.messageId),
            .timestamp(next), .int32(countsAttempt ? 1 : 0), .text(fault))
    }

    private func finish(
        _ body: @escaping (Transaction<Problem>) async throws(Problem) -> Void
    ) async {
        do throws(Problem) {
            try await parts.database.transaction {
                (transaction: Transaction<Problem>) async throws(Problem) in
                try await body(transaction)
            }
        } catch {
            // The claim runs out; a message that was sent is then sent again under its own id.
            parts.failed(error.reason ?? error.code.rawValue)
        }
    }
}
