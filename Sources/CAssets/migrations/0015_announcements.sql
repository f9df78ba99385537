-- What concerns many customers at a time: announced once, and written into the outbox range by
-- range of customer codes (docs/decisions/0015).

-- An announcement and how far it has come: everybody up to code_cursor has their message. Which
-- codes it concerns is told by the audience and the columns that belong to it. A reference table.
create table announcements (
    announcement_id uuid primary key,
    event text not null,
    topic text not null,
    audience text not null,
    parameters json not null,
    outage_id uuid,
    day date,
    month date,
    as_of timestamptz,
    send_at timestamptz not null,
    expires_at timestamptz,
    code_cursor text not null,
    message_count bigint not null,
    created_at timestamptz not null,
    done_at timestamptz,
    constraint announcements_audience_check check (case audience
        when 'outage' then outage_id is not null
        when 'reading_day' then day is not null
        when 'debts' then day is not null
        when 'bills' then month is not null and as_of is not null
        else false end)
);
create index announcements_created_at_idx on announcements (created_at, announcement_id)
    where done_at is null;
create index announcements_done_at_idx on announcements (done_at) where done_at is not null;

-- What was announced of an outage last: the next version is compared with it. A reference table.
create table announced_outages (
    outage_id uuid primary key,
    version integer not null,
    is_cancelled boolean not null,
    is_restored boolean not null,
    announced_at timestamptz not null,
    reminded_for timestamptz
);

-- Outages that matter still, and whom one concerns: from the network to the codes.
create index outages_over_at_idx on outages (over_at);
create index outage_scopes_outage_id_idx on outage_scopes (outage_id);
create index network_links_scope_idx on network_links (scope_kind, scope_value, customer_code);
create index reading_schedules_reading_on_idx on reading_schedules (reading_on);

-- What a person does not want to be told about a code; on both sides of the edge, as all of it.
alter table subscriptions add column muted_topics text[] not null default '{}';
alter table followers add column muted_topics text[] not null default '{}';

-- A message of an announcement stands in the slot of its account, beside the others of the same:
-- one message may tell several codes. After expires_at it is not true or of no use any more.
alter table outbox add column announcement_id uuid;
alter table outbox add column expires_at timestamptz;
drop index outbox_due_at_idx;
create index outbox_due_at_idx on outbox (slot, due_at, account_id) where state = 'waiting';

-- The id of a message by its name, and the slot of an account; the service computes both as well,
-- for the messages that it writes one by one. An id is 122 bits of a SHA-256 as a UUID of version
-- 8 (RFC 9562 section 5.8).
create function message_id_of(name text) returns uuid
language sql immutable parallel safe as $$
    select encode(
        set_byte(
            set_byte(h.digest, 6, get_byte(h.digest, 6) & 15 | 128),
            8, get_byte(h.digest, 8) & 63 | 128),
        'hex')::uuid
    from (select substr(sha256(convert_to(name, 'UTF8')), 1, 16) as digest) h
$$;
create function slot_of(account_id uuid) returns smallint
language sql immutable parallel safe as $$
    select get_byte(sha256(convert_to(account_id::text, 'UTF8')), 0)::smallint
$$;

do $$
begin
    if exists (select from pg_extension where extname = 'citus') then
        perform create_reference_table(name) from unnest(array[
            'announcements', 'announced_outages']) as name;
    end if;
    if exists (select from pg_roles where rolname = 'customer_care_service') then
        grant select, insert, update, delete on announcements to customer_care_service;
        grant select, insert, update on announced_outages to customer_care_service;
    end if;
end;
$$;
