"""Serve the citizens' door: `python -m services.gateway.internet`."""

from libs.common.process import run

from .app import create_app
from .door.settings import Settings

if __name__ == "__main__":
    run("gateway-internet", Settings, create_app)
