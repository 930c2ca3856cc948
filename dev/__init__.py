"""The whole system on one machine: PostgreSQL, RabbitMQ, a mail sink and the services."""
