"""Dashboards as code: one table of panels, from which Grafana's files and a page for who has no
Grafana are made."""
