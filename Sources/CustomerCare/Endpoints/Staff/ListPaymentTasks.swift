import JSON
import Postgres

/// Lists money that fits nothing and is not resolved, the oldest first.
struct ListPaymentTasks: Endpoint {
    static let route = Route.get("/v1/staff/payment-tasks").requiring(.staff)

    /// Tasks of one page when nothing else is asked.
    private static let pageSize = 50

    let limit: Int
    /// Tasks after this one; ids are in the order of time.
    let after: UUID?

    init(_ arguments: Arguments, body: JSONDocument) throws(Problem) {
        limit = try arguments.queryInteger("limit", in: 1...100) ?? ListPaymentTasks.pageSize
        let cursor = try arguments.queryText("cursor")
        after = cursor.flatMap { UUID($0) }
        if cursor != nil, after == nil { throw Problem(parameter: "cursor", .wrongFormat) }
    }

    func respond(in context: Context) async throws(Problem) -> Answer {
        let found = try await context.database.query(
            ListPaymentTasks.statement, .uuid(after), .int64(Int64(limit + 1)))
        let next = found.count > limit ? found[limit - 1].taskId : nil
        var answer = Answer.object(reserving: 4_096) { json in
            json.list("items") { json in
                for task in found.prefix(limit) { json.element(task.write) }
            }
            json.field("next", next?.description)
        }
        if let next {
            answer.nextPage = "/v1/staff/payment-tasks?limit=\(limit)&cursor=\(next)"
        }
        return answer
    }

    static let statement = Statement<PaymentTask>(
        "list_payment_tasks",
        """
        -- The tasks after $1 that are not done, with what is proposed for them.
        select t.payment_task_id, t.kind, t.provider, t.transaction_reference, t.order_reference,
            t.amount, t.expected_amount, t.created_at, r.kind as resolution, r.customer_code,
            r.note, r.proposed_by, r.proposed_at, r.confirmed_at, f.refund_reference,
            f.state as refund_state, f.fault as refund_fault, f.updated_at as refund_updated_at
        from payment_tasks t
        left join payment_task_resolutions r on r.payment_task_id = t.payment_task_id
        left join lateral (
            select e.refund_reference, e.state, e.fault, e.updated_at from refunds e
            where e.payment_task_id = t.payment_task_id
            order by e.created_at desc, e.refund_reference limit 1
        ) f on true
        where t.done_at is null and ($1::uuid is null or t.payment_task_id > $1)
        order by t.payment_task_id limit $2
        """)
}
