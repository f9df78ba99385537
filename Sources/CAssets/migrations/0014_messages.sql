-- Zalo: events in, messages out, nothing lost and nothing doubled (docs/decisions/0014).
--
-- An event is kept before it is answered, and worked on afterwards. A message is written with the
-- change that causes it, and leaves the outbox when Zalo has taken it or never will.

-- Events of Zalo in the order of their arrival, each once by its key; the content is sealed, and
-- erased when it has been worked on. Distributed by slot, which is a hash of the person.
create table zalo_events (
    slot smallint not null,
    event_key text not null,
    event_name text not null,
    sealed_event bytea not null,
    received_at timestamptz not null,
    due_at timestamptz not null,
    attempts smallint not null,
    done_at timestamptz,
    primary key (slot, event_key)
);
create index zalo_events_due_at_idx on zalo_events (due_at) where done_at is null;
create index zalo_events_done_at_idx on zalo_events (done_at) where done_at is not null;

-- What is known of a person at the Official Account, by the id that the app gives them; whether
-- they have an account here or not. Distributed by zalo_user_id.
create table zalo_contacts (
    zalo_user_id text primary key,
    oa_user_id text,
    follow_state text not null,
    follow_changed_at timestamptz,
    last_interaction_at timestamptz,
    sealed_phone bytea,
    constraint zalo_contacts_follow_state_check
        check (follow_state in ('unknown', 'following', 'unfollowed'))
);

-- The tokens of the Official Account. The version grows with each pair, so that a pair that comes
-- late takes the place of no newer one. A reference table.
create table zalo_tokens (
    name text primary key,
    version integer not null,
    sealed_access_token bytea not null,
    sealed_refresh_token bytea not null,
    expires_at timestamptz not null,
    refreshed_at timestamptz not null,
    fault_code bigint,
    fault_at timestamptz
);

-- Who does something that only one may do at a time, and until when. A reference table.
create table leases (
    name text primary key,
    owner uuid not null,
    expires_at timestamptz not null
);

-- How many calls all instances have made in a window of time. A reference table.
create table call_allowances (
    name text primary key,
    window_starts_at timestamptz not null,
    used integer not null
);

-- Messages that are to be sent: to an account, or to a person who wrote and has none. Distributed
-- by slot, which is a hash of what they are about.
create table outbox (
    slot smallint not null,
    message_id uuid not null,
    account_id uuid,
    zalo_user_id text,
    topic text not null,
    customer_code text,
    parameters json not null,
    state text not null,
    due_at timestamptz not null,
    attempts smallint not null,
    fault text,
    created_at timestamptz not null,
    primary key (slot, message_id),
    constraint outbox_state_check check (state in ('waiting', 'dead')),
    constraint outbox_account_id_check check ((account_id is null) = (zalo_user_id is not null))
);
create index outbox_due_at_idx on outbox (slot, due_at) where state = 'waiting';
create index outbox_created_at_idx on outbox (created_at) where state = 'waiting';
create index outbox_dead_idx on outbox (created_at, message_id) where state = 'dead';

-- What was sent to an account, by the month in which it was caused; its state never goes back.
-- Distributed by account_id.
create table notifications (
    account_id uuid not null,
    month date not null,
    message_id uuid not null,
    topic text not null,
    customer_code text,
    parameters json not null,
    channel text,
    state text not null,
    fault text,
    created_at timestamptz not null,
    sent_at timestamptz,
    delivered_at timestamptz,
    seen_at timestamptz,
    read_at timestamptz,
    primary key (account_id, month, message_id),
    constraint notifications_state_check check (state in ('sent', 'delivered', 'seen', 'failed'))
) partition by range (month);

-- As in 0001, for both tables of months; no message is older than this one.
create or replace function ensure_month_partitions(first date, last date) returns integer
language plpgsql as $$
declare
    parent text;
    month date;
    child text;
    created integer := 0;
begin
    foreach parent in array array['bills', 'notifications'] loop
        month := case parent when 'bills' then first
            else greatest(first, (last - interval '13 months')::date) end;
        while month <= last loop
            child := format('%s_%s', parent, to_char(month, 'YYYY_MM'));
            if to_regclass(child) is null then
                execute format(
                    'create table %I partition of %I for values from (%L) to (%L)',
                    child, parent, month, month + interval '1 month');
                created := created + 1;
            end if;
            month := month + interval '1 month';
        end loop;
    end loop;
    return created;
end;
$$;

-- Whose message Zalo means by its own id. Distributed by provider_message_id.
create table zalo_message_ids (
    provider_message_id text primary key,
    account_id uuid not null,
    month date not null,
    message_id uuid not null,
    sent_at timestamptz not null
);
create index zalo_message_ids_sent_at_idx on zalo_message_ids (sent_at);

do $$
begin
    if exists (select from pg_extension where extname = 'citus') then
        perform create_reference_table(name) from unnest(array[
            'zalo_tokens', 'leases', 'call_allowances']) as name;
        perform create_distributed_table('zalo_contacts', 'zalo_user_id');
        perform create_distributed_table('notifications', 'account_id');
        perform create_distributed_table('zalo_message_ids', 'provider_message_id');
        perform create_distributed_table(name, 'slot') from unnest(array[
            'zalo_events', 'outbox']) as name;
    end if;
    if exists (select from pg_roles where rolname = 'customer_care_service') then
        grant select, insert, update, delete on leases, zalo_events, zalo_contacts, outbox,
            notifications, zalo_message_ids to customer_care_service;
        grant select, insert, update on zalo_tokens, call_allowances to customer_care_service;
    end if;
end;
$$;
