-- Creates the database, one schema and two roles per service, and their rights. Safe to run again.
--
-- psql -v database=oita -f provision.sql, as a superuser. Passwords are read from the environment:
-- BOOKING_DB_PASSWORD (the login role) and BOOKING_OWNER_DB_PASSWORD (the owner), and so on;
-- BACKUP_DB_PASSWORD.

\set ON_ERROR_STOP on
\getenv booking_password BOOKING_DB_PASSWORD
\getenv booking_owner_password BOOKING_OWNER_DB_PASSWORD
\getenv eligibility_password ELIGIBILITY_DB_PASSWORD
\getenv eligibility_owner_password ELIGIBILITY_OWNER_DB_PASSWORD
\getenv notify_password NOTIFY_DB_PASSWORD
\getenv notify_owner_password NOTIFY_OWNER_DB_PASSWORD
\getenv reporting_password REPORTING_DB_PASSWORD
\getenv reporting_owner_password REPORTING_OWNER_DB_PASSWORD
\getenv gateway_password GATEWAY_DB_PASSWORD
\getenv gateway_owner_password GATEWAY_OWNER_DB_PASSWORD
\getenv backup_password BACKUP_DB_PASSWORD

SELECT format('CREATE DATABASE %I', :'database')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec

\connect :database

-- statement_timeout: the longest honest statement of the service, with room to spare.
CREATE TEMPORARY TABLE service (
    name text, password text, owner_password text, statement_timeout text, idle_timeout text
);
INSERT INTO service VALUES
    ('booking', :'booking_password', :'booking_owner_password', '10s', '15s'),
    ('eligibility', :'eligibility_password', :'eligibility_owner_password', '60s', '60s'),
    ('notify', :'notify_password', :'notify_owner_password', '15s', '60s'),
    ('reporting', :'reporting_password', :'reporting_owner_password', '60s', '60s'),
    ('gateway', :'gateway_password', :'gateway_owner_password', '10s', '15s');

-- Roles belong to the whole cluster.
SELECT format('CREATE ROLE %I', role)
FROM (SELECT name FROM service UNION ALL SELECT name || '_owner' FROM service) AS wanted (role)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) \gexec

SELECT format('ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD %L', role, secret)
FROM (
    SELECT name, password FROM service
    UNION ALL SELECT name || '_owner', owner_password FROM service
) AS wanted (role, secret) \gexec

SELECT format('ALTER ROLE %I SET search_path = %I', role, name)
FROM service, LATERAL (VALUES (name), (name || '_owner')) AS wanted (role) \gexec

SELECT format('ALTER ROLE %I SET statement_timeout = %L', name, statement_timeout)
FROM service \gexec
SELECT format('ALTER ROLE %I SET idle_in_transaction_session_timeout = %L', name, idle_timeout)
FROM service \gexec

-- A migration that waits for a lock makes everybody behind it wait: better to fail and try again.
SELECT format('ALTER ROLE %I SET lock_timeout = %L', name || '_owner', '5s') FROM service \gexec

-- Base backups, the journal and the comparison after a restore: reads everything, changes nothing.
SELECT 'CREATE ROLE backup' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'backup') \gexec
ALTER ROLE backup LOGIN REPLICATION NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'backup_password';
ALTER ROLE backup SET default_transaction_read_only = on;
GRANT pg_read_all_data, pg_monitor TO backup;

-- The database: nobody but the services' roles gets in.
REVOKE ALL ON DATABASE :database FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
SELECT format('GRANT CONNECT ON DATABASE %I TO %I, %I', :'database', name, name || '_owner')
FROM service \gexec

GRANT CONNECT ON DATABASE :database TO backup;

-- A schema belongs to its owner; the login role works in it and cannot change its shape.
SELECT format('CREATE SCHEMA IF NOT EXISTS %I AUTHORIZATION %I', name, name || '_owner')
FROM service \gexec
SELECT format('GRANT USAGE ON SCHEMA %I TO %I', name, name) FROM service \gexec
SELECT format(
    'ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT %s TO %I',
    name || '_owner', name, rights, name
)
FROM service, LATERAL (VALUES
    ('SELECT, INSERT, UPDATE, DELETE ON TABLES'),
    ('USAGE ON SEQUENCES'),
    ('EXECUTE ON FUNCTIONS')
) AS wanted (rights) \gexec

-- PostgreSQL lets everybody run a new function unless told otherwise.
SELECT format(
    'ALTER DEFAULT PRIVILEGES FOR ROLE %I REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC', name || '_owner'
)
FROM service \gexec
