-- Run once, when the database is made: the role the service uses owns nothing. The migrations,
-- run by the owner, grant it what each table allows.
\set password `cat /run/secrets/service_password`
create role customer_care_service login password :'password';
