-- What staff do with money that fits nothing (docs/decisions/0012).

-- How a task is to be resolved: proposed by one person, confirmed by another. Until it is confirmed
-- another proposal may take its place; every one is in staff_actions.
-- Distributed by payment_task_id.
create table payment_task_resolutions (
    payment_task_id uuid primary key,
    kind text not null,
    customer_code text,
    note text not null,
    proposed_by uuid not null,
    proposed_at timestamptz not null,
    confirmed_by uuid,
    confirmed_at timestamptz,
    ledger_transaction_id uuid,
    constraint payment_task_resolutions_kind_check check (kind in ('credit', 'returned')),
    constraint payment_task_resolutions_customer_code_check
        check ((customer_code is not null) = (kind = 'credit')),
    constraint payment_task_resolutions_confirmed_by_check check (confirmed_by <> proposed_by),
    constraint payment_task_resolutions_confirmed_at_check check (
        (confirmed_at is null) = (confirmed_by is null)
        and (confirmed_at is null) = (ledger_transaction_id is null))
);
-- What is still to be done, which is little.
create index payment_tasks_open_idx on payment_tasks (payment_task_id) where done_at is null;

-- A payment whose wrong amount was given back or kept as credit ends without having been paid.
alter table payments drop constraint payments_failure_reason_check;
alter table payments add constraint payments_failure_reason_check check (failure_reason in
    ('cancelled', 'provider_refused', 'provider_failed', 'resolved_by_staff'));

do $$
begin
    if exists (select from pg_extension where extname = 'citus') then
        perform create_distributed_table('payment_task_resolutions', 'payment_task_id');
    end if;
    if exists (select from pg_roles where rolname = 'customer_care_service') then
        grant select, insert, update on payment_task_resolutions to customer_care_service;
        -- What a task says never changes; that it is done does.
        grant update (done_at) on payment_tasks to customer_care_service;
    end if;
end;
$$;
