-- Money that providers give back for us (docs/decisions/0023).

alter table payment_task_resolutions drop constraint payment_task_resolutions_kind_check;
alter table payment_task_resolutions add constraint payment_task_resolutions_kind_check
    check (kind in ('credit', 'returned', 'refunded'));

-- A refund that a provider is asked for, by our own reference: asked once, whatever happens; what
-- is not known to have arrived is asked about, and where nobody can be asked it is for staff to
-- look at. Distributed by payment_task_id.
create table refunds (
    payment_task_id uuid not null,
    refund_reference text not null,
    provider text not null,
    order_reference text not null,
    transaction_reference text not null,
    amount bigint not null,
    order_created_at timestamptz not null,
    confirmed_by uuid not null,
    state text not null,
    attempts integer not null,
    next_look_at timestamptz not null,
    fault text,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (payment_task_id, refund_reference),
    constraint refunds_amount_check check (amount > 0),
    constraint refunds_state_check
        check (state in ('waiting', 'sent', 'processing', 'done', 'refused', 'unclear'))
);
create unique index refunds_live_key on refunds (payment_task_id)
    where state in ('waiting', 'sent', 'processing');
create index refunds_next_look_at_idx on refunds (next_look_at)
    where state in ('waiting', 'sent', 'processing');

do $$
begin
    if exists (select from pg_extension where extname = 'citus') then
        perform create_distributed_table('refunds', 'payment_task_id');
    end if;
    if exists (select from pg_roles where rolname = 'customer_care_service') then
        grant select, insert on refunds to customer_care_service;
        grant update (state, attempts, next_look_at, fault, updated_at) on refunds
            to customer_care_service;
    end if;
end;
$$;
