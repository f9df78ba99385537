import Electricity
import HTTPClient
import Payments
import Postgres

/// Asks providers for refunds that two persons have agreed on, and books what is given back.
///
/// Each is asked for once: that it is being sent is written down before. What may have arrived is
/// asked about, never sent again; where a provider answers no such question, staff must look. Any
/// number of instances may do so at once.
struct RefundWork {
    /// Refunds of one run.
    private static let batch: Int64 = 20
    /// Seconds until a refund is looked at again, and after which one that cannot be sent is given
    /// up.
    private static let pauseSeconds: Int64 = 60
    private static let patienceSeconds: Int64 = 86_400

    let database: DatabaseAccess<Problem>
    let gateway: PaymentGateway
    let world: World
    let ids: IDSource

    /// Looks at every refund that is due; the next run goes on where this one stopped.
    @discardableResult
    func run() async -> Bool {
        do throws(Problem) {
            let due = try await database.query(
                Refund.due, .timestamp(world.now()), .int64(RefundWork.batch))
            for refund in due { try await look(at: refund) }
            return true
        } catch {
            // Away or busy: what is due stays due.
            return false
        }
    }

    private func look(at refund: Refund) async throws(Problem) {
        let now = world.now()
        let next = now.advanced(bySeconds: RefundWork.pauseSeconds)
        let state = refund.state == .waiting ? Refund.State.sent : refund.state
        let claimed = try await database.run(
            Refund.claim, .uuid(refund.taskId), .text(refund.reference),
            .text(refund.state.rawValue), .timestamp(refund.nextLookAt), .text(state.rawValue),
            .timestamp(next), .timestamp(now))
        guard claimed == 1 else { return }
        guard let provider = gateway.provider(refund.provider) else {
            return try await note(refund, .refused, "not_configured")
        }
        let isFirst = refund.state == .waiting
        let request =
            isFirst
            ? provider.refund(refund.order, now: now)
            : provider.question(about: refund.order, now: now)
        guard let request else {
            // A provider that cannot give back was not agreed on; one that cannot be asked is not.
            return try await note(
                refund, isFirst ? .refused : .unclear, isFirst ? "not_supported" : "not_known")
        }
        do {
            let reply = try await gateway.send(
                request, to: refund.provider, isRepeatable: !isFirst)
            try await conclude(refund, provider.readRefund(reply))
        } catch let fault as CallFault {
            try await conclude(refund, fault, isFirst: isFirst)
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.internalError, reason: "\(error)")
        }
    }

    private func conclude(_ refund: Refund, _ state: RefundState) async throws(Problem) {
        switch state {
        case .done: try await book(refund)
        case .processing: try await note(refund, .processing, nil)
        case .refused(let code): try await note(refund, .refused, code)
        // It is asked about at the next look, or left to staff.
        case .unclear(let reason): try await note(refund, .sent, reason)
        }
    }

    private func conclude(
        _ refund: Refund, _ fault: CallFault, isFirst: Bool
    ) async throws(Problem) {
        let hasLeft = fault.mayHaveArrived || !isFirst
        let patience = refund.createdAt.advanced(bySeconds: RefundWork.patienceSeconds)
        if hasLeft {
            try await note(refund, isFirst ? .sent : refund.state, "\(fault)")
        } else if world.now() < patience {
            try await note(refund, .waiting, "\(fault)")
        } else {
            try await note(refund, .refused, "\(fault)")
        }
    }

    private func note(
        _ refund: Refund, _ state: Refund.State, _ fault: String?
    ) async throws(Problem) {
        let now = world.now()
        _ = try await database.run(
            Refund.note, .uuid(refund.taskId), .text(refund.reference), .text(state.rawValue),
            .text(fault), .timestamp(now.advanced(bySeconds: RefundWork.pauseSeconds)),
            .timestamp(now))
    }

    /// Books the money as given back, and ends the task.
    private func book(_ refund: Refund) async throws(Problem) {
        let now = world.now()
        try await database.transaction {
            (transaction: Transaction<Problem>) async throws(Problem) in
            let found = try await transaction.queryOne(
                ResolvePaymentTask.lock, .uuid(refund.taskId))
            let noted = try await transaction.run(
                Refund.note, .uuid(refund.taskId), .text(refund.reference),
                .text(Refund.State.done.rawValue), .text(nil), .timestamp(now), .timestamp(now))
            // Another instance was told the same.
            guard noted == 1, let found, found.confirmedAt == nil else { return }
            try await found.book(
                for: nil, confirmedBy: refund.confirmedBy, at: now,
                newId: { [ids] in ids.next(at: now) }, in: transaction)
        }
    }
}
