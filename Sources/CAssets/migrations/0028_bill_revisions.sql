-- What more is noted of the lines of an import of bills while they are read (docs/decisions/0030).

-- Whether each line is of another bill than those before it, and the oldest revision among them.
alter table imports add column is_one_each boolean not null default false,
    add column oldest_revision smallint;
