"""What both doors share: clients of the services, layout and components, cookies, CSRF, headers."""
