"""Serve the citizens' door: `python -m services.gateway.internet`."""

from libs.common.process import run
from services.gateway.internet.door.settings import Settings

from .app import create_app

if __name__ == "__main__":
    run("gateway-internet", Settings, create_app)
