-- Online payment: what is to be paid, which bills it claims, what money has come, where it went
-- (docs/decisions/0010).
--
-- Money rests on constraints, not on reading first: one live claim per bill, one row per movement
-- of money at a provider, and a ledger whose entries are only ever added.

-- One payment of an account over one or more bills. The bills as they were when it was made stand
-- in the row, as the contract tells them. Distributed by account_id.
create table payments (
    account_id uuid not null,
    payment_id uuid not null,
    provider text not null,
    state text not null,
    step integer not null,
    amount bigint not null,
    credited bigint not null,
    order_reference text not null,
    customer_codes text[] not null,
    bills json not null,
    return_url text,
    action json,
    failure_reason text,
    transaction_reference text,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    updated_at timestamptz not null,
    paid_at timestamptz,
    next_check_at timestamptz,
    primary key (account_id, payment_id),
    constraint payments_provider_check
        check (provider in ('zalopay', 'zalo-checkout', 'vnpay', 'vietqr')),
    constraint payments_state_check check (state in ('requires_action', 'processing',
        'pending_reconciliation', 'succeeded', 'failed', 'expired')),
    constraint payments_amount_check check (amount > 0 and credited between 0 and amount),
    constraint payments_failure_reason_check
        check (failure_reason in ('cancelled', 'provider_refused', 'provider_failed')),
    constraint payments_succeeded_check
        check (state <> 'succeeded' or (paid_at is not null and transaction_reference is not null))
);
create index payments_next_check_at_idx on payments (next_check_at)
    where next_check_at is not null;

-- Each step of a payment from state to state, numbered from 1; append-only by privilege.
-- Distributed by account_id.
create table payment_events (
    account_id uuid not null,
    payment_id uuid not null,
    step integer not null,
    from_state text,
    to_state text not null,
    cause text not null,
    happened_at timestamptz not null,
    primary key (account_id, payment_id, step)
);

-- The orders of payments at providers, by our reference: a provider calls with nothing else. A
-- payment has a second one when nobody knows whether the first arrived. Distributed by
-- order_reference.
create table payment_orders (
    order_reference text not null,
    provider text not null,
    provider_order text,
    account_id uuid not null,
    payment_id uuid not null,
    created_at timestamptz not null,
    primary key (order_reference)
);
create index payment_orders_payment_id_idx on payment_orders (account_id, payment_id);

-- The bills a payment claims, in the revision that fixed the amount. A bill has at most one live
-- claim. Distributed by customer_code.
create table payment_allocations (
    customer_code text not null,
    payment_id uuid not null,
    month date not null,
    period_number smallint not null,
    kind text not null,
    account_id uuid not null,
    revision smallint not null,
    amount bigint not null,
    settled bigint not null,
    is_live boolean not null,
    primary key (customer_code, payment_id, month, period_number, kind),
    constraint payment_allocations_amount_check check (amount > 0 and settled between 0 and amount)
);
create unique index payment_allocations_live_bill_key
    on payment_allocations (customer_code, month, period_number, kind) where is_live;

-- Money that a provider or collector says it has taken, once per its own reference; append-only by
-- privilege. Distributed by transaction_reference.
create table provider_transactions (
    transaction_reference text not null,
    provider text not null,
    ledger_transaction_id uuid not null,
    order_reference text,
    account_id uuid,
    payment_id uuid,
    amount bigint not null,
    source text not null,
    received_at timestamptz not null,
    primary key (transaction_reference, provider),
    constraint provider_transactions_amount_check check (amount > 0),
    constraint provider_transactions_source_check
        check (source in ('callback', 'query', 'settlement'))
);
create index provider_transactions_received_at_idx
    on provider_transactions (provider, received_at);

-- Double entry: the entries of a transaction sum to zero. Append-only by privilege. Distributed by
-- ledger_transaction_id, so that the sum stands on one node.
create table ledger_entries (
    ledger_transaction_id uuid not null,
    entry_number smallint not null,
    ledger_account text not null,
    customer_code text,
    month date,
    period_number smallint,
    amount bigint not null,
    cause text not null,
    booked_at timestamptz not null,
    primary key (ledger_transaction_id, entry_number),
    constraint ledger_entries_amount_check check (amount <> 0),
    constraint ledger_entries_ledger_account_check check (
        ledger_account in ('bill', 'customer_credit', 'suspense')
        or ledger_account like 'provider:%'),
    constraint ledger_entries_customer_code_check
        check ((customer_code is null) = (ledger_account not in ('bill', 'customer_credit'))),
    constraint ledger_entries_month_check check ((month is null) = (ledger_account <> 'bill'))
);

-- What staff must look at: money that fits nothing. Distributed by payment_task_id.
create table payment_tasks (
    payment_task_id uuid primary key,
    kind text not null,
    provider text not null,
    transaction_reference text not null,
    order_reference text,
    amount bigint not null,
    expected_amount bigint,
    created_at timestamptz not null,
    done_at timestamptz,
    constraint payment_tasks_kind_check check (kind in (
        'unknown_order', 'wrong_amount', 'paid_again', 'unknown_bill'))
);

do $$
begin
    if exists (select from pg_extension where extname = 'citus') then
        perform create_distributed_table('payment_orders', 'order_reference');
        perform create_distributed_table('payment_allocations', 'customer_code');
        perform create_distributed_table('provider_transactions', 'transaction_reference');
        perform create_distributed_table('ledger_entries', 'ledger_transaction_id');
        perform create_distributed_table('payment_tasks', 'payment_task_id');
        perform create_distributed_table(name, 'account_id') from unnest(array[
            'payments', 'payment_events']) as name;
    end if;
    if exists (select from pg_roles where rolname = 'customer_care_service') then
        grant select, insert, update on payments, payment_orders, payment_allocations
            to customer_care_service;
        grant select, insert on payment_events, provider_transactions, ledger_entries, payment_tasks
            to customer_care_service;
        -- What is owed is the billing system's; what is paid and announced is ours as well.
        grant update (paid, pending) on bill_balances to customer_care_service;
        grant update (credit) on customers to customer_care_service;
    end if;
end;
$$;
