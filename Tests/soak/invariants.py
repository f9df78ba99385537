"""What must be true of the money, whatever has happened; each is one question to the database."""

#: Name, and a query whose rows are the violations.
INVARIANTS = {
    "every ledger transaction sums to zero": """
        select ledger_transaction_id, sum(amount) from ledger_entries
        group by ledger_transaction_id having sum(amount) <> 0""",
    "every movement of money is in the ledger with its amount, once": """
        select t.transaction_reference from provider_transactions t
        left join ledger_entries e on e.ledger_transaction_id = t.ledger_transaction_id
            and e.ledger_account = 'provider:' || t.provider
        group by t.transaction_reference, t.provider, t.amount
        having count(e.amount) <> 1 or sum(e.amount) <> t.amount""",
    "what is paid of a bill is what the ledger says, never above what was billed": """
        select n.customer_code, n.month, n.paid, l.paid from bill_balances n
        left join (select customer_code, month, period_number, -sum(amount) as paid
            from ledger_entries where ledger_account = 'bill'
            group by customer_code, month, period_number) l
            using (customer_code, month, period_number)
        where n.kind = 'active' and (n.paid > n.billed
            or n.paid <> coalesce(l.paid, 0) + (select coalesce(sum(i.paid), 0)
                from soak_initial_bills i where i.customer_code = n.customer_code
                    and i.month = n.month and i.period_number = n.period_number))""",
    "the credit of customers is what the ledger says": """
        select c.customer_code, c.credit from customers c
        join soak_initial_credit i using (customer_code)
        left join (select customer_code, -sum(amount) as credit from ledger_entries
            where ledger_account = 'customer_credit' group by customer_code) l
            using (customer_code)
        where c.credit <> i.credit + coalesce(l.credit, 0)""",
    "what is announced of a bill is its live claim": """
        select n.customer_code, n.month, n.pending from bill_balances n
        left join (select customer_code, month, period_number, sum(amount) as claimed,
                count(*) as claims from payment_allocations where is_live
                group by customer_code, month, period_number) a
            using (customer_code, month, period_number)
        where n.kind = 'active'
            and (n.pending <> coalesce(a.claimed, 0) or coalesce(a.claims, 0) > 1)""",
    # Money that comes in another amount after the end is looked at without a claim.
    "an open payment claims its bills, one that has ended claims none": """
        select p.payment_id, p.state from payments p
        join payment_allocations a on a.payment_id = p.payment_id
        where (p.state in ('requires_action', 'processing') and not a.is_live)
            or (p.state in ('succeeded', 'failed', 'expired') and a.is_live)""",
    "a payment's bills add up to its amount, and its money to bills and credit": """
        select p.payment_id from payments p
        join payment_allocations a on a.payment_id = p.payment_id
        group by p.payment_id, p.account_id, p.amount, p.credited, p.state
        having sum(a.amount) <> p.amount or (p.state = 'succeeded'
            and sum(a.settled) + p.credited <> p.amount)""",
    "a payment succeeds by money of its own, of exactly its amount": """
        select p.payment_id from payments p
        where p.state = 'succeeded' and not exists (
            select from provider_transactions t where t.payment_id = p.payment_id
                and t.transaction_reference = p.transaction_reference and t.amount = p.amount)""",
    "every step of a payment is allowed, and follows the one before": """
        select payment_id, before, from_state, to_state from (
            select payment_id, step, from_state, to_state,
                row_number() over steps as number, lag(to_state) over steps as before
            from payment_events window steps as (partition by payment_id order by step)) e
        where step <> number or from_state is distinct from before
            or (coalesce(from_state, ''), to_state) not in (
            ('', 'requires_action'),
            ('requires_action', 'processing'), ('requires_action', 'pending_reconciliation'),
            ('requires_action', 'succeeded'), ('requires_action', 'failed'),
            ('requires_action', 'expired'), ('processing', 'pending_reconciliation'),
            ('processing', 'succeeded'), ('processing', 'failed'), ('processing', 'expired'),
            ('pending_reconciliation', 'succeeded'), ('failed', 'pending_reconciliation'),
            ('failed', 'succeeded'), ('expired', 'pending_reconciliation'),
            ('expired', 'succeeded'))""",
    "the last step is the state": """
        select p.payment_id, p.state from payments p where p.state is distinct from (
            select to_state from payment_events e
            where e.account_id = p.account_id and e.payment_id = p.payment_id
            order by step desc limit 1)""",
    "money in suspense has a task for staff": """
        select t.transaction_reference from provider_transactions t
        join ledger_entries e on e.ledger_transaction_id = t.ledger_transaction_id
            and e.ledger_account = 'suspense'
        where not exists (select from payment_tasks k
            where k.transaction_reference = t.transaction_reference and k.provider = t.provider)""",
}

#: What was there before the soak, which the ledger does not know.
SNAPSHOT = """
    create table soak_initial_bills as
        select customer_code, month, period_number, paid from bill_balances
        where kind = 'active';
    create table soak_initial_credit as select customer_code, credit from customers;
"""

#: For each invariant a fault that it must notice; done and undone after the soak.
FAULTS = {
    "every ledger transaction sums to zero":
        "update ledger_entries set amount = amount + 1 where ledger_account = 'suspense'"
        " or ledger_account = 'bill'",
    "every movement of money is in the ledger with its amount, once":
        "update provider_transactions set amount = amount + 1",
    "what is paid of a bill is what the ledger says, never above what was billed":
        "update bill_balances set paid = paid - 1 where paid > 0",
    "the credit of customers is what the ledger says":
        "update customers set credit = credit + 1",
    "what is announced of a bill is its live claim":
        "update bill_balances set pending = pending + 1",
    "an open payment claims its bills, one that has ended claims none":
        "update payments set state = 'failed' where state = 'requires_action'",
    "a payment's bills add up to its amount, and its money to bills and credit":
        "update payment_allocations set settled = 0",
    "a payment succeeds by money of its own, of exactly its amount":
        "delete from provider_transactions",
    "every step of a payment is allowed, and follows the one before":
        "update payment_events set to_state = 'succeeded', from_state = 'processing'"
        " where to_state = 'failed'",
    "the last step is the state":
        "delete from payment_events where to_state = 'succeeded'",
    "money in suspense has a task for staff":
        "delete from payment_tasks",
}
