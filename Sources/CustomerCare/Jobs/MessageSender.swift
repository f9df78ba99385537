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
    @discardableResult
    func run() async -> Bool {
        do throws(Problem) {
            let now = parts.world.now()
            let slots = try await parts.database.query(MessageSender.slots, .timestamp(now))
            for slot in slots {
                while try await send(slot: slot.slot) {}
            }
            return true
        } catch {
            // Away or busy: what is due stays due.
            return false
        }
    }

    /// Sends one batch of a slot; false when there is no more to do there now.
    private func send(slot: Int32) async throws(Problem) -> Bool {
        let now = parts.world.now()
        let claimed = try await claim(slot, at: now)
        if claimed.isEmpty { return false }
        let isFull = claimed.reduce(0) { $0 + $1.messages.count } >= Int(MessageSender.batch)
        let ready = await putToSleep(claimed, at: now)
        if ready.isEmpty { return isFull }
        var isOpen = true
        do {
            try await parts.gateway.reserve(Int64(ready.count))
        } catch {
            isOpen = false
        }
        let queue = WorkQueue(ready)
        let ends = (0..<MessageSender.width).map { _ in Promise<Void>() }
        for end in ends {
            loop.start { [self] in
                while let bundles = queue.next() {
                    for bundle in bundles {
                        if isOpen { await send(bundle) } else { await slowDown(bundle) }
                    }
                }
                end.keep(())
            }
        }
        for end in ends { await end.value() }
        return isOpen && isFull
    }

    /// Claims a batch, with what belongs to its last message.
    private func claim(_ slot: Int32, at now: Instant) async throws(Problem) -> [Bundle] {
        try await parts.database.transaction {
            (transaction: Transaction<Problem>) async throws(Problem) -> [Bundle] in
            let until = now.advanced(bySeconds: MessageSender.claimSeconds)
            var claimed = try await transaction.query(
                MessageSender.claim, .int32(slot), .timestamp(now), .int64(MessageSender.batch),
                .timestamp(until))
            // The batch may end in the middle of what one message tells.
            if claimed.count == Int(MessageSender.batch) {
                for bundle in Bundle.gather(claimed) {
                    guard let announcement = bundle.joined, bundle.isLast(of: claimed) else {
                        continue
                    }
                    claimed += try await transaction.query(
                        MessageSender.claimRest, .int32(slot), .uuid(bundle.first.accountId),
                        .timestamp(bundle.first.wasDueAt), .uuid(announcement), .timestamp(until))
                }
            }
            return Bundle.gather(claimed)
        }
    }

    /// At night, puts off until the morning what may wake nobody; what is left is to be sent.
    private func putToSleep(_ bundles: [Bundle], at now: Instant) async -> [Bundle] {
        let morning = QuietHours.end(of: now)
        if morning == now { return bundles }
        let awake = parts.gateway.settings.nightTopics
        let sleeping = bundles.filter { !awake.contains($0.first.topic) }
        if sleeping.isEmpty { return bundles }
        await finish { (transaction) async throws(Problem) in
            for bundle in sleeping {
                try await self.postpone(
                    bundle, to: morning, nil, countsAttempt: false, in: transaction)
            }
        }
        return bundles.filter { awake.contains($0.first.topic) }
    }

    /// Rows of the outbox that one message tells: one, or those of an announcement that concern
    /// several codes of an account.
    struct Bundle {
        let messages: [Due]

        var first: Due { messages[0] }
        var codes: [String] { messages.compactMap(\.customerCode) }

        /// The announcement whose codes are told together; nil for a message of its own.
        var joined: UUID? { first.topic.joinsCodes ? first.announcementId : nil }

        /// Whether it has the last of some messages in the order in which they were claimed.
        func isLast(of claimed: [Due]) -> Bool {
            func place(_ message: Due) -> (Instant, UInt64, UInt64) {
                let account = message.accountId
                return (message.wasDueAt, account?.high ?? .max, account?.low ?? .max)
            }
            return !claimed.contains { place($0) > place(first) }
        }

        /// Puts together what belongs together.
        static func gather(_ claimed: [Due]) -> [Bundle] {
            var bundles: [Bundle] = []
            var places: [[UUID]: Int] = [:]
            for message in claimed {
                let single = Bundle(messages: [message])
                guard let announcement = single.joined, let account = message.accountId else {
                    bundles.append(single)
                    continue
                }
                if let place = places[[announcement, account]] {
                    bundles[place] = Bundle(messages: bundles[place].messages + [message])
                } else {
                    places[[announcement, account]] = bundles.count
                    bundles.append(single)
                }
            }
            return bundles
        }
    }

    /// Messages that several tasks of a loop take, those to one account one after the other.
    private final class WorkQueue {
        private var rest: ArraySlice<[Bundle]>

        init(_ bundles: [Bundle]) {
            let order = bundles.sorted { $0.first.createdAt < $1.first.createdAt }
            let grouped = Dictionary(grouping: order) { $0.first.accountId ?? $0.first.messageId }
            rest = Array(grouped.values)[...]
        }

        func next() -> [Bundle]? { rest.popFirst() }
    }

    // MARK: One message

    private func slowDown(_ bundle: Bundle) async {
        let now = parts.world.now()
        let next = Instant(secondsSince1970: (now.secondsSince1970 / 60 + 1) * 60)
        await wait(bundle, until: next, nil)
    }

    private func send(_ bundle: Bundle) async {
        do throws(Problem) {
            let now = parts.world.now()
            if let end = bundle.first.expiresAt, end <= now { return await drop(bundle) }
            guard let recipient = try await recipient(of: bundle, at: now),
                try await isTrue(bundle)
            else { return await drop(bundle) }
            if recipient.hasEnough {
                let morning = MessageSender.morning(after: now, hour: 8)
                return await wait(bundle, until: morning, "enough for today")
            }
            try await send(bundle, to: recipient)
        } catch {
            // The claim runs out, and somebody tries again.
            parts.failed(error.reason ?? error.code.rawValue)
        }
    }

    /// Whether a message is true still: nobody is reminded of a debt that is paid.
    private func isTrue(_ bundle: Bundle) async throws(Problem) -> Bool {
        guard bundle.first.topic == .debtReminder else { return true }
        let answer = try await parts.database.queryOne(
            MessageSender.owing, .text(bundle.first.customerCode))
        return answer?.isOwing ?? false
    }

    /// Whom a message is for, in which language, and about which codes.
    private struct Recipient {
        let contact: ZaloContact?
        let language: Language
        let codes: [String]
        /// Whether it has had as many messages today as come by themselves.
        let hasEnough: Bool
    }

    /// Nil for an account that is deleted, or does not want to be told.
    private func recipient(
        of bundle: Bundle, at now: Instant
    ) async throws(Problem) -> Recipient? {
        let message = bundle.first
        if let person = message.zaloUserId {
            let contact = try await parts.database.queryOne(ZaloContact.find, .text(person))
            return Recipient(
                contact: contact, language: .vietnamese, codes: [], hasEnough: false)
        }
        guard let account = message.accountId else { return nil }
        let today = LocalDate(of: now)
        let found = try await parts.database.queryOne(
            MessageSender.account, .uuid(account), .texts(bundle.codes),
            .text(message.topic.rawValue), .month(today.month.advanced(byMonths: -1)),
            .timestamp(today.start), .texts(MessageTopic.chosen.map(\.rawValue)))
        guard let found, let zaloUserId = found.zaloUserId else { return nil }
        // What is about codes goes to whoever follows one of them still.
        if !bundle.codes.isEmpty, found.codes.isEmpty { return nil }
        let contact = try await parts.database.queryOne(ZaloContact.find, .text(zaloUserId))
        return Recipient(
            contact: contact, language: found.language, codes: found.codes,
            hasEnough: message.topic.isChosen && found.sentCount >= MessageTopic.dailyLimit)
    }

    private func send(_ bundle: Bundle, to recipient: Recipient) async throws(Problem) {
        let message = bundle.first
        let parameters = MessageSender.parameters(of: message, codes: recipient.codes)
        let template = parts.gateway.settings.templates[message.topic]
        let ways = MessageChannel.ways(
            of: message.topic, to: recipient.contact, by: template, at: parts.world.now())
        var last: ZaloGateway.Fault?
        for way in ways {
            guard let outgoing = outgoing(message, parameters, by: way, to: recipient, template)
            else { continue }
            do {
                let id = try await parts.gateway.send(outgoing)
                return await end(bundle, .sent(way, id), saying: parameters)
            } catch {
                last = error
                if case .refused(let fault) = error, fault.treatment == .switchChannel { continue }
                return await treat(bundle, error, saying: parameters)
            }
        }
        let fault = last.map { "\($0)" } ?? "no way to this person"
        await end(bundle, .failed(fault), saying: parameters)
    }

    /// What a message says: its parameters with the codes that it is about.
    static func parameters(of message: Due, codes: [String]) -> [UInt8] {
        guard case .object(let members)? = JSONValue.object(message.parameters), !codes.isEmpty
        else { return message.parameters }
        var json = JSONWriter(reservingCapacity: 512)
        json.object { json in
            json.field("customerCode", codes[0])
            json.field("customerCodes", codes.joined(separator: ", "))
            for member in members where !["customerCode", "customerCodes"].contains(member.name) {
                switch member.value {
                case .string(let text): json.field(member.name, text)
                case .integer(let number): json.field(member.name, number)
                default: json.nullField(member.name)
                }
            }
        }
        return json.bytes
    }

    /// What is handed to Zalo; nil when the way cannot be taken after all.
    private func outgoing(
        _ message: Due, _ parameters: [UInt8], by way: MessageChannel, to recipient: Recipient,
        _ template: ZaloSettings.Template?
    ) -> ZaloMessage? {
        guard let contact = recipient.contact else { return nil }
        let guides = parts.service.guides
        let words = MessageText(
            book: parts.service.templates.book, services: guides.services,
            language: recipient.language)
        let values = JSONValue.object(parameters) ?? .null
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

    private func treat(
        _ bundle: Bundle, _ fault: ZaloGateway.Fault, saying parameters: [UInt8]
    ) async {
        let now = parts.world.now()
        let text = "\(fault)"
        switch fault {
        case .refused(let fault) where fault.treatment == .giveUp:
            return await end(bundle, .failed(text), saying: parameters)
        case .refused(let fault) where fault.treatment == .waitForMorning:
            return await wait(bundle, until: MessageSender.morning(after: now, hour: 6), text)
        case .refused(let fault) where fault.treatment == .waitForTomorrow:
            return await wait(bundle, until: MessageSender.morning(after: now, hour: 8), text)
        case .refused(let fault) where fault.treatment == .slowDown:
            return await slowDown(bundle)
        case .tokenNeedsPerson:
            return await wait(bundle, until: now.advanced(bySeconds: 600), text)
        case .busy(let seconds):
            // An hour at most: whoever asks for more may have meant something else.
            let pause = min(Int64(seconds), MessageSender.longestPause)
            return await wait(bundle, until: now.advanced(bySeconds: pause), text)
        case .tokenInChange:
            return await wait(bundle, until: now.advanced(bySeconds: 2), text)
        case .refused(let fault) where fault.treatment == .human:
            parts.failed("Zalo wants a person: \(fault.code)")
            return await wait(bundle, until: now.advanced(bySeconds: 3_600), text)
        default: break
        }
        if bundle.first.createdAt.advanced(bySeconds: MessageSender.worthSeconds) <= now {
            return await end(bundle, .failed(text), saying: parameters)
        }
        let next = now.advanced(bySeconds: pause(after: bundle.first.attempts))
        await finish { (transaction) async throws(Problem) in
            try await self.postpone(
                bundle, to: next, text, countsAttempt: true, in: transaction)
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

    private func wait(_ bundle: Bundle, until next: Instant, _ fault: String?) async {
        await finish { (transaction) async throws(Problem) in
            try await self.postpone(
                bundle, to: next, fault, countsAttempt: false, in: transaction)
        }
    }

    /// What has become of a message.
    private enum End {
        case sent(MessageChannel, String)
        case failed(String)
    }

    /// Notes down what has become of a message, and takes it out of the queue.
    ///
    /// One that could not be sent is kept for staff, unless it is one of many.
    private func end(_ bundle: Bundle, _ end: End, saying parameters: [UInt8]) async {
        let now = parts.world.now()
        await finish { (transaction) async throws(Problem) in
            try await self.note(bundle, end, saying: parameters, at: now, in: transaction)
            for message in bundle.messages {
                let place: [Parameter] = [.int32(message.slot), .uuid(message.messageId)]
                if case .failed(let fault) = end, message.announcementId == nil {
                    try await transaction.queue(
                        MessageSender.bury, place[0], place[1], .text(fault))
                } else {
                    try await transaction.queue(MessageSender.remove, place[0], place[1])
                }
            }
        }
    }

    private func drop(_ bundle: Bundle) async {
        await finish { (transaction) async throws(Problem) in
            for message in bundle.messages {
                try await transaction.queue(
                    MessageSender.remove, .int32(message.slot), .uuid(message.messageId))
            }
        }
    }

    private func note(
        _ bundle: Bundle, _ end: End, saying parameters: [UInt8], at now: Instant,
        in transaction: Transaction<Problem>
    ) async throws(Problem) {
        let message = bundle.first
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
            .text(message.topic.rawValue),
            .text(bundle.messages.count == 1 ? message.customerCode : nil),
            .text(String(decoding: parameters, as: UTF8.self)), .text(channel),
            .text(sentAt == nil ? "failed" : "sent"), .text(fault),
            .timestamp(message.createdAt), .timestamp(sentAt))
    }

    private func postpone(
        _ bundle: Bundle, to next: Instant, _ fault: String?, countsAttempt: Bool,
        in transaction: Transaction<Problem>
    ) async throws(Problem) {
        for message in bundle.messages {
            try await transaction.queue(
                MessageSender.postponeStatement, .int32(message.slot), .uuid(message.messageId),
                .timestamp(next), .int32(countsAttempt ? 1 : 0), .text(fault))
        }
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
