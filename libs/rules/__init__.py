"""The counter's rules, pure: what two processes have to compute without asking each other."""
