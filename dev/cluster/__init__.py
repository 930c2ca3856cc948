"""A Kubernetes cluster that runs the whole system, seen from outside: `make k8s-smoke`."""
