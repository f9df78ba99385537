-- What customers add to a service request: documents and photographs, and what they write
-- (docs/decisions/0013).

-- A document of a request; its content lies sealed in the store of attachments under its id. The
-- same content again is the same document. Distributed by account_id.
create table service_request_attachments (
    account_id uuid not null,
    tracking_code text not null,
    attachment_id uuid not null,
    media_type text not null,
    byte_count integer not null,
    content_digest bytea not null,
    received_at timestamptz not null,
    primary key (account_id, tracking_code, attachment_id),
    constraint service_request_attachments_content_key
        unique (account_id, tracking_code, content_digest),
    constraint service_request_attachments_byte_count_check check (byte_count > 0)
);
-- The store asks for its files, of which it knows nothing but the id.
create index service_request_attachments_attachment_id_idx
    on service_request_attachments (attachment_id);

-- What a customer wrote with a step of a request, sealed: unlike the history it is erased with the
-- account. Distributed by account_id.
create table service_request_texts (
    account_id uuid not null,
    tracking_code text not null,
    step integer not null,
    sealed_text bytea not null,
    primary key (account_id, tracking_code, step)
);

do $$
begin
    if exists (select from pg_extension where extname = 'citus') then
        perform create_distributed_table(name, 'account_id') from unnest(array[
            'service_request_attachments', 'service_request_texts']) as name;
    end if;
    if exists (select from pg_roles where rolname = 'customer_care_service') then
        grant select, insert, delete on service_request_attachments, service_request_texts
            to customer_care_service;
    end if;
end;
$$;
