-- Texts of messages that staff have agreed on, and dead letters (docs/decisions/0016).

-- What one member of staff wants a topic to say; another who says the same makes it so. A
-- reference table.
create table message_text_proposals (
    topic text primary key,
    text_vi text not null,
    text_en text not null,
    proposed_by uuid not null,
    proposed_at timestamptz not null
);

-- What topics say instead of the text in the binary, every version: which message said what can
-- be told for ever. A reference table.
create table message_texts (
    topic text not null,
    version integer not null,
    text_vi text not null,
    text_en text not null,
    proposed_by uuid not null,
    approved_by uuid not null,
    approved_at timestamptz not null,
    primary key (topic, version),
    constraint message_texts_approved_by_check check (approved_by <> proposed_by)
);

create index outbox_dead_message_id_idx on outbox (message_id) where state = 'dead';

do $$
begin
    if exists (select from pg_extension where extname = 'citus') then
        perform create_reference_table(name) from unnest(array[
            'message_text_proposals', 'message_texts']) as name;
    end if;
    if exists (select from pg_roles where rolname = 'customer_care_service') then
        grant select, insert, update, delete on message_text_proposals to customer_care_service;
        grant select, insert on message_texts to customer_care_service;
    end if;
end;
$$;
